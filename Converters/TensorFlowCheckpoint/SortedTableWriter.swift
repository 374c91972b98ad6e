import ProtocolBuffers
import TensorStorage

/// Makes a file of sorted keys and their values as TensorFlow writes it.
///
/// Blocks have 256 KiB and are not compressed, a key is spelt out every sixteen entries. See
/// ``SortedTable`` for the format.
package struct SortedTableWriter {
  /// Entries from one spelt-out key to the next.
  private static let restartInterval = 16
  /// A block is closed when it has this many bytes.
  package static let blockByteCount = 256 << 10

  private let blockByteCount: Int
  private var file: [UInt8] = []
  private var block = Block()
  private var index = Block(restartInterval: 1)
  private var lastKey: [UInt8] = []

  /// An empty table.
  package init(blockByteCount: Int = Self.blockByteCount) { self.blockByteCount = blockByteCount }

  /// Adds an entry; keys must ascend.
  package mutating func add(_ key: [UInt8], _ value: [UInt8]) {
    block.add(key, value)
    lastKey = key
    if block.byteCount >= blockByteCount { closeBlock() }
  }

  /// The whole file.
  package consuming func finished() -> [UInt8] {
    if !block.isEmpty { closeBlock() }
    let meta = append(Block(restartInterval: 1).finished())
    let handle = append(index.finished())
    var footer = meta + handle
    footer += [UInt8](repeating: 0, count: 40 - footer.count)
    footer += (0..<8).map { UInt8(truncatingIfNeeded: TensorFlowIndexFooter.magic >> (8 * $0)) }
    return file + footer
  }

  private mutating func closeBlock() {
    index.add(lastKey, append(block.finished()))
    block = Block()
  }

  /// Appends a block with its trailer and returns where it lies.
  private mutating func append(_ contents: [UInt8]) -> [UInt8] {
    let handle = Self.varint(file.count) + Self.varint(contents.count)
    let checked = contents + [0]
    let check = CRC32C(of: checked).maskedValue
    file += checked + (0..<4).map { UInt8(truncatingIfNeeded: check >> (8 * $0)) }
    return handle
  }

  /// The lengths and places of the format are the variable-length numbers of protocol buffers.
  package static func varint(_ value: Int) -> [UInt8] {
    ProtocolBufferMessage.varint(UInt64(value))
  }

  /// A block that is being filled.
  private struct Block {
    private let restartInterval: Int
    private var bytes: [UInt8] = []
    private var restarts: [Int] = []
    private var entryCount = 0
    private var lastKey: [UInt8] = []

    init(restartInterval: Int = SortedTableWriter.restartInterval) {
      self.restartInterval = restartInterval
    }

    var isEmpty: Bool { entryCount == 0 }
    var byteCount: Int { bytes.count }

    mutating func add(_ key: [UInt8], _ value: [UInt8]) {
      var shared = 0
      if entryCount.isMultiple(of: restartInterval) {
        restarts.append(bytes.count)
      } else {
        shared = zip(key, lastKey).prefix { $0 == $1 }.count
      }
      bytes += varint(shared) + varint(key.count - shared) + varint(value.count)
      bytes += key[shared...] + value
      lastKey = key
      entryCount += 1
    }

    func finished() -> [UInt8] {
      let places = restarts.isEmpty ? [0] : restarts
      return (places + [places.count]).reduce(into: bytes) { bytes, number in
        bytes += (0..<4).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
      }
    }
  }
}
