/// Puts the structures of a file together, little-endian, all addresses and lengths of eight bytes.
struct FieldBuffer {
  private(set) var bytes: [UInt8] = []

  /// Address of the next byte.
  var address: UInt64 { UInt64(bytes.count) }

  mutating func add(_ value: UInt64, byteCount: Int) {
    for place in 0..<byteCount { bytes.append(UInt8(truncatingIfNeeded: value >> (8 * place))) }
  }

  mutating func byte(_ value: Int) { add(UInt64(value), byteCount: 1) }
  mutating func short(_ value: Int) { add(UInt64(value), byteCount: 2) }
  mutating func word(_ value: Int) { add(UInt64(value), byteCount: 4) }
  mutating func long(_ value: UInt64) { add(value, byteCount: 8) }
  mutating func text(_ text: String) { bytes.append(contentsOf: text.utf8) }
  mutating func append(_ other: FieldBuffer) { bytes.append(contentsOf: other.bytes) }
  mutating func zeros(_ count: Int) { bytes.append(contentsOf: repeatElement(0, count: count)) }

  /// Puts bytes over the first ones.
  mutating func replaceFront(with front: FieldBuffer) {
    bytes.replaceSubrange(0..<front.bytes.count, with: front.bytes)
  }

  /// Zeros up to the next multiple of eight bytes.
  mutating func pad() { zeros((8 - bytes.count % 8) % 8) }

  /// Text with a NUL behind it and zeros up to a multiple of eight bytes.
  mutating func terminated(_ text: String) {
    self.text(text)
    byte(0)
    pad()
  }
}
