import TensorStorage

/// A TensorFlow checkpoint of version 2: an index, `NAME.index`, and data files beside it,
/// `NAME.data-00000-of-00001` and so on.
///
/// Opening reads the index, checks every block of it, and opens the data files that it needs. A
/// tensor that is read from its first row to its last is checked against its CRC-32C. Big-endian
/// values come little-endian. Source: `tensorflow/core/util/tensor_bundle`.
public final class TensorFlowCheckpoint: TensorSource {
  /// The format's name for people.
  public let formatName = "TensorFlow checkpoint"
  /// The index as it was named.
  public let indexPath: String
  /// Every tensor of numbers, by its name's bytes.
  public let tensors: [TensorDescription]
  /// What the checkpoint holds besides numbers, with the reason.
  public let skipped: [(path: String, reason: String)]

  /// Longer names than this are none.
  static let maximumNameByteCount = 4096
  /// What the name of an index ends with.
  public static let indexSuffix = ".index"

  private struct Place {
    let file: RandomAccessFile
    let offset: Int
    let check: UInt32
  }

  private let places: [[UInt8]: Place]
  private let dataFiles: [RandomAccessFile]
  private let isBigEndian: Bool
  private let checks = EntryChecks()

  /// Opens an index and the data files beside it.
  ///
  /// - Throws: ``TensorFlowCheckpointError``, `ProtocolBufferError`, `FileError`.
  public init(indexPath: String) throws {
    guard indexPath.hasSuffix(Self.indexSuffix) else {
      throw TensorFlowCheckpointError(.notNamedIndex, file: indexPath)
    }
    let prefix = String(indexPath.dropLast(Self.indexSuffix.count))
    let index = try BundleIndex(path: indexPath)
    var shards: [Int: RandomAccessFile] = [:]
    var places: [[UInt8]: Place] = [:]
    for entry in index.entries {
      let tensor = entry.description
      let file =
        try shards[entry.shard]
        ?? Self.dataFile(entry.shard, of: index.header.shardCount, prefix: prefix)
      shards[entry.shard] = file
      guard entry.offset <= file.byteCount, tensor.byteCount <= file.byteCount - entry.offset else {
        throw TensorFlowCheckpointError(
          .beyondEnd(offset: entry.offset, byteCount: tensor.byteCount, file: file.path),
          tensor: tensor.name, file: indexPath)
      }
      places[Array(tensor.name.utf8)] = Place(
        file: file, offset: entry.offset, check: entry.check)
    }
    self.indexPath = indexPath
    tensors = index.entries.map(\.description)
    skipped = index.skipped
    self.places = places
    isBigEndian = index.header.isBigEndian
    dataFiles = shards.sorted { $0.key < $1.key }.map(\.value)
  }

  /// The index and the data files.
  public var sourcePaths: [String] { [indexPath] + dataFiles.map(\.path) }

  /// Copies rows; see ``TensorSource``.
  ///
  /// - Throws: ``TensorFlowCheckpointError`` when the tensor is not there, or when these rows end a
  ///   walk through it whose bytes do not have its CRC-32C; `FileError`.
  public func readRows(
    _ rows: Range<Int>, of tensor: TensorDescription,
    into destination: UnsafeMutableRawBufferPointer
  ) throws {
    let key = Array(tensor.name.utf8)
    guard let place = places[key] else {
      throw TensorFlowCheckpointError(.noSuchTensor, tensor: tensor.name, file: indexPath)
    }
    precondition(
      rows.lowerBound >= 0 && rows.upperBound <= tensor.shape.rowCount
        && destination.count == rows.count * tensor.bytesPerRow,
      "rows \(rows) of \(tensor.shape) into \(destination.count) bytes")
    let offset = rows.lowerBound * tensor.bytesPerRow
    try place.file.read(at: place.offset + offset, into: destination)
    let check = checks.take(
      UnsafeRawBufferPointer(destination), of: key, at: offset, byteCount: tensor.byteCount)
    if let check, check.maskedValue != place.check {
      throw TensorFlowCheckpointError(
        .dataChecksum(file: place.file.path), tensor: tensor.name, file: indexPath)
    }
    if isBigEndian { tensor.elementType.swapBytes(in: destination) }
  }

  private static func dataFile(
    _ shard: Int, of count: Int, prefix: String
  ) throws -> RandomAccessFile {
    let path = TensorFlowCheckpointName.dataPath(prefix: prefix, shard: shard, of: count)
    do {
      return try RandomAccessFile(path: path)
    } catch let error where error.kind == .missingInput {
      throw TensorFlowCheckpointError(
        .missingDataFile(path), file: prefix + Self.indexSuffix)
    }
  }
}
