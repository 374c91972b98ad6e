/// Emits pickle opcodes of protocol 2, the subset of which a PyTorch state dict is made.
///
/// Classes and repeated texts are memoised as Python's own pickler does, so they are written once.
///
/// Source: `pickletools.py` of CPython, which documents every opcode.
struct PickleWriter {
  private(set) var bytes: [UInt8] = [0x80, 2]  // PROTO 2
  private var memo: [String: Int] = [:]

  /// `MARK`, which opens a tuple or a run of items.
  mutating func mark() { bytes.append(UInt8(ascii: "(")) }

  /// `TUPLE`: everything since the mark.
  mutating func tuple() { bytes.append(UInt8(ascii: "t")) }

  /// `EMPTY_TUPLE`.
  mutating func emptyTuple() { bytes.append(UInt8(ascii: ")")) }

  /// `REDUCE`: calls the class below the tuple on top.
  mutating func reduce() { bytes.append(UInt8(ascii: "R")) }

  /// `BINPERSID`: the tuple on top names an object outside the pickle.
  mutating func persistentIdentifier() { bytes.append(UInt8(ascii: "Q")) }

  /// `SETITEMS`: the pairs since the mark go into the dictionary below it.
  mutating func setItems() { bytes.append(UInt8(ascii: "u")) }

  /// `NEWFALSE`.
  mutating func `false`() { bytes.append(0x89) }

  /// `STOP`.
  mutating func stop() { bytes.append(UInt8(ascii: ".")) }

  /// `GLOBAL`, or its memo.
  mutating func global(_ module: String, _ name: String) {
    let key = "c\(module) \(name)"
    if recall(key) { return }
    bytes += "c\(module)\n\(name)\n".utf8
    memoize(key)
  }

  /// `BINUNICODE`.
  mutating func text(_ text: String) {
    bytes.append(UInt8(ascii: "X"))
    append(text.utf8.count, byteCount: 4)
    bytes += text.utf8
  }

  /// `BINUNICODE`, or its memo; for texts that come again.
  mutating func repeatedText(_ text: String) {
    let key = "X\(text)"
    if recall(key) { return }
    self.text(text)
    memoize(key)
  }

  /// The shortest opcode that holds a number which is not negative.
  mutating func integer(_ value: Int) {
    precondition(value >= 0, "a count of \(value)")
    switch value {
    case ..<0x100:
      bytes.append(UInt8(ascii: "K"))  // BININT1
      append(value, byteCount: 1)
    case ..<0x1_0000:
      bytes.append(UInt8(ascii: "M"))  // BININT2
      append(value, byteCount: 2)
    case ..<0x8000_0000:
      bytes.append(UInt8(ascii: "J"))  // BININT
      append(value, byteCount: 4)
    default:
      bytes += [0x8A, 8]  // LONG1 of eight bytes; the highest bit is clear
      append(value, byteCount: 8)
    }
  }

  /// A tuple of counts, by the shortest opcode for its length.
  mutating func integers(_ values: [Int]) {
    if values.count > 3 { mark() }
    for value in values { integer(value) }
    switch values.count {
    case 0: emptyTuple()
    case 1...3: bytes.append(0x84 + UInt8(values.count))  // TUPLE1, TUPLE2, TUPLE3
    default: tuple()
    }
  }

  private mutating func recall(_ key: String) -> Bool {
    guard let index = memo[key] else { return false }
    bytes += [UInt8(ascii: "h"), UInt8(index)]  // BINGET
    return true
  }

  private mutating func memoize(_ key: String) {
    let index = memo.count
    // Two classes, a dozen storage classes and two texts: the short opcode always does.
    precondition(index < 256, "more than 256 memos")
    memo[key] = index
    bytes += [UInt8(ascii: "q"), UInt8(index)]  // BINPUT
  }

  private mutating func append(_ value: Int, byteCount: Int) {
    for index in 0..<byteCount { bytes.append(UInt8(truncatingIfNeeded: value >> (index * 8))) }
  }
}
