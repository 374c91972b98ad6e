internal import CHDF5
import TensorStorage

/// An HDF5 file of weights, read through libhdf5: every dataset of numbers, by its path.
///
/// Big-endian values come little-endian. Nothing outside the file is touched: links, values in other
/// files and virtual datasets are refused when the file is opened, and so are sizes that the file
/// cannot hold. Calls are serialised, for libhdf5 is not thread-safe; the library itself is not
/// proof against every damaged file, so a file from a stranger deserves a process of its own.
public final class HDF5File: TensorSource {
  /// The format's name for people.
  public let formatName = "HDF5"
  /// The file as it was named.
  public let path: String
  /// Every dataset of numbers in the order of the groups' member names; a tensor's name is its path
  /// without the leading slash, such as `bert/tf_bert_model/bert/pooler/dense/kernel:0`.
  public let tensors: [TensorDescription]
  /// Datasets that hold no numbers, with the reason.
  public let skipped: [(path: String, reason: String)]

  private let handle: HDF5Handle
  private let groups: Set<[UInt8]>
  private let positions: [[UInt8]: Int]

  /// Opens a file and walks through its groups.
  ///
  /// - Throws: ``FileError`` when it cannot be read, ``HDF5Error`` when it is no HDF5 file or holds
  ///   what is not read here.
  public init(path: String) throws {
    let fileByteCount = try RandomAccessFile(path: path).byteCount
    let handle = try HDF5Handle(path: path)
    let walk = try HDF5Walk(handle, file: path, fileByteCount: fileByteCount)
    self.path = path
    tensors = walk.tensors
    skipped = walk.skipped
    groups = Set(walk.groups.map { Array($0.utf8) })
    var positions: [[UInt8]: Int] = [:]
    for (position, tensor) in walk.tensors.enumerated() {
      positions[Array(tensor.name.utf8)] = position
    }
    self.positions = positions
    self.handle = handle
  }

  /// The file.
  public var sourcePaths: [String] { [path] }

  /// Whether there is a group of that path; the root's is empty.
  public func hasGroup(_ path: String) -> Bool { groups.contains(Array(path.utf8)) }

  /// The dataset of that path, found without a search.
  public func tensor(named name: String) -> TensorDescription? {
    positions[Array(name.utf8)].map { tensors[$0] }
  }

  /// Copies rows; see ``TensorSource``.
  public func readRows(
    _ rows: Range<Int>, of tensor: TensorDescription,
    into destination: UnsafeMutableRawBufferPointer
  ) throws {
    guard self.tensor(named: tensor.name) == tensor else {
      throw HDF5Error(.noSuchTensor, at: tensor.name, file: path)
    }
    precondition(
      rows.lowerBound >= 0 && rows.upperBound <= tensor.shape.rowCount
        && destination.count == rows.count * tensor.bytesPerRow,
      "rows \(rows) of \(tensor.shape) into \(destination.count) bytes")
    guard let base = destination.baseAddress, destination.count > 0 else { return }
    let identifier = handle.identifier
    let outcome = HDF5Library.call {
      let status = rmt_hdf5_read_rows(
        identifier, "/" + tensor.name, UInt64(rows.lowerBound), UInt64(rows.count), base,
        destination.count)
      return (Int64(status), ())
    }
    if case .failure(let reason) = outcome {
      throw HDF5Error(.cannotRead(reason: reason), at: tensor.name, file: path)
    }
  }

  /// The attribute of a group or dataset, or `nil` when it has none of that name.
  ///
  /// - Parameters:
  ///   - name: the attribute.
  ///   - object: path of the group or dataset without the leading slash; empty for the root.
  /// - Throws: ``HDF5Error`` when there is no such object, or the attribute cannot be read.
  public func attribute(named name: String, at object: String) throws -> HDF5Attribute? {
    let outcome = handle.bytes { identifier in
      var attribute = rmt_hdf5_attribute()
      let status = rmt_hdf5_read_attribute(
        identifier, "/" + object, name, HDF5Attribute.maximumByteCount, &attribute)
      return (
        status, Int(clamping: attribute.count), attribute.bytes, attribute.byte_count,
        attribute.kind
      )
    }
    switch outcome {
    case .failure(let reason):
      throw HDF5Error(.cannotReadAttribute(name: name, reason: reason), at: object, file: path)
    case .success(let (kind, count, bytes)):
      if rmt_hdf5_attribute_kind(UInt32(kind)) == RMT_HDF5_ATTRIBUTE_ABSENT { return nil }
      guard let attribute = HDF5Attribute(kind: kind, count: count, bytes: bytes) else {
        throw HDF5Error(.attributeNotText(name: name), at: object, file: path)
      }
      return attribute
    }
  }
}
