import TensorStorage

/// A safetensors file breaks a rule of its format; one case per rule.
public struct SafetensorsError: DescribedError {
  /// The rule that was broken.
  public enum Clause: Sendable {
    /// Fewer than the eight bytes of the header's length.
    case tooShort(byteCount: Int)
    /// A header length above the format's limit of 100,000,000 bytes.
    case headerTooLarge(byteCount: UInt64)
    /// A header that would reach beyond the end of the file.
    case headerBeyondEnd(byteCount: Int, fileByteCount: Int)
    /// A header that is not strict JSON with unique names.
    case headerNotJSON(any DescribedError)
    /// A header that is JSON, but no object.
    case headerNotObject
    /// `__metadata__` is neither an object nor null.
    case metadataNotObject
    /// A value in `__metadata__` that is no string.
    case metadataValueNotString(name: String)
    /// A tensor's entry that is no object. The reference reader also takes an array here; the format
    /// does not provide for it.
    case entryNotObject(tensor: String)
    /// A tensor's entry without `dtype`, `shape` or `data_offsets`.
    case missingField(tensor: String, field: String)
    /// A `dtype` that the format does not know.
    case unknownElementType(tensor: String, found: String)
    /// A `shape` that is no array of integers between 0 and 2⁶³ − 1.
    case malformedShape(tensor: String)
    /// `data_offsets` that are not two integers between 0 and 2⁶³ − 1.
    case malformedOffsets(tensor: String)
    /// Data that ends before it begins.
    case offsetsReversed(tensor: String, begin: Int, end: Int)
    /// Data that does not begin where the previous tensor's ends: a hole, or an overlap.
    case offsetsNotContiguous(tensor: String, begin: Int, expected: Int)
    /// A shape whose size cannot be counted in 63 bits.
    case sizeOverflow(tensor: String, shape: [Int])
    /// Elements below a byte that do not fill whole bytes.
    case misaligned(tensor: String, bitCount: Int)
    /// Data of another size than the shape's.
    case sizeMismatch(tensor: String, byteCount: Int, expected: Int)
    /// The last tensor's data does not end with the file.
    case dataNotCovered(end: Int, dataByteCount: Int)
    /// A tensor that is asked for and is not in the file.
    case noSuchTensor(tensor: String)
    /// Some rows of a tensor whose rows do not begin on bytes.
    case rowsNotWholeBytes(tensor: String)
  }

  /// The file as it was named.
  public let file: String
  /// The rule that was broken.
  public let clause: Clause

  /// An error in a file.
  public init(_ clause: Clause, file: String) {
    self.clause = clause
    self.file = file
  }

  /// A file's content is wrong.
  public var kind: FailureKind { .badData }

  /// The file, and the tensor where the rule is about one.
  public var place: String? {
    guard let tensor else { return file }
    return "\(file), tensor \(tensor.quotedName)"
  }

  /// The tensor that the rule is about.
  public var tensor: String? {
    switch clause {
    case .entryNotObject(let tensor), .missingField(let tensor, _),
      .unknownElementType(let tensor, _), .malformedShape(let tensor),
      .malformedOffsets(let tensor), .offsetsReversed(let tensor, _, _),
      .offsetsNotContiguous(let tensor, _, _), .sizeOverflow(let tensor, _),
      .misaligned(let tensor, _), .sizeMismatch(let tensor, _, _), .noSuchTensor(let tensor),
      .rowsNotWholeBytes(let tensor):
      tensor
    default: nil
    }
  }

  /// What was found and what the format asks for.
  public var problem: String {
    switch clause {
    case .tooShort(let byteCount):
      "the file has \(byteCount) bytes, a safetensors file has at least 8"
    case .headerTooLarge(let byteCount):
      "the header claims \(byteCount) bytes, the format allows 100000000"
    case .headerBeyondEnd(let byteCount, let fileByteCount):
      "the header claims \(byteCount) bytes, the file has \(fileByteCount)"
    case .headerNotJSON(let error): "the header is \(error.problem)"
    case .headerNotObject: "the header is not a JSON object"
    case .metadataNotObject: "__metadata__ is not an object of strings"
    case .metadataValueNotString(let name):
      "__metadata__ member \(name.quotedName) is not a string"
    case .entryNotObject: "the entry is not an object"
    case .missingField(_, let field): "the entry has no usable \(field)"
    case .unknownElementType(_, let found): "unknown dtype \(found.quotedName)"
    case .malformedShape: "shape is not an array of integers from 0 to 2^63 - 1"
    case .malformedOffsets: "data_offsets are not two integers from 0 to 2^63 - 1"
    case .offsetsReversed(_, let begin, let end):
      "the data ends at \(end), before it begins at \(begin)"
    case .offsetsNotContiguous(_, let begin, let expected):
      "the data begins at \(begin), the tensor before it ends at \(expected)"
    case .sizeOverflow(_, let shape):
      "shape \(shape.abridgedShape) has more bits than can be counted"
    case .misaligned(_, let bitCount): "\(bitCount) bits do not fill whole bytes"
    case .sizeMismatch(_, let byteCount, let expected):
      "the data has \(byteCount) bytes, dtype and shape ask for \(expected)"
    case .dataNotCovered(let end, let dataByteCount):
      "the tensors end at byte \(end) of the data, the file at \(dataByteCount)"
    case .noSuchTensor: "there is no such tensor in the file"
    case .rowsNotWholeBytes:
      "its rows do not begin on whole bytes, so it is read whole or not at all"
    }
  }

  /// What to do about it.
  public var advice: String? {
    switch clause {
    case .tooShort, .headerBeyondEnd:
      "The file may have been cut; copy or download it again."
    case .dataNotCovered(let end, let dataByteCount) where end > dataByteCount:
      "The file may have been cut; copy or download it again."
    case .headerTooLarge: "This is probably not a safetensors file."
    case .headerNotJSON: "The file may be damaged, or no safetensors file; download it again."
    case .noSuchTensor, .rowsNotWholeBytes: nil
    default: "The file is damaged or was made by a faulty program; get it anew from its source."
    }
  }
}
