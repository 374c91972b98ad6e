import TensorStorage

/// The format's constants; Specification.md, sections 1 and 2.
package enum WeightFileFormat {
  /// `"\x89RMTW\r\n\x1A"`.
  package static let magic: [UInt8] = [0x89, 0x52, 0x4D, 0x54, 0x57, 0x0D, 0x0A, 0x1A]
  /// The major version that this program reads and writes.
  package static let majorVersion: UInt16 = 1
  /// The minor version that this program writes.
  package static let minorVersion: UInt16 = 0
  /// Bytes before the JSON header.
  package static let preambleByteCount = 40
  /// Where the part of the preamble ends that the header checksum covers.
  package static let checksumOffset = 32
  /// The longest JSON header.
  package static let maximumHeaderByteCount = 16 << 20
  /// Where the tensor data may begin.
  package static let dataAlignment = 4096
  /// Where a tensor may begin.
  package static let tensorAlignment = 64
  /// The longest tensor name, in bytes.
  package static let maximumNameByteCount = 1024
  /// The most axes.
  package static let maximumRank = 8
  /// What is appended to an i8 tensor's name to name its scales.
  package static let scalesSuffix = ".scales"
  /// The types that elements may have.
  package static let elementTypes: [ElementType] = [.f32, .f16, .bf16, .i8, .i32, .i64, .u8]

  /// The next multiple of `alignment`, a power of two; `nil` when it exceeds `Int.max`.
  package static func align(_ offset: Int, to alignment: Int) -> Int? {
    let (sum, overflow) = offset.addingReportingOverflow(alignment - 1)
    return overflow ? nil : sum & ~(alignment - 1)
  }

  /// Whether a `kind` is spelled as the specification says.
  package static func isKind(_ kind: String) -> Bool {
    let lowercase = UInt8(ascii: "a")...UInt8(ascii: "z")
    let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
    guard (1...32).contains(kind.utf8.count), let first = kind.utf8.first else { return false }
    return lowercase.contains(first)
      && kind.utf8.allSatisfy {
        lowercase.contains($0) || digits.contains($0) || $0 == UInt8(ascii: "-")
      }
  }

  /// Whether a tensor's name is spelled as the specification says.
  package static func isTensorName(_ name: String) -> Bool {
    (1...maximumNameByteCount).contains(name.utf8.count)
      && name.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
  }
}
