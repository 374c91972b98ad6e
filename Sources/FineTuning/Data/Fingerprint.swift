import WeightFile

/// A checksum over numbers and ids, to tell whether data is the same as before.
package struct Fingerprint: ~Copyable {
  private var checksum = StreamingChecksum()

  /// A fingerprint of nothing yet.
  package init() {}

  /// Takes in numbers.
  package mutating func combine<Number: FixedWidthInteger & BitwiseCopyable>(_ numbers: [Number]) {
    combine(count: numbers.count)
    numbers.withUnsafeBytes { checksum.update($0) }
  }

  /// Takes in text.
  package mutating func combine(_ text: String) {
    var text = text
    text.withUTF8 {
      combine(count: $0.count)
      checksum.update(UnsafeRawBufferPointer($0))
    }
  }

  /// Takes in memory.
  package mutating func combine(_ bytes: UnsafeRawBufferPointer) { checksum.update(bytes) }

  // The count keeps two lists apart from one list of both.
  private mutating func combine(count: Int) {
    withUnsafeBytes(of: Int64(count).littleEndian) { checksum.update($0) }
  }

  /// The fingerprint of everything taken in, as sixteen hexadecimal digits.
  package var hexadecimal: String { Checksum(value).description }

  /// The same as a number.
  package var value: UInt64 { checksum.value }
}
