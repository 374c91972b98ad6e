import TensorStorage

/// The stream form, which PyTorch wrote by default before 1.6: five pickles (a magic number, the
/// version 1001, a description of the machine, the object, the keys of its storages), then for each
/// key the number of its elements in eight bytes and the elements.
///
/// Elements lie with the least significant byte first on every machine: a machine of the other order
/// turns them while it writes and says `little_endian: False` of itself alone, so that mark is not
/// heeded, by PyTorch as little as here.
///
/// Source: `torch/serialization.py` (PyTorch 2.13) and `torch/csrc/generic/serialization.cpp` since
/// version 0.1.
extension PyTorchContents {
  /// 0x1950A86A20F9469CFC6C, the least significant byte first.
  private static let magicNumber: [UInt8] = [
    0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19,
  ]
  private static let version = 1001

  /// Reads the pickles of a stream and finds its storages.
  ///
  /// - Throws: ``PyTorchFileError``, ``PickleError`` or `FileError`.
  init(stream file: RandomAccessFile) throws {
    var reader = PickleReader(file, range: 0..<file.byteCount)
    guard case .wideInteger(Self.magicNumber) = try reader.next() else {
      throw PyTorchFileError(.noMagicNumber, file: file.path)
    }
    guard case .integer(Self.version) = try reader.next() else {
      throw PyTorchFileError(.unsupportedStreamVersion, file: file.path)
    }
    guard case .dictionary = try reader.next() else {
      throw PyTorchFileError(.malformedSystemDescription, file: file.path)
    }
    root = try reader.next()
    let objectHeap = reader.heap
    guard case .list(let keyList) = try reader.next() else {
      throw PyTorchFileError(.malformedStorageKeys, file: file.path)
    }
    heap = objectHeap
    formatName = "PyTorch stream"
    isBigEndian = false
    let ranges = try Self.ranges(
      keys: reader.heap.lists[keyList], of: heap.storages, from: reader.position, in: file)
    locate = { ranges[Array($0.utf8)] }
  }

  /// Walks from one storage to the next: the stream has their sizes, the pickle their types.
  private static func ranges(
    keys: [PickleValue], of storages: [TorchStorage], from start: Int, in file: RandomAccessFile
  ) throws -> [[UInt8]: Range<Int>] {
    let widths = Dictionary(
      storages.map { (Array($0.key.utf8), $0.byteWidth) }, uniquingKeysWith: { first, _ in first })
    var ranges: [[UInt8]: Range<Int>] = [:]
    var position = start
    for key in keys {
      guard case .text(let key) = key, ranges[Array(key.utf8)] == nil else {
        throw PyTorchFileError(.malformedStorageKeys, file: file.path)
      }
      guard let width = widths[Array(key.utf8)] else {
        throw PyTorchFileError(.unknownStorage(key: key), file: file.path)
      }
      guard file.byteCount - position >= 8 else {
        throw PyTorchFileError(.storageBeyondEnd(key: key), file: file.path)
      }
      let count = try file.bytes(in: position..<position + 8).reversed()
        .reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      position += 8
      guard count <= UInt64((file.byteCount - position) / width) else {
        throw PyTorchFileError(.storageBeyondEnd(key: key), file: file.path)
      }
      ranges[Array(key.utf8)] = position..<position + Int(count) * width
      position += Int(count) * width
    }
    return ranges
  }
}
