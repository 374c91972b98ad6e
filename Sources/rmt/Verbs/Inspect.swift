import ArgumentParser
import JSON

/// `rmt inspect`: what a weight file holds.
struct Inspect: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show what is in a weight file, where it is from and how big it is.",
    discussion: """
      Reads native files, safetensors, PyTorch's files, HDF5, archives of Keras, TensorFlow \
      checkpoints, GGUF, ONNX and checkpoint folders; what the file is its content tells, not its \
      name. Only headers are read, so this takes the same for every size.

      Examples:
        rmt inspect bert.rmtw
        rmt inspect path/to/bert-base-cased --tensors
        rmt inspect tuned.rmtw --json
      """)

  @Argument(help: "A weight file or checkpoint folder.", completion: .file())
  var path: String

  @Flag(help: "List every tensor with type, shape and size.")
  var tensors = false

  @OptionGroup var output: JSONOption
  @OptionGroup var messages: MessageOptions

  func run() throws {
    let summary = try WeightSummary(path: path)
    if output.json {
      try StandardOutput.print(try summary.json(listsTensors: tensors).serialized(pretty: true))
    } else {
      try StandardOutput.print(try summary.text(listsTensors: tensors))
    }
  }
}
