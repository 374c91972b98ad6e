/// Walks through the entries of a block of a ``SortedTable``.
///
/// An entry is three varints (how many bytes its key shares with the one before, how many follow, how
/// many its value has), the rest of the key, the value. Behind the entries lie the places at which no
/// bytes are shared, four bytes each, and how many of them there are; a walk from the front needs none.
struct TableBlockReader {
  private let bytes: ArraySlice<UInt8>
  private var position: Int
  private let end: Int

  /// A reader of varints.
  init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
    position = bytes.startIndex
    end = bytes.endIndex
  }

  /// A reader of a block's entries; `nil` when its list of places is longer than the block.
  init?(block: [UInt8]) {
    guard block.count >= 4 else { return nil }
    let count = block.suffix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
    guard count <= (block.count - 4) / 4 else { return nil }
    self.init(block[..<(block.count - 4 - 4 * count)])
  }

  /// Whether everything has been read.
  var isAtEnd: Bool { position == end }

  /// The next entry; `nil` when it does not fit the bytes.
  mutating func nextEntry() -> (shared: Int, suffix: ArraySlice<UInt8>, value: ArraySlice<UInt8>)? {
    guard let shared = varint(), let suffixCount = varint(), let valueCount = varint(),
      suffixCount <= end - position, valueCount <= end - position - suffixCount
    else { return nil }
    let suffix = bytes[position..<position + suffixCount]
    position += suffixCount
    let value = bytes[position..<position + valueCount]
    position += valueCount
    return (shared, suffix, value)
  }

  /// The next integer from 0 to 2⁶³ − 1; `nil` when there is none.
  mutating func varint() -> Int? {
    var value = 0
    for shift in stride(from: 0, to: 63, by: 7) {
      guard position < end else { return nil }
      let byte = Int(bytes[position])
      position += 1
      value |= (byte & 0x7F) << shift
      if byte < 0x80 { return value }
    }
    return nil
  }
}
