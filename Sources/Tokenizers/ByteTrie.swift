/// Byte strings with a number each, found as the longest that begins at a place.
///
/// Every node is a number; the edges of all nodes lie in one open-addressed table keyed by node and
/// byte. A search walks forward once and remembers the last node that ended a string, so it costs
/// no more than the longest string and allocates nothing.
struct ByteTrie: Sendable {
  /// The node that every search begins at, unless it begins behind a prefix.
  static let root: Int32 = 0

  /// The number at each node, or -1.
  private var values: [Int32] = [-1]
  /// Node and byte of each edge plus one; 0 marks a free place.
  private var keys: [UInt64]
  private var children: [Int32]
  /// Whether any string begins with that byte.
  private var begins = [Bool](repeating: false, count: 256)

  /// An empty trie with room for about so many nodes; it grows when they are more.
  init(expectedNodeCount: Int = 256) {
    var capacity = 1 << 10
    while capacity < 2 * expectedNodeCount { capacity *= 2 }
    keys = [UInt64](repeating: 0, count: capacity)
    children = [Int32](repeating: 0, count: capacity)
    values.reserveCapacity(expectedNodeCount)
  }

  /// A trie of strings whose number is their place.
  init(_ strings: some Collection<String>) {
    // The strings of a vocabulary share about half of their bytes.
    self.init(expectedNodeCount: strings.reduce(0) { $0 + $1.utf8.count } / 2)
    for (index, string) in strings.enumerated() {
      var string = string
      string.withUTF8 { insert($0, value: Int32(index)) }
    }
  }

  /// Whether no string has been inserted.
  var isEmpty: Bool { values.count == 1 }

  /// Adds a string, in the place of an earlier one of the same bytes; ignores an empty one.
  mutating func insert(_ text: some Sequence<UInt8>, value: Int32) {
    var node = Self.root
    for byte in text {
      if node == Self.root { begins[Int(byte)] = true }
      let next = child(of: node, byte)
      node = next >= 0 ? next : addChild(of: node, byte)
    }
    if node != Self.root { values[Int(node)] = value }
  }

  /// The node at the end of a prefix, or -1 when no string begins so.
  func node(behind prefix: some Sequence<UInt8>) -> Int32 {
    var node = Self.root
    for byte in prefix {
      node = child(of: node, byte)
      if node < 0 { return -1 }
    }
    return node
  }

  /// The number of exactly this string.
  func value(of text: some Sequence<UInt8>) -> Int32? {
    let node = node(behind: text)
    return node > 0 && values[Int(node)] >= 0 ? values[Int(node)] : nil
  }

  /// Whether a string can begin with this byte.
  func canBegin(with byte: UInt8) -> Bool { begins[Int(byte)] }

  /// The longest string within `range` that begins at its start.
  ///
  /// - Parameter start: the node to begin at; behind a prefix, the strings that continue it.
  /// - Returns: its number and where it ends; a number of -1 when there is none.
  func longestMatch(
    in bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, from start: Int32
  ) -> (value: Int32, end: Int) {
    var best: (value: Int32, end: Int) = (-1, range.lowerBound)
    var node = start
    var position = range.lowerBound
    while node >= 0, position < range.upperBound {
      node = child(of: node, bytes[position])
      position += 1
      if node >= 0, values[Int(node)] >= 0 { best = (values[Int(node)], position) }
    }
    return best
  }

  /// The shortest string within `range` that begins at its start.
  ///
  /// - Returns: its number, or `nil` when there is none.
  func shortestMatch(in bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> Int32? {
    var node = Self.root
    for position in range {
      node = child(of: node, bytes[position])
      if node < 0 { return nil }
      if values[Int(node)] >= 0 { return values[Int(node)] }
    }
    return nil
  }

  /// Calls `body` with every string within `range` that begins at its start, the shortest first.
  @inline(__always)
  func forEachMatch(
    in bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>,
    _ body: (_ value: Int32, _ end: Int) -> Void
  ) {
    var node = Self.root
    for position in range {
      node = child(of: node, bytes[position])
      if node < 0 { return }
      if values[Int(node)] >= 0 { body(values[Int(node)], position + 1) }
    }
  }

  private func child(of node: Int32, _ byte: UInt8) -> Int32 {
    let key = Self.key(node, byte)
    let mask = keys.count - 1
    var slot = Self.hash(key) & mask
    while keys[slot] != 0 {
      if keys[slot] == key { return children[slot] }
      slot = (slot + 1) & mask
    }
    return -1
  }

  private mutating func addChild(of node: Int32, _ byte: UInt8) -> Int32 {
    if values.count * 2 > keys.count { grow() }
    let child = Int32(values.count)
    values.append(-1)
    place(Self.key(node, byte), child)
    return child
  }

  private mutating func place(_ key: UInt64, _ child: Int32) {
    let mask = keys.count - 1
    var slot = Self.hash(key) & mask
    while keys[slot] != 0 { slot = (slot + 1) & mask }
    keys[slot] = key
    children[slot] = child
  }

  private mutating func grow() {
    let oldKeys = keys
    let oldChildren = children
    keys = [UInt64](repeating: 0, count: oldKeys.count * 2)
    children = [Int32](repeating: 0, count: oldKeys.count * 2)
    for (slot, key) in oldKeys.enumerated() where key != 0 { place(key, oldChildren[slot]) }
  }

  private static func key(_ node: Int32, _ byte: UInt8) -> UInt64 {
    (UInt64(UInt32(bitPattern: node)) << 8 | UInt64(byte)) + 1
  }

  private static func hash(_ key: UInt64) -> Int {
    // Multiplication by 2^64 / φ spreads neighbouring keys (Knuth, volume 3, section 6.4).
    let product = key &* 0x9E37_79B9_7F4A_7C15
    return Int(truncatingIfNeeded: product >> 32 & 0x7FFF_FFFF)
  }
}
