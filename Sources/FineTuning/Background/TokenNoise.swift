import ModelFile
import Randomness
import RecurrentMemory
import Tokenizers

/// Replaces some of a training document's background by random tokens, so that a model learns to overlook
/// any text and not the one that it has read a hundred times.
///
/// A document's rate is drawn from U(0, share), and about that share of its background is replaced: one
/// token by any of the vocabulary that has no role or, as often, one to three by as many that follow each
/// other in a fact or question of its batch: no three tokens tell who went where. As often as the rate
/// says, a segment opens with a fact of the batch whose beginning is missing. "To the office" is no fact,
/// though it stands where facts do. Facts and question stay, and so do documents that a model is measured
/// on.
///
/// A model that learns from whole facts alone looks for a place at its usual position: all four documents
/// of a hundred that one of Detect got wrong at 64 segments were answered with "office", after segments
/// that open with "owes his election to office" and the like.
///
/// A small text has few of the vocabulary's words, and whatever the others' embeddings are, a model that
/// starts from random numbers never sees them: Detect was right on all of 100 documents of its training
/// text and on 94 of another text before there was such noise.
public struct TokenNoise: Sendable {
  /// The most tokens that are taken from a fact or question at once.
  private static let longestExcerpt = 3

  /// The largest rate, from 0 to 1.
  public internal(set) var share: Double
  private let ordinaryIDs: [Int32]

  /// Noise of a vocabulary's tokens.
  public init(share: Double, tokenizer: Tokenizer) {
    self.share = share
    ordinaryIDs = tokenizer.ordinaryIDs
  }

  /// Noise for a model's documents, of the first of the shares where a stage has none of its own; `nil`
  /// where all are zero.
  ///
  /// - Parameter shares: the run's and the stages'.
  /// - Throws: `RecurrenceError.noTokenizer`, and what makes a tokenizer unreadable.
  public init?(shares: [Double], model: ModelFile) throws {
    guard let share = shares.first, shares.contains(where: { $0 > 0 }) else { return nil }
    guard let tokenizer = try model.tokenizer() else { throw RecurrenceError.noTokenizer }
    self.init(share: share, tokenizer: tokenizer)
  }

  /// Replaces tokens outside of some ranges.
  ///
  /// - Parameters:
  ///   - sentences: the facts and questions of the batch.
  ///   - rate: the document's.
  func apply(
    to tokens: inout [Int32], sparing spared: [Range<Int>], sentences: [[Int32]], rate: Double,
    _ stream: inout RandomStream
  ) {
    let sentences = sentences.filter { !$0.isEmpty }
    guard !ordinaryIDs.isEmpty, !sentences.isEmpty else { return }
    // Half of the replacements are of one token, the others of (1 + 2 + … n) / n.
    let meanLength = (1 + Double(1 + Self.longestExcerpt) / 2) / 2
    // How often one begins where none is: 1 at a rate of 1.
    let probability = rate / (meanLength - rate * (meanLength - 1))
    var position = 0
    while position < tokens.count {
      guard stream.uniform() < probability else {
        position += 1
        continue
      }
      let replacement = replacement(sentences, &stream)
      for id in replacement where position < tokens.count {
        if !spared.contains(where: { $0.contains(position) }) { tokens[position] = id }
        position += 1
      }
    }
  }

  /// Opens segments with facts whose beginning is missing: what stood there stays.
  ///
  /// - Parameters:
  ///   - facts: those of the batch.
  ///   - rate: the document's.
  func applyTruncatedFacts(
    to tokens: inout [Int32], segmentSize: Int, sparing spared: [Range<Int>], facts: [[Int32]],
    rate: Double, _ stream: inout RandomStream
  ) {
    let facts = facts.filter { $0.count > 1 }
    guard !facts.isEmpty else { return }
    for start in stride(from: 0, to: tokens.count, by: segmentSize)
    where stream.uniform() < rate {
      let fact = facts[stream.index(below: facts.count)]
      let first = 1 + stream.index(below: fact.count - 1)
      let end = start + fact.count
      guard end <= tokens.count, !spared.contains(where: { $0.overlaps(start..<end) }) else {
        continue
      }
      tokens.replaceSubrange(start + first..<end, with: fact[first...])
    }
  }

  private func replacement(
    _ sentences: [[Int32]], _ stream: inout RandomStream
  ) -> ArraySlice<Int32> {
    if stream.index(below: 2) == 0 {
      let index = stream.index(below: ordinaryIDs.count)
      return ordinaryIDs[index...index]
    }
    let sentence = sentences[stream.index(below: sentences.count)]
    let count = min(1 + stream.index(below: Self.longestExcerpt), sentence.count)
    let start = stream.index(below: sentence.count - count + 1)
    return sentence[start..<start + count]
  }
}

extension TaskDocument {
  /// Its facts and its question.
  var sentences: [[Int32]] { facts.map(\.tokenIDs) + [question] }

  /// The whole document at once, its background disturbed.
  ///
  /// - Parameter batch: the documents that it is trained with.
  func sample(
    with noise: TokenNoise, among batch: [TaskDocument], _ stream: inout RandomStream
  ) -> LabeledSample {
    var tokens = tokenIDs(in: 0..<tokenCount)
    let spared =
      facts.map { $0.position..<$0.position + $0.tokenIDs.count }
      + [tokenCount - question.count..<tokenCount]
    let rate = noise.share * stream.uniform()
    noise.apply(
      to: &tokens, sparing: spared, sentences: batch.flatMap(\.sentences), rate: rate, &stream)
    noise.applyTruncatedFacts(
      to: &tokens, segmentSize: segmentSize, sparing: spared,
      facts: batch.flatMap { $0.facts.map(\.tokenIDs) }, rate: rate, &stream)
    return sample(tokenIDs: tokens)
  }
}
