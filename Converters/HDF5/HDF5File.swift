import TensorStorage

/// An HDF5 file of weights: every dataset of numbers, by its path.
///
/// The part of the format that Keras and Hugging Face write is read, and what else h5py writes unless
/// it is asked for the newest format; what is not read is refused by name. Big-endian values come
/// little-endian, Keras's opaque bfloat16 comes as such. Nothing outside the file is touched, sizes
/// that the file cannot hold are refused when it is opened, and every number in it is checked
/// before it is used.
///
/// Source: HDF5 File Format Specification 3.0 (The HDF Group).
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

  private let superblock: Superblock
  private let datasets: [[UInt8]: HDF5Dataset]
  private let groups: Set<[UInt8]>
  private let objects: [[UInt8]: UInt64]
  private let chunks: ChunkReader

  /// Opens a file and walks through its groups.
  ///
  /// - Throws: ``FileError`` when it cannot be read, ``HDF5Error`` when it is no HDF5 file or holds
  ///   what is not read here.
  public convenience init(path: String) throws {
    let file = try RandomAccessFile(path: path)
    try self.init(file: file, range: 0..<file.byteCount, name: path)
  }

  /// Opens the HDF5 file that some bytes of a file are, such as a stored member of an archive.
  ///
  /// - Parameters:
  ///   - file: the file around it.
  ///   - range: the HDF5 file's bytes, all of them in the file.
  ///   - name: what errors call it.
  /// - Throws: as ``init(path:)``.
  public init(file: RandomAccessFile, range: Range<Int>, name: String) throws {
    precondition(range.lowerBound >= 0 && range.upperBound <= file.byteCount, "range \(range)")
    path = name
    do {
      superblock = try Superblock(of: file, in: range)
    } catch let clause as HDF5Error.Clause {
      throw HDF5Error(clause, file: name)
    }
    let blocks = BlockReader(region: superblock.region, widths: superblock.widths)
    let walk = try HDF5Walk(root: superblock.rootAddress, in: blocks, file: name)
    tensors = walk.datasets.map(\.tensor)
    skipped = walk.skipped
    groups = walk.groups
    objects = walk.objects
    // Paths are unique, for members of one group have different names.
    datasets = Dictionary(
      uniqueKeysWithValues: walk.datasets.map { (Array($0.tensor.name.utf8), $0) })
    chunks = ChunkReader(region: superblock.region)
  }

  /// The file.
  public var sourcePaths: [String] { [superblock.region.file.path] }

  /// Whether there is a group of that path; the root's is empty.
  public func hasGroup(_ path: String) -> Bool { groups.contains(Array(path.utf8)) }

  /// The dataset of that path, found without a search.
  public func tensor(named name: String) -> TensorDescription? {
    datasets[Array(name.utf8)]?.tensor
  }

  /// Copies rows; see ``TensorSource``.
  ///
  /// The tensor may have another shape of as many elements than the dataset, such as two axes taken
  /// for one; its rows are then pieces of the dataset's values in C order.
  public func readRows(
    _ rows: Range<Int>, of tensor: TensorDescription,
    into destination: UnsafeMutableRawBufferPointer
  ) throws {
    guard let dataset = datasets[Array(tensor.name.utf8)],
      dataset.tensor.elementType == tensor.elementType,
      dataset.tensor.shape.elementCount == tensor.shape.elementCount
    else { throw HDF5Error(.noSuchTensor, at: tensor.name, file: path) }
    precondition(
      rows.lowerBound >= 0 && rows.upperBound <= tensor.shape.rowCount
        && destination.count == rows.count * tensor.bytesPerRow,
      "rows \(rows) of \(tensor.shape) into \(destination.count) bytes")
    switch dataset.storage {
    case .empty: return
    case .contiguous(let address):
      let start = address + UInt64(rows.lowerBound * tensor.bytesPerRow)
      try superblock.region.read(at: start, into: destination)
    case .chunked(let grid):
      do {
        let first = rows.lowerBound * tensor.bytesPerRow
        try chunks.read(
          first..<first + destination.count, of: grid, at: tensor.name, into: destination)
      } catch let clause as HDF5Error.Clause {
        throw HDF5Error(clause, at: tensor.name, file: path)
      }
    }
    if dataset.isBigEndian { tensor.elementType.swapBytes(in: destination) }
  }

  /// The attribute of a group or dataset, or `nil` when it has none of that name.
  ///
  /// - Parameters:
  ///   - name: the attribute.
  ///   - object: path of the group or dataset without the leading slash; empty for the root.
  /// - Throws: ``HDF5Error`` when there is no such object, or the attribute cannot be read.
  public func attribute(named name: String, at object: String) throws -> HDF5Attribute? {
    guard let address = objects[Array(object.utf8)] else {
      throw HDF5Error(.noSuchObject, at: object, file: path)
    }
    let blocks = BlockReader(region: superblock.region, widths: superblock.widths)
    do {
      return try ObjectHeader(at: address, in: blocks).attribute(named: name, in: blocks)
    } catch let clause as HDF5Error.Clause {
      throw HDF5Error(clause, at: object, file: path)
    }
  }
}
