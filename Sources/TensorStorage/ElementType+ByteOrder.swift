extension ElementType {
  /// Turns every element of this type to the other byte order; a complex number is two of them.
  ///
  /// `bytes` holds whole elements.
  package func swapBytes(in bytes: UnsafeMutableRawBufferPointer) {
    precondition(bytes.count.isMultiple(of: byteWidth), "\(bytes.count) bytes of \(self)")
    switch self == .c64 ? 4 : byteWidth {
    case 2: Self.swapWords(UInt16.self, in: bytes)
    case 4: Self.swapWords(UInt32.self, in: bytes)
    case 8: Self.swapWords(UInt64.self, in: bytes)
    default: return
    }
  }

  private static func swapWords<Word: FixedWidthInteger>(
    _: Word.Type, in bytes: UnsafeMutableRawBufferPointer
  ) {
    for offset in stride(from: 0, to: bytes.count, by: MemoryLayout<Word>.size) {
      let word = bytes.loadUnaligned(fromByteOffset: offset, as: Word.self)
      bytes.storeBytes(of: word.byteSwapped, toByteOffset: offset, as: Word.self)
    }
  }
}
