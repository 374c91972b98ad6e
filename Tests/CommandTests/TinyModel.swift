import TestSupport
import Testing

/// The small BERT of the fixtures, in the states that the verbs leave it in.
extension TemporaryFolder {
  /// Runs `rmt` in this folder.
  @discardableResult
  func rmt(_ arguments: String...) throws -> CommandRun { try CommandRun(arguments, in: self) }

  /// Runs `rmt` and expects that it succeeds.
  @discardableResult
  func succeed(
    _ arguments: String..., sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> CommandRun {
    let run = try CommandRun(arguments, in: self)
    #expect(
      run.exitCode == 0, "rmt \(arguments.joined(separator: " ")): \(run.errors)",
      sourceLocation: sourceLocation)
    return run
  }

  /// Runs `rmt` and expects that it fails with that exit code and a message with these words.
  @discardableResult
  func fail(
    _ exitCode: Int32, saying words: [String], _ arguments: String...,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> CommandRun {
    let run = try CommandRun(arguments, in: self)
    let call = "rmt \(arguments.joined(separator: " "))"
    #expect(run.exitCode == exitCode, "\(call): \(run.errors)", sourceLocation: sourceLocation)
    for word in words {
      #expect(
        run.errors.contains(word), "\(call): \(run.errors)", sourceLocation: sourceLocation)
    }
    return run
  }

  /// Writes `bert.rmtw`, the converted fixture.
  func convertTinyModel() throws {
    try succeed("convert", Fixtures.path("bert-tiny"), "-o", "bert.rmtw")
  }

  /// Writes `memory.rmtw`: four memory tokens, 16 positions a segment, nine for the document.
  func attachTinyMemory() throws {
    try convertTinyModel()
    try succeed(
      "attach", "bert.rmtw", "-o", "memory.rmtw", "--memory-tokens", "4", "--labels",
      "yes,no,maybe", "--segment-positions", "16", "--seed", "1")
  }

  /// Writes `train.jsonl` and `eval.jsonl`: documents whose first word tells the label.
  func writeDocuments() throws {
    let words = [("mary", "yes"), ("john", "no"), ("garden", "maybe")]
    var lines: [String] = []
    for length in 0..<12 {
      for (word, label) in words {
        let filler = [String](repeating: "the document is long", count: length / 2)
        let text = ([word] + filler + ["?"]).joined(separator: " ")
        lines.append("{\"text\": \"\(text)\", \"label\": \"\(label)\"}")
      }
    }
    try write(lines.joined(separator: "\n") + "\n", to: "train.jsonl")
    try write(lines.prefix(18).joined(separator: "\n"), to: "eval.jsonl")
  }
}
