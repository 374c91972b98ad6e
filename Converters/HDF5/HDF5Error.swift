import TensorStorage

/// An HDF5 file breaks a rule of the format, or uses a part of it that is not read here.
public struct HDF5Error: DescribedError {
  /// The rule that was broken.
  public enum Clause: Sendable, Error {
    /// No HDF5 signature where the format looks for one.
    case notHDF5
    /// The file is shorter than it says of itself.
    case cut(declared: UInt64, fileByteCount: Int)
    /// A structure of a version that is not known.
    case unknownVersion(HDF5Structure, version: Int)
    /// A structure that does not begin with its signature.
    case wrongSignature(HDF5Structure)
    /// A structure whose checksum is not that of its bytes.
    case wrongChecksum(HDF5Structure)
    /// A structure that ends inside one of its fields.
    case tooShort(HDF5Structure)
    /// A structure, or values, beyond the end of the file.
    case beyondEnd(HDF5Structure, fileByteCount: Int)
    /// A structure that must be there and has no address.
    case noAddress(HDF5Structure)
    /// A field with a value that the format does not allow.
    case invalidField(HDF5Structure, field: String, value: UInt64)
    /// A block that is part of itself, or stands in two places of one tree.
    case circle(HDF5Structure)
    /// A message that an object must have and lacks.
    case missingMessage(HDF5Structure)
    /// More bytes of structures than any checkpoint has.
    case tooMuchMetadata(limit: Int)
    /// A part of the format that is not read here.
    case unsupported(HDF5Feature)
    /// A member that is a soft or external link, or no object at all.
    case link(name: String, HDF5Feature)
    /// A member whose name is not UTF-8, is empty, is a full stop or has a slash.
    case unusableName
    /// Two members of one name.
    case repeatedName(name: String)
    /// Groups nested deeper than any checkpoint's.
    case tooDeep(limit: Int)
    /// More groups and datasets, or longer names, than any checkpoint has.
    case tooManyObjects(limit: Int)
    /// A shape whose bytes cannot be counted.
    case sizeOverflow(dimensions: [UInt64])
    /// Contiguous values of another size than the shape's.
    case sizeMismatch(byteCount: UInt64, expected: Int)
    /// Values for which no place was ever allocated.
    case neverWritten(byteCount: Int)
    /// A shape out of all proportion to the stored values.
    case implausibleSize(declared: Int, stored: UInt64)
    /// Chunks so large, or so narrow, that reading one row takes too much memory.
    case chunkTooLarge(byteCount: UInt64)
    /// A chunk that stands twice in the index, or beside the grid.
    case misplacedChunk(offset: [UInt64])
    /// A chunk that does not unpack to its size.
    case damagedChunk(filter: String)
    /// A dataset that is asked for and is not among those that can be read.
    case noSuchTensor
    /// A group or dataset that is asked for and is not in the file.
    case noSuchObject
    /// An attribute that is larger than any list of names.
    case attributeTooLarge(name: String, limit: Int)
    /// Text in an attribute that is not UTF-8.
    case attributeNotText(name: String)
    /// An attribute of another type than it must be.
    case attributeWrongType(name: String, expected: String)
    /// An attribute that must be there and is not.
    case missingAttribute(name: String)
    /// An archive of Keras without one of its members.
    case missingMember(name: String)
    /// A weight that a layer lists and the file lacks.
    case missingWeight(name: String)
  }

  /// The file as it was named.
  public let file: String
  /// Path of the object in the file, without the leading slash; empty for the root.
  public let object: String
  /// The rule that was broken.
  public let clause: Clause

  init(_ clause: Clause, at object: String = "", file: String) {
    self.clause = clause
    self.object = object
    self.file = file
  }

  /// A file's content is wrong.
  public var kind: FailureKind { .badData }

  /// The file, and the object in it.
  public var place: String? { object.isEmpty ? file : "\(file), /\(object.printableName)" }
}
