/// The end of an index file, by which it is known.
package enum TensorFlowIndexFooter {
  /// Bytes from the end of a file that are enough to tell.
  package static let byteCount = 48
  /// The last eight bytes, little-endian; LevelDB's tables end with them.
  static let magic: UInt64 = 0xDB47_7524_8B80_FB57

  /// Whether these are the last bytes of an index.
  package static func matches(_ bytes: [UInt8]) -> Bool {
    bytes.count == byteCount
      && bytes.suffix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) } == magic
  }
}
