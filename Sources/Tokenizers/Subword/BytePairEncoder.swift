/// Cuts a word into the pieces that byte-pair encoding merges from its bytes: always the pair of lowest
/// rank, of equal ones the leftmost.
///
/// Short words are merged by looking through their pairs, long ones with a queue, in time that grows
/// with n log n.
///
/// Source: Sennrich et al. 2016, section 3.2; Radford et al. 2019, section 2.2.
struct BytePairEncoder: Sendable {
  /// The piece of each byte; -1 where the vocabulary has none.
  private let bytePieces: [Int32]
  private let merges: MergeTable
  /// Stands for a byte without a piece; without it such bytes are left out.
  private let unknown: Int32?
  /// Whether unknown bytes side by side are one token.
  private let joinsUnknown: Bool
  /// Words that are pieces whatever their merges; empty unless the model says so.
  private let wholeWords: ByteTrie

  /// Words of more bytes are merged with a queue.
  private static let longestScan = 24

  init(_ model: BytePairModel, tokens: [String]) {
    merges = MergeTable(model.merges)
    unknown = model.unknown
    joinsUnknown = model.joinsUnknown
    var bytePieces = [Int32](repeating: -1, count: 256)
    var wholeWords = ByteTrie()
    for (id, token) in tokens.enumerated() {
      guard let bytes = ByteAlphabet.bytes(of: token) else { continue }
      if bytes.count == 1 { bytePieces[Int(bytes[0])] = Int32(id) }
      if model.keepsWholeWords { wholeWords.insert(bytes, value: Int32(id)) }
    }
    self.bytePieces = bytePieces
    self.wholeWords = wholeWords
  }

  /// Appends a word's pieces.
  func append(_ word: UnsafeBufferPointer<UInt8>, to ids: inout [Int32]) {
    if !wholeWords.isEmpty, let id = wholeWords.value(of: word) {
      ids.append(id)
      return
    }
    let start = ids.count
    var endsUnknown = false
    for byte in word {
      let piece = bytePieces[Int(byte)]
      if piece >= 0 {
        ids.append(piece)
        endsUnknown = false
      } else if let unknown {
        if !(joinsUnknown && endsUnknown) { ids.append(unknown) }
        endsUnknown = true
      }
    }
    let count = ids.count - start
    if count <= 1 { return }
    if count <= Self.longestScan {
      scan(&ids, from: start)
    } else {
      mergeWithQueue(&ids, from: start)
    }
  }

  private func scan(_ ids: inout [Int32], from start: Int) {
    while ids.count - start > 1 {
      var best: (place: Int, merge: MergeTable.Merge)?
      for place in start..<ids.count - 1 {
        guard let merge = merges.merge(ids[place], ids[place + 1]) else { continue }
        if merge.rank < best?.merge.rank ?? .max { best = (place, merge) }
      }
      guard let best else { return }
      ids[best.place] = best.merge.piece
      ids.remove(at: best.place + 1)
    }
  }

  private func mergeWithQueue(_ ids: inout [Int32], from start: Int) {
    var pieces = Array(ids[start...])
    let count = pieces.count
    // Neighbours of what is left; a piece that was merged away is -1.
    var previous = (0..<count).map { $0 - 1 }
    var next = (0..<count).map { $0 + 1 }
    var queue = MergeQueue()
    func push(_ place: Int) {
      let right = next[place]
      guard right < count, let merge = merges.merge(pieces[place], pieces[right]) else { return }
      queue.insert(rank: merge.rank, place: place)
    }
    for place in 0..<count { push(place) }
    while let entry = queue.popFirst() {
      let place = entry.place
      guard pieces[place] >= 0, next[place] < count,
        let merge = merges.merge(pieces[place], pieces[next[place]]), merge.rank == entry.rank
      else { continue }  // The pair that was put in is gone.
      let right = next[place]
      pieces[place] = merge.piece
      pieces[right] = -1
      next[place] = next[right]
      if next[place] < count { previous[next[place]] = place }
      if previous[place] >= 0 { push(previous[place]) }
      push(place)
    }
    ids.removeSubrange(start...)
    var place = 0
    while place < count {
      ids.append(pieces[place])
      place = next[place]
    }
  }
}

/// Places of pairs, the lowest rank first and of equal ones the leftmost; a binary heap.
struct MergeQueue {
  /// Rank in the upper half, place in the lower: their order is that of the numbers.
  private var heap: [UInt64] = []

  mutating func insert(rank: UInt32, place: Int) {
    heap.append(UInt64(rank) << 32 | UInt64(place))
    var child = heap.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      guard heap[child] < heap[parent] else { return }
      heap.swapAt(child, parent)
      child = parent
    }
  }

  mutating func popFirst() -> (rank: UInt32, place: Int)? {
    guard let first = heap.first, let last = heap.popLast() else { return nil }
    if !heap.isEmpty {
      heap[0] = last
      var parent = 0
      while true {
        var child = 2 * parent + 1
        guard child < heap.count else { break }
        if child + 1 < heap.count, heap[child + 1] < heap[child] { child += 1 }
        guard heap[child] < heap[parent] else { break }
        heap.swapAt(child, parent)
        parent = child
      }
    }
    return (UInt32(first >> 32), Int(first & 0xFFFF_FFFF))
  }
}
