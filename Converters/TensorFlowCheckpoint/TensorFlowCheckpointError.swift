import TensorStorage

/// A TensorFlow checkpoint breaks a rule of its format; one case per rule.
public struct TensorFlowCheckpointError: DescribedError {
  /// The rule that was broken.
  public enum Clause: Sendable, Hashable {
    /// Data files are found by the name of the index, which ends in `.index`.
    case notNamedIndex
    /// Fewer bytes than the footer has.
    case tooShort(byteCount: Int)
    /// No sorted table: its last eight bytes are others.
    case noMagicNumber
    /// The place of a block is no place in the file.
    case blockHandle(block: String)
    /// Data blocks that do not lie one behind the other.
    case blocksNotAscending(offset: Int)
    /// A block that is far larger than any index has.
    case blockTooLarge(offset: Int, byteCount: Int)
    /// A block whose bytes do not have its CRC-32C.
    case blockChecksum(offset: Int)
    /// A compression other than none and Snappy.
    case blockCompression(offset: Int, type: Int)
    /// A compressed block that is not Snappy's.
    case snappy(offset: Int, Snappy.Failure)
    /// The list of restart places is longer than its block.
    case blockRestarts(offset: Int)
    /// An entry that does not fit its block or the key before it.
    case blockEntry(offset: Int)
    /// Keys that are not sorted, or one that is there twice.
    case keysNotAscending(offset: Int)
    /// No entry under the empty key, which describes the whole.
    case noHeader
    /// Written for readers of a later version of the format.
    case newerVersion(Int64)
    /// No data file, or more than there can be.
    case shardCount(Int64)
    /// Neither little-endian nor big-endian.
    case byteOrder(Int64)
    /// Names longer together than any checkpoint's, or more of them.
    case namesTooLong
    /// A name that is not UTF-8.
    case nameNotText
    /// A variable that lies in pieces.
    case partitioned
    /// A number that is no element type.
    case unknownType(Int64)
    /// No shape, or one whose size cannot be counted in 63 bits.
    case shape([Int64])
    /// A size other than the shape's.
    case byteCount(Int64, shape: Shape, type: ElementType)
    /// A data file that the header does not count.
    case shard(Int64, count: Int)
    /// Bytes that would begin before their file.
    case offset(Int64)
    /// A data file that is not there.
    case missingDataFile(String)
    /// Bytes that would reach beyond the end of the data file.
    case beyondEnd(offset: Int, byteCount: Int, file: String)
    /// A tensor whose bytes do not have its CRC-32C.
    case dataChecksum(file: String)
    /// A tensor that is asked for and is not there.
    case noSuchTensor
  }

  /// The rule that was broken.
  public let clause: Clause
  /// The tensor that it is about.
  public let tensor: String?
  /// The index as it was named.
  public let file: String

  init(_ clause: Clause, tensor: String? = nil, file: String) {
    self.clause = clause
    self.tensor = tensor
    self.file = file
  }

  /// A file that is missing, or a file's content.
  public var kind: FailureKind {
    if case .missingDataFile = clause { .missingInput } else { .badData }
  }

  /// The file, and the tensor where the rule is about one.
  public var place: String? {
    tensor.map { "\(file), tensor \($0.quotedName)" } ?? file
  }

  /// What was found and what the format asks for.
  public var problem: String {
    switch clause {
    case .notNamedIndex: "the index of a TensorFlow checkpoint has a name that ends in .index"
    case .tooShort(let byteCount): "the file has \(byteCount) bytes, an index has at least 48"
    case .noMagicNumber: "the file does not end as the index of a TensorFlow checkpoint does"
    case .blockHandle(let block): "\(block) would lie outside the file"
    case .blocksNotAscending(let offset):
      "the block at byte \(offset) lies before the one it follows"
    case .blockTooLarge(let offset, let byteCount):
      "the block at byte \(offset) has \(byteCount) bytes, at most "
        + "\(SortedTable.maximumBlockByteCount) are accepted"
    case .blockChecksum(let offset): "the block at byte \(offset) does not have its checksum"
    case .blockCompression(let offset, let type):
      "the block at byte \(offset) has the compression \(type), known are 0 (none) and 1 (Snappy)"
    case .snappy(let offset, let failure):
      "the block at byte \(offset) is not what Snappy writes: \(failure.description)"
    case .blockRestarts(let offset): "the block at byte \(offset) is shorter than its own directory"
    case .blockEntry(let offset): "an entry does not fit the block at byte \(offset)"
    case .keysNotAscending(let offset):
      "the names in the block at byte \(offset) are not sorted, or one is there twice"
    case .noHeader: "the index has no header"
    case .newerVersion(let version):
      "the checkpoint asks for readers of version \(version), this is one of version "
        + "\(BundleHeader.version)"
    case .shardCount(let count):
      "the header counts \(count) data files, expected 1 to \(BundleHeader.maximumShardCount)"
    case .byteOrder(let order): "the byte order is \(order), known are 0 (little) and 1 (big)"
    case .namesTooLong: "the index has more than 131,072 tensors, or 16 MiB of names"
    case .nameNotText: "a tensor's name is not UTF-8"
    case .partitioned: "a variable lies in several partitions, which are not put together here"
    case .unknownType(let number): "the element type \(number) is none of TensorFlow's"
    case .shape(let dimensions):
      "the shape \(dimensions.abridgedShape) "
        + "is none, or too large to be counted"
    case .byteCount(let byteCount, let shape, let type):
      "the data has \(byteCount) bytes, which is not the size of \(type) \(shape)"
    case .shard(let shard, let count): "it lies in data file \(shard), of which there are \(count)"
    case .offset(let offset): "its bytes begin at \(offset)"
    case .missingDataFile(let path): "the data file \(path) is missing"
    case .beyondEnd(let offset, let byteCount, let file):
      "its \(byteCount) bytes from \(offset) on reach beyond the end of \(file)"
    case .dataChecksum(let file): "its bytes in \(file) do not have their checksum"
    case .noSuchTensor: "there is no such tensor in the checkpoint"
    }
  }

  /// What to do about it.
  public var advice: String? {
    switch clause {
    case .notNamedIndex: "Give the files the names that TensorFlow gave them."
    case .missingDataFile: "Copy all files of the checkpoint into one folder."
    case .partitioned:
      "Save the checkpoint again without a partitioner, one tensor for each variable."
    case .newerVersion: "Save the checkpoint again with TensorFlow 1 or 2."
    case .noSuchTensor: nil
    default: "The checkpoint is cut or damaged; copy or download it again."
    }
  }
}

extension Snappy.Failure {
  /// What is wrong, as a part of a sentence.
  var description: String {
    switch self {
    case .length: "it does not begin with a length"
    case .tooLong(let byteCount): "it claims to make \(byteCount) bytes"
    case .truncated: "it ends within an element"
    case .offset(let offset): "it copies from \(offset) bytes back, where nothing is"
    case .otherLength(let declared): "it does not make the \(declared) bytes that it claims"
    }
  }
}
