import JSON
import TensorStorage
import WeightFile

/// The native format's part: a file to begin with, and seals without which every change of one would
/// be refused at the first checksum.
enum NativeFile {
  /// Writes a small file.
  static func writeSeed(to path: String) throws {
    let tensors = [
      TensorDescription(name: "row", elementType: .f32, shape: [3]),
      TensorDescription(name: "table", elementType: .i8, shape: [2, 2]),
      TensorDescription(name: "table.scales", elementType: .f32, shape: [2]),
    ]
    var writer = try WeightFileWriter(
      path: path, collision: .replace, kind: "model", metadata: ["note": "example"],
      tensors: tensors)
    for tensor in tensors { try writer.write([UInt8](repeating: 1, count: tensor.byteCount)) }
    try writer.finish()
  }

  /// Makes the file's size and the header's checksum right.
  static func seal(_ bytes: inout [UInt8]) {
    let preamble = WeightFileFormat.preambleByteCount
    guard bytes.count >= preamble else { return }
    func integer(at offset: Int) -> UInt64 {
      bytes[offset..<offset + 8].reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
    func put(_ value: UInt64, at offset: Int) {
      for index in 0..<8 { bytes[offset + index] = UInt8(truncatingIfNeeded: value >> (8 * index)) }
    }
    put(UInt64(bytes.count), at: 24)
    let headerByteCount = integer(at: 16)
    guard headerByteCount <= UInt64(bytes.count - preamble) else { return }
    let sealed =
      bytes[..<WeightFileFormat.checksumOffset]
      + bytes[preamble..<preamble + Int(headerByteCount)]
    let checksum = Array(sealed).withUnsafeBytes { Checksum(of: $0) }
    put(checksum.value, at: WeightFileFormat.checksumOffset)
  }
}
