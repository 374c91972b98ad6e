import ArgumentParser
import CheckpointConversion
import JSON
import ModelFile
import TensorStorage

/// `rmt convert`: a checkpoint becomes a native file.
struct Convert: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Turn a pretrained BERT checkpoint into one native file.",
    discussion: """
      The source is a Hugging Face folder (config.json, vocab.txt or tokenizer.json, weights as \
      safetensors, pytorch_model.bin or tf_model.h5, in one file or in shards), a preset of \
      keras-hub, a .keras archive, a TensorFlow checkpoint (Google's BERT release, TensorFlow 2 \
      objects), an ONNX file, or any weight file beside its config.json (or Google's \
      bert_config.json) and vocabulary, such as a trainer's model_best.pth or what keras-bert and \
      bert4keras write; a GGUF file needs nothing beside it. How its tensors are named is found \
      out, never asked. What the model does not need is dropped and listed; a pooler that is \
      missing is created and said so.

      Examples:
        rmt convert path/to/bert-base-cased -o bert.rmtw
        rmt convert path/to/folder/tf_model.h5 -o bert.rmtw --dtype bf16
      """)

  @Argument(
    help: "A checkpoint folder, a file of weights in one, or a TensorFlow prefix.",
    completion: .file())
  var source: String

  @Option(
    name: [.customShort("o"), .customLong("output")],
    help: ArgumentHelp("The native file to write.", valueName: "file.rmtw"))
  var outputPath: String

  @Option(help: "Store matrices in this type; the source's own unless given.")
  var dtype: StoredElementType?

  @OptionGroup var forceOption: ForceOption
  @OptionGroup var output: JSONOption
  @OptionGroup var messages: MessageOptions

  func run() throws {
    try OutputCheck.file(outputPath, inputs: [source], collision: forceOption.collision)
    let bar = ProgressBar("converting", unit: .bytes, isShown: !messages.quiet)
    let start = ContinuousClock.now
    let report = try CheckpointConverter.convert(
      source: source, to: outputPath, elementType: dtype?.elementType,
      collision: forceOption.collision
    ) { progress in
      bar.update(progress.completedByteCount, of: progress.totalByteCount)
      try Interruption.check()
    }
    bar.finish()
    for note in report.notes { messages.log.notice("\(note)") }
    if output.json {
      try StandardOutput.print(report.json.serialized(pretty: true))
    } else {
      let seconds = (ContinuousClock.now - start).inSeconds
      try StandardOutput.print(report.text + "\n\(decimal(seconds, digits: 2)) s")
    }
  }
}
