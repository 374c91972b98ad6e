import ArgumentParser
import JSON
import ModelFile
import WeightFile

/// `rmt verify`: checksums and structure of a native file.
struct Verify: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Check a native file: structure, checksums, completeness.",
    discussion: """
      Reads every byte. A damaged file ends with exit code 65 and the place of the damage.

      Example:
        rmt verify bert.rmtw
      """)

  @Argument(help: ArgumentHelp("A native file.", valueName: "file.rmtw"), completion: .file())
  var path: String

  @OptionGroup var output: JSONOption
  @OptionGroup var messages: MessageOptions

  func run() throws {
    let file = try WeightFile(path: path)
    let bar = ProgressBar("verifying", unit: .bytes, isShown: !messages.quiet)
    try file.verify { done, total in
      bar.update(done, of: total)
      try Interruption.check()
    }
    bar.finish()
    // Sound bytes can still lack a parameter of the model that they claim to be.
    if file.kind == "model" { _ = try ModelFile(path: path).tokenizer() }
    if output.json {
      let result: JSONValue = [
        "path": .string(path), "kind": .string(file.kind), "good": true,
        "tensorCount": .integer(file.tensors.count), "byteCount": .integer(file.byteCount),
      ]
      try StandardOutput.print(result.serialized(pretty: true))
    } else {
      try StandardOutput.print(
        "\(path): good. \(counted(file.tensors.count, "tensor")), \(byteCountText(file.byteCount)), "
          + "every checksum holds")
    }
  }
}
