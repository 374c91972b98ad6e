import ModelFile
import Randomness
import RecurrentMemory
import Tokenizers

/// Replaces some of a training document's background by random tokens, so that a model learns to overlook
/// any text and not the one that it has read a hundred times.
///
/// A document's rate is drawn from U(0, share); each token of its background is then replaced with that
/// probability, by any token of the vocabulary that has no role or, as often, by a token of the facts and
/// questions of its batch: a place that a text happens to name is no fact. Facts and question stay, and
/// so do documents that a model is measured on.
///
/// A small text has few of the vocabulary's words, and whatever the others' embeddings are, a model that
/// starts from random numbers never sees them: Detect was right on all of 100 documents of its training
/// text and on 94 of another text before there was such noise.
public struct TokenNoise: Sendable {
  /// The largest rate, from 0 to 1.
  public let share: Double
  private let ordinaryIDs: [Int32]

  /// Noise of a vocabulary's tokens.
  public init(share: Double, tokenizer: Tokenizer) {
    self.share = share
    ordinaryIDs = tokenizer.ordinaryIDs
  }

  /// Noise for a model's documents; `nil` for a share of zero.
  ///
  /// - Throws: `RecurrenceError.noTokenizer`, and what makes a tokenizer unreadable.
  public init?(share: Double, model: ModelFile) throws {
    guard share > 0 else { return nil }
    guard let tokenizer = try model.tokenizer() else { throw RecurrenceError.noTokenizer }
    self.init(share: share, tokenizer: tokenizer)
  }

  /// Replaces tokens outside of some ranges.
  ///
  /// - Parameter taskIDs: the tokens of the batch's facts and questions.
  func apply(
    to tokens: inout [Int32], sparing spared: [Range<Int>], taskIDs: [Int32],
    _ stream: inout RandomStream
  ) {
    guard !ordinaryIDs.isEmpty, !taskIDs.isEmpty else { return }
    let rate = share * stream.uniform()
    for position in tokens.indices where stream.uniform() < rate {
      let pool = stream.index(below: 2) == 0 ? ordinaryIDs : taskIDs
      let id = pool[stream.index(below: pool.count)]
      if !spared.contains(where: { $0.contains(position) }) { tokens[position] = id }
    }
  }
}

extension TaskDocument {
  /// The tokens of its facts and its question.
  var taskIDs: [Int32] { facts.flatMap(\.tokenIDs) + question }

  /// The whole document at once, its background disturbed.
  func sample(
    with noise: TokenNoise, taskIDs: [Int32], _ stream: inout RandomStream
  ) -> LabeledSample {
    var tokens = tokenIDs(in: 0..<tokenCount)
    let parts = facts.map { $0.position..<$0.position + $0.tokenIDs.count }
    noise.apply(
      to: &tokens, sparing: parts + [tokenCount - question.count..<tokenCount], taskIDs: taskIDs,
      &stream)
    return sample(tokenIDs: tokens)
  }
}
