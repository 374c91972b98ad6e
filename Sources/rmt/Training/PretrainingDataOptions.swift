import ArgumentParser
import FineTuning
import ModelFile
import Tokenizers

/// What `rmt pretrain` learns from.
struct PretrainingDataOptions: ParsableArguments {
  /// Tokens of generated text: enough that its sentences do not repeat by heart.
  private static let generatedTokenCount = 200_000

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "Text files or folders to learn from, a file a document; a part is held out. Sentences of the program's own unless given.",
      valueName: "path"),
    completion: .file())
  var text: [String] = []

  @Option(
    help: ArgumentHelp(
      "Share of the sequences that are stories in the words of the tasks, with the text between their sentences.",
      valueName: "x"))
  var generatedShare: Double = 0

  @Option(
    help: ArgumentHelp(
      "Positions of a full sequence, its two special tokens included; all of the model's unless given.",
      valueName: "n"))
  var positions: Int?

  @Option(help: ArgumentHelp("Share of the tokens that are to be named.", valueName: "x"))
  var maskedShare: Double = 0.15

  @Flag(help: "Hide all pieces of a word together.")
  var wholeWords = false

  @Option(help: ArgumentHelp("Held-out sequences for each evaluation, at most.", valueName: "n"))
  var evaluationSequences: Int = 200

  func validate() throws {
    guard maskedShare > 0, maskedShare < 1 else {
      throw ValidationError("--masked-share must lie between 0 and 1.")
    }
    guard (0...1).contains(generatedShare) else {
      throw ValidationError("--generated-share must lie from 0 to 1.")
    }
    guard evaluationSequences >= 1 else {
      throw ValidationError("--evaluation-sequences must be at least 1.")
    }
    if let positions, positions < PretrainingText.leastPositionCount {
      throw ValidationError(
        "--positions must be at least \(PretrainingText.leastPositionCount): two special tokens and "
          + "one of the text.")
    }
  }

  /// Reads or makes the text.
  ///
  /// - Throws: `PretrainingError`, `BackgroundError`, `FileError`, `Interrupted`.
  func load(
    positions: Int, tokenizer: Tokenizer, seed: UInt64
  ) throws -> PretrainingData {
    let text =
      if self.text.isEmpty {
        try PretrainingText(
          generatedFrom: seed, tokenizer: tokenizer, positions: positions,
          tokenCount: Self.generatedTokenCount)
      } else {
        try PretrainingText(paths: self.text, tokenizer: tokenizer, positions: positions) {
          try Interruption.check()
        }
      }
    return try PretrainingData(
      text: text, tokenizer: tokenizer,
      options: PretrainingData.Options(
        masking: MaskingOptions(share: maskedShare, hidesWholeWords: wholeWords),
        generatedShare: generatedShare, validationSequenceCount: evaluationSequences))
  }
}
