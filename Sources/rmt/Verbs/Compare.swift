import ArgumentParser
import CheckpointConversion
import JSON
import TensorStorage

/// `rmt compare`: the largest difference of each tensor of two weight files.
struct Compare: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Compare the tensors of two weight files of any readable format.",
    discussion: """
      For each tensor that both files hold, the largest absolute difference; then the tensors that \
      one of them lacks and those whose shapes differ. Tensors are matched by name; where the two \
      files spell their names differently (a checkpoint and what it was converted to), by the \
      native names that the conversion gives them.

      The exit code is 0 when both hold the same tensors within the tolerance, else 65.

      Examples:
        rmt compare bert.rmtw bert-f16.rmtw --tolerance 1e-3
        rmt compare path/to/bert-base-cased bert.rmtw
      """)

  @Argument(help: "A weight file or checkpoint folder.", completion: .file())
  var first: String

  @Argument(help: "Another one.", completion: .file())
  var second: String

  @Option(help: ArgumentHelp("The largest difference that counts as the same.", valueName: "x"))
  var tolerance: Double = 0

  @OptionGroup var output: JSONOption
  @OptionGroup var messages: MessageOptions

  func validate() throws {
    guard tolerance >= 0, tolerance.isFinite else {
      throw ValidationError("--tolerance must be a number from 0 on.")
    }
  }

  func run() throws {
    let (firstSource, secondSource) = try openMatching()
    let comparison = try FileComparison(
      first: firstSource, second: secondSource, tolerance: tolerance,
      progress: ProgressBar("comparing", unit: .bytes, isShown: !messages.quiet && !output.json))
    if output.json {
      try StandardOutput.print(comparison.json.serialized(pretty: true))
    } else {
      try StandardOutput.print(comparison.text)
    }
    guard comparison.isWithinTolerance else {
      throw CommandError.filesDiffer(first: first, second: second, summary: comparison.summary)
    }
  }

  /// Both files as they are, or under native names where more of their tensors meet that way.
  private func openMatching() throws -> (any TensorSource, any TensorSource) {
    let plain = try (openTensorSource(first), openTensorSource(second))
    func common(_ pair: (any TensorSource, any TensorSource)) -> Int {
      let names = Set(pair.0.tensors.map(\.name))
      return pair.1.tensors.count { names.contains($0.name) }
    }
    guard common(plain) < max(plain.0.tensors.count, plain.1.tensors.count),
      let native = try? (NativeNames(path: first), NativeNames(path: second)),
      common(native) > common(plain)
    else { return plain }
    messages.log.info("Tensors are matched by their native names.")
    return native
  }
}
