import JSON
import Randomness
import Tokenizers
import Transformer

/// What a pretraining learns from: sequences with hidden tokens, each a pure function of seed, step
/// and its place in the batch.
///
/// Sequences of the text come in a new order each time round, with other tokens hidden each time; a
/// share of the sequences are generated stories instead, whose filler is the same text.
public struct PretrainingData: Sendable {
  /// How the sequences are made.
  public struct Options: Sendable, Hashable {
    /// Which tokens are hidden.
    public var masking: MaskingOptions
    /// The share of the sequences that are generated stories, from 0 to 1.
    public var generatedShare: Double
    /// Sequences for each evaluation, at most.
    public var validationSequenceCount: Int

    /// Options with every value given.
    public init(masking: MaskingOptions, generatedShare: Double, validationSequenceCount: Int) {
      self.masking = masking
      self.generatedShare = generatedShare
      self.validationSequenceCount = validationSequenceCount
    }
  }

  /// How the sequences are made.
  public let options: Options
  /// What the sequences are cut from.
  public let text: PretrainingText
  private let masking: TokenMasking
  private let stories: GeneratedStories?

  /// Data for a model's tokenizer.
  ///
  /// - Throws: ``PretrainingError``; ``TaskError/unknownWord(sentence:)``; ``FineTuningError/invalidOption(name:value:expected:)``.
  public init(
    text: PretrainingText, tokenizer: Tokenizer, options: Options
  ) throws {
    try OptionCheck.require(
      options.masking.share > 0 && options.masking.share < 1, "masked share",
      options.masking.share, "above 0 and below 1")
    try OptionCheck.require(
      (0...1).contains(options.generatedShare), "generated share", options.generatedShare, "0 to 1")
    try OptionCheck.require(
      options.validationSequenceCount >= 1, "evaluation sequences",
      options.validationSequenceCount, "1 or more")
    self.options = options
    self.text = text
    masking = try TokenMasking(options.masking, tokenizer: tokenizer)
    stories = options.generatedShare > 0 ? try GeneratedStories(tokenizer: tokenizer) : nil
  }

  /// Positions of a full sequence.
  var positions: Int { text.training.length + 2 }

  /// The sequences of an optimizer step.
  func batch(step: Int, sequenceCount: Int, seed: UInt64) -> [MaskedSequence] {
    let first = step * sequenceCount
    let places = EndlessShuffle(count: text.training.count, seed: seed)
      .positions(first..<first + sequenceCount)
    return places.enumerated().map { index, place in
      sequence(place, of: text.training, split: .training, step: step, index: index, seed: seed)
    }
  }

  /// The sequences that every evaluation measures, spread evenly over the held-out text.
  func validationSequences(seed: UInt64) -> [MaskedSequence] {
    let count = min(options.validationSequenceCount, text.validation.count)
    return (0..<count).map { index in
      sequence(
        index * text.validation.count / count, of: text.validation, split: .validation, step: 0,
        index: index, seed: seed)
    }
  }

  private func sequence(
    _ position: Int, of text: DocumentSequences, split: DataSplit, step: Int, index: Int,
    seed: UInt64
  ) -> MaskedSequence {
    var stream = SamplePurpose.masking.stream(seed: seed, split: split, step: step, index: index)
    guard let stories, stream.uniform() < options.generatedShare else {
      return masking.sequence(text[position], stream: &stream)
    }
    var storyStream = SamplePurpose.story.stream(
      seed: seed, split: split, step: step, index: index)
    let story = stories.story(
      tokenCount: text.length, split: split, filler: text, stream: &storyStream)
    return masking.sequence(story[...], stream: &stream)
  }

  /// What a model's file is to remember of the stories that it was trained on.
  var record: JSONObject { stories == nil ? JSONObject() : TrainedStories.generatedRecord }

  /// What a person should know before training.
  public var notes: [DataNote] {
    var notes = text.notes
    let longest = stories == nil ? text.training.longestCount : text.training.length
    if longest < text.training.length {
      notes.append(
        DataNote(
          "No document fills \(positions) positions: those from \(longest + 2) on learn nothing.",
          isWarning: true))
    }
    return notes
  }

  /// What the data is, as settings: a resumed run must find the same.
  var settings: [(name: String, value: String)] {
    [
      ("text", text.sources.joined(separator: ", ")),
      (
        "text's content",
        "\(text.training.count) sequences, \(text.validation.count) held out, "
          + "checksum \(text.fingerprint)"
      ),
      ("positions", "\(positions)"),
      ("generated share", "\(options.generatedShare)"),
      ("masked share", "\(options.masking.share)"),
      ("whole words", "\(options.masking.hidesWholeWords)"),
      ("evaluation sequences", "\(options.validationSequenceCount)"),
    ]
  }
}
