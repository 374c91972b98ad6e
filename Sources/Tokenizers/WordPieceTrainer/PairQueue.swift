/// Pairs with their counts, the most frequent first; a binary heap.
///
/// Of equally frequent pairs the one with the lower left id comes first, then the one with the lower
/// right id.
struct PairQueue {
  /// A pair with the count that it had when it was put in.
  struct Entry {
    let pair: PiecePair
    let count: Int

    init(_ pair: PiecePair, count: Int) {
      self.pair = pair
      self.count = count
    }

    func precedes(_ other: Entry) -> Bool {
      (other.count, pair.left, pair.right) < (count, other.pair.left, other.pair.right)
    }
  }

  private var heap: [Entry] = []

  /// The most frequent pair.
  var first: Entry? { heap.first }

  mutating func insert(_ entry: Entry) {
    heap.append(entry)
    var place = heap.count - 1
    while place > 0, heap[place].precedes(heap[(place - 1) / 2]) {
      heap.swapAt(place, (place - 1) / 2)
      place = (place - 1) / 2
    }
  }

  /// Puts another entry in the place of the first one, or none.
  mutating func replaceFirst(_ entry: Entry?) {
    guard let entry = entry ?? (heap.count > 1 ? heap.removeLast() : nil) else {
      heap.removeAll()
      return
    }
    heap[0] = entry
    var place = 0
    while 2 * place + 1 < heap.count {
      var child = 2 * place + 1
      if child + 1 < heap.count, heap[child + 1].precedes(heap[child]) { child += 1 }
      guard heap[child].precedes(heap[place]) else { return }
      heap.swapAt(place, child)
      place = child
    }
  }
}
