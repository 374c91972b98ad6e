/// Cuts a word into the pieces whose scores have the largest sum, by Viterbi's algorithm.
///
/// A character that no piece of its length covers may be unknown, at ten less than the lowest score.
/// Sums are taken from the left in double precision and the first of equal ones stays, as in the
/// reference, so that ties fall alike. Unknown characters side by side are one token. Time is linear in
/// the word's length.
///
/// Source: Kudo 2018, section 3.2; `Unigram` of Hugging Face's tokenizers.
struct UnigramEncoder: Sendable {
  private struct Node {
    /// The sum of the best way to here.
    var score = 0.0
    /// Where its last piece begins; -1 when no way leads here.
    var start: Int32 = -1
    /// Its last piece.
    var id: Int32 = 0
  }

  private let pieces: ByteTrie
  private let scores: [Double]
  private let unknown: Int32
  private let unknownScore: Double

  private static let unknownPenalty = 10.0

  init(_ model: UnigramModel, tokens: [String]) {
    pieces = ByteTrie(tokens[..<model.scores.count])
    scores = model.scores
    unknown = model.unknown
    unknownScore = (model.scores.min() ?? 0) - Self.unknownPenalty
  }

  /// Appends a word's pieces.
  func append(_ word: UnsafeBufferPointer<UInt8>, to ids: inout [Int32]) {
    guard !word.isEmpty else { return }
    var nodes = [Node](repeating: Node(), count: word.count + 1)
    var position = 0
    while position < word.count {
      let score = nodes[position].score
      var characterEnd = position
      _ = UTF8Scalar.decode(word, at: &characterEnd)
      var hasCharacter = false
      func reach(_ end: Int, _ id: Int32, _ sum: Double) {
        if nodes[end].start < 0 || sum > nodes[end].score {
          nodes[end] = Node(score: sum, start: Int32(position), id: id)
        }
      }
      pieces.forEachMatch(in: word, position..<word.count) { id, end in
        reach(end, id, scores[Int(id)] + score)
        if end == characterEnd { hasCharacter = true }
      }
      if !hasCharacter { reach(characterEnd, unknown, unknownScore + score) }
      position = characterEnd
    }
    let first = ids.count
    var end = word.count
    var unknownEnd: Int?
    while end > 0 {
      let node = nodes[end]
      if node.id == unknown {
        if unknownEnd == nil { unknownEnd = end }
      } else {
        appendUnknown(word, end, unknownEnd, to: &ids)
        unknownEnd = nil
        ids.append(node.id)
      }
      end = Int(node.start)
    }
    appendUnknown(word, 0, unknownEnd, to: &ids)
    ids[first...].reverse()
  }

  /// The token of unknown characters: their piece, should they make one together.
  private func appendUnknown(
    _ word: UnsafeBufferPointer<UInt8>, _ start: Int, _ end: Int?, to ids: inout [Int32]
  ) {
    guard let end else { return }
    ids.append(pieces.value(of: word[start..<end]) ?? unknown)
  }
}
