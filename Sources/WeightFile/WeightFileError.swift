import TensorStorage

/// A weight file breaks a rule of the specification, or was asked to be written so that it would.
public struct WeightFileError: DescribedError {
  /// The rule that was broken; the numbers are those of Specification.md, section 4.
  public enum Clause: Sendable, Hashable {
    /// 1: shorter than the fixed part of the header.
    case tooShort(byteCount: Int)
    /// 2: another magic.
    case notAWeightFile
    /// 3: another major version.
    case unsupportedVersion(major: Int, minor: Int)
    /// 4: a feature that this version does not know.
    case unknownFeatures(bits: UInt32)
    /// 5: a header length out of bounds.
    case headerByteCount(UInt64)
    /// 6: another size than the file states.
    case fileByteCount(stated: UInt64, actual: Int)
    /// 7: a header that reaches beyond the end.
    case headerBeyondEnd(headerEnd: Int, fileByteCount: Int)
    /// 8: a damaged header.
    case headerChecksum(stated: Checksum, actual: Checksum)
    /// 9: a header that is not JSON.
    case headerSyntax(problem: String)
    /// 10: a member that is missing or of another type.
    case member(name: String, of: String, expected: String)
    /// 11: a member that this version does not know.
    case unknownMember(name: String, of: String)
    /// 12: a kind that is not spelled as it must be.
    case kindSpelling(String)
    /// 13: a tensor name that is not spelled as it must be.
    case tensorName(String)
    /// 14: a tensor name that occurred before.
    case duplicateTensor(String)
    /// 15: an unknown element type.
    case elementType(tensor: String, found: String)
    /// 16: too many axes.
    case rank(tensor: String, found: Int)
    /// 17: a size that no file can have.
    case sizeOverflow(tensor: String)
    /// 18: a byte count that contradicts the shape.
    case tensorByteCount(tensor: String, stated: Int, expected: Int)
    /// 19: an offset that is not a multiple of 64.
    case misalignedTensor(tensor: String, offset: Int)
    /// 20: an offset inside the tensor before.
    case overlappingTensor(tensor: String, offset: Int, expected: Int)
    /// 21: an offset behind its place.
    case gapBeforeTensor(tensor: String, offset: Int, expected: Int)
    /// 22: data that end elsewhere than the file.
    case dataEnd(expected: Int, fileByteCount: Int)
    /// 23: an i8 tensor without proper scales.
    case scales(tensor: String)
    /// 24: padding that is not zero.
    case padding(byteOffset: Int)
    /// 25: a damaged tensor.
    case damagedTensor(tensor: String, bytes: Range<Int>, stated: Checksum, actual: Checksum)
    /// A writer's header would be too long.
    case headerTooLong(byteCount: Int)
    /// A writer was given more bytes than the tensors have.
    case surplusBytes(expected: Int)
    /// A writer was finished before a tensor had all its bytes.
    case missingBytes(tensor: String, expected: Int, actual: Int)
  }

  /// The file.
  public let path: String
  /// The rule that was broken.
  public let clause: Clause

  /// An error in a file.
  public init(path: String, _ clause: Clause) {
    self.path = path
    self.clause = clause
  }

  /// The family for the exit code.
  public var kind: FailureKind { .badData }

  /// The file.
  public var place: String? { path }
}
