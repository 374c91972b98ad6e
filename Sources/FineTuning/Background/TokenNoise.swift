import ModelFile
import Randomness
import RecurrentMemory
import Tokenizers

/// Replaces some of a training document's background by random tokens, so that a model learns to overlook
/// any text and not the one that it has read a hundred times.
///
/// A document's rate is drawn from U(0, share). That share of its segments has a fact of the batch, at the
/// place where such documents have their first, whose first two tokens or more are missing: "to the
/// office" is no fact, though it stands where facts do. About that share of its other background is
/// replaced: one token by any of the vocabulary that has no role or, as often, up to three by an excerpt
/// from a fact or question of the batch, and the one behind them by any of the vocabulary, so that no two
/// excerpts make up a fact. Facts and question stay, and so do documents that a model is measured on.
///
/// A small text has few of the vocabulary's words, and a model that starts from random numbers never sees
/// the others. It also reads a place as a fact wherever one stands at the usual position, in "owes his
/// election to office" for example: nothing that it learned from told it otherwise.
public struct TokenNoise: Sendable {
  /// The most tokens that are taken from a fact or question at once, and never more than half of it.
  private static let longestExcerpt = 3
  /// The fewest tokens that a fact's beginning has: who does it, or "the office" of which something is
  /// said.
  private static let shortestBeginning = 2

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
  ///   - rate: the share of tokens that is replaced, 0 to 1.
  func apply(
    to tokens: inout [Int32], sparing spared: [Range<Int>], sentences: [[Int32]], rate: Double,
    _ stream: inout RandomStream
  ) {
    let sentences = sentences.filter { !$0.isEmpty }
    guard !ordinaryIDs.isEmpty, !sentences.isEmpty else { return }
    // Half of the replacements are of one token, the others of (1 + 2 + … n) / n and one more.
    let meanLength = (1 + Double(1 + Self.longestExcerpt) / 2 + 1) / 2
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

  /// Writes facts whose beginning is missing into segments: what stood there stays.
  ///
  /// - Parameters:
  ///   - facts: those of the batch, each with the place in a segment at which it would begin.
  ///   - rate: the share of segments that get one, 0 to 1.
  /// - Returns: where they would have stood whole.
  func applyTruncatedFacts(
    to tokens: inout [Int32], segmentSize: Int, sparing spared: [Range<Int>],
    facts: [(tokenIDs: [Int32], offset: Int)], rate: Double, _ stream: inout RandomStream
  ) -> [Range<Int>] {
    let facts = facts.filter { $0.tokenIDs.count > Self.shortestBeginning }
    guard !facts.isEmpty else { return [] }
    var places: [Range<Int>] = []
    for segment in stride(from: 0, to: tokens.count, by: segmentSize)
    where stream.uniform() < rate {
      let (fact, offset) = facts[stream.index(below: facts.count)]
      let first =
        Self.shortestBeginning + stream.index(below: fact.count - Self.shortestBeginning)
      let start = segment + offset
      let end = start + fact.count
      guard end <= min(segment + segmentSize, tokens.count),
        !spared.contains(where: { $0.overlaps(start..<end) })
      else {
        continue
      }
      tokens.replaceSubrange(start + first..<end, with: fact[first...])
      places.append(start..<end)
    }
    return places
  }

  private func replacement(
    _ sentences: [[Int32]], _ stream: inout RandomStream
  ) -> [Int32] {
    let ordinary = ordinaryIDs[stream.index(below: ordinaryIDs.count)]
    guard stream.index(below: 2) == 1 else { return [ordinary] }
    let sentence = sentences[stream.index(below: sentences.count)]
    let longest = min(Self.longestExcerpt, sentence.count / 2)
    let count = 1 + stream.index(below: max(1, longest))
    let start = stream.index(below: sentence.count - count + 1)
    return sentence[start..<start + count] + [ordinary]
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
    precondition(tokenCount % segmentSize == 0, "facts lie in whole segments")
    var tokens = tokenIDs(in: 0..<tokenCount)
    let spared =
      facts.map { $0.position..<$0.position + $0.tokenIDs.count }
      + [tokenCount - question.count..<tokenCount]
    let rate = noise.share * stream.uniform()
    // First, and then left alone: names that other noise put before them would make them whole.
    let truncatedFacts = noise.applyTruncatedFacts(
      to: &tokens, segmentSize: segmentSize, sparing: spared,
      facts: batch.flatMap { document in
        let offset = (document.facts.map(\.position).min() ?? 0) % document.segmentSize
        return document.facts.map { ($0.tokenIDs, offset) }
      }, rate: rate, &stream)
    noise.apply(
      to: &tokens, sparing: spared + truncatedFacts, sentences: batch.flatMap(\.sentences),
      rate: rate, &stream)
    return sample(tokenIDs: tokens)
  }
}
