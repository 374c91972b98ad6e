/// Two pieces that stand side by side.
struct PiecePair: Hashable {
  let left: Int32
  let right: Int32
}

/// How often each pair of neighbouring pieces occurs in words whose pieces are merged one pair after
/// another.
///
/// Counts are kept up to date where a merge changes words, and the words that hold a pair are
/// remembered, so a merge costs what it changes and not a walk through all words. The queue is mended
/// when it is read: an entry whose count is no longer true goes back with the true one.
struct PairMerging {
  /// What is known of a pair.
  private struct Record {
    var count = 0
    /// Words that hold the pair; some may have lost it since.
    var words: [Int32] = []

    /// Takes in that a word has the pair once more, or once less.
    mutating func change(by count: Int, in word: Int32) {
      self.count += count
      if count > 0, words.last != word { words.append(word) }
    }
  }

  private var pieces: [Int32]
  private let starts: [Int]
  /// Pieces left in each word; they stay at the word's start.
  private var lengths: [Int]
  private let counts: [Int]
  private var records: [PiecePair: Record] = [:]
  private var queue = PairQueue()

  init(_ words: SplitWords) {
    pieces = words.pieces
    starts = words.starts
    counts = words.counts
    lengths = zip(words.starts.dropFirst(), words.starts).map { $0 - $1 }
    for word in counts.indices {
      for place in starts[word]..<max(starts[word], starts[word + 1] - 1) {
        change(PiecePair(left: pieces[place], right: pieces[place + 1]), by: 1, in: word)
      }
    }
    for (pair, record) in records { queue.insert(PairQueue.Entry(pair, count: record.count)) }
  }

  /// The pair that occurs most often; `nil` when none occurs that often.
  mutating func mostFrequentPair(_ minimumCount: Int) -> PiecePair? {
    while let entry = queue.first, entry.count >= max(1, minimumCount) {
      let count = records[entry.pair]?.count ?? 0
      if count == entry.count { return entry.pair }
      queue.replaceFirst(count > 0 ? PairQueue.Entry(entry.pair, count: count) : nil)
    }
    return nil
  }

  /// Writes one piece where the pair stands.
  mutating func merge(_ pair: PiecePair, into piece: Int32) {
    guard let record = records.removeValue(forKey: pair) else { return }
    var grown: Set<PiecePair> = []
    for word in record.words { merge(pair, into: piece, in: Int(word), grown: &grown) }
    // What the words' changes counted of the pair itself is gone with it.
    records[pair] = nil
    for changed in grown where changed != pair {
      guard let count = records[changed]?.count, count > 0 else { continue }
      queue.insert(PairQueue.Entry(changed, count: count))
    }
  }

  private mutating func merge(
    _ pair: PiecePair, into piece: Int32, in word: Int, grown: inout Set<PiecePair>
  ) {
    let start = starts[word]
    var (read, write, end) = (start, start, start + lengths[word])
    while read < end {
      guard read + 1 < end, pieces[read] == pair.left, pieces[read + 1] == pair.right else {
        pieces[write] = pieces[read]
        (read, write) = (read + 1, write + 1)
        continue
      }
      if write > start {
        let before = pieces[write - 1]
        change(PiecePair(left: before, right: pair.left), by: -1, in: word)
        let new = PiecePair(left: before, right: piece)
        change(new, by: 1, in: word)
        grown.insert(new)
      }
      if read + 2 < end {
        let behind = pieces[read + 2]
        change(PiecePair(left: pair.right, right: behind), by: -1, in: word)
        let new = PiecePair(left: piece, right: behind)
        change(new, by: 1, in: word)
        grown.insert(new)
      }
      pieces[write] = piece
      (read, write) = (read + 2, write + 1)
    }
    end = write
    lengths[word] = end - start
  }

  private mutating func change(_ pair: PiecePair, by sign: Int, in word: Int) {
    records[pair, default: Record()].change(by: sign * counts[word], in: Int32(word))
  }
}
