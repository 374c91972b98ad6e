import TensorStorage

/// A GGUF file breaks a rule of its format; one case per rule.
public struct GGUFError: DescribedError {
  /// The rule that was broken.
  public enum Clause: Sendable, Hashable {
    /// The first four bytes are others.
    case magic
    /// Written for a machine with the other byte order.
    case bigEndian
    /// A version other than 2 and 3.
    case version(UInt32)
    /// More tensors than the file has room for, or than any model has.
    case tensorCount(UInt64)
    /// More members of the metadata than the file has room for, or than any has.
    case memberCount(UInt64)
    /// A member without a name.
    case emptyKey(position: Int)
    /// Two members of one name.
    case duplicateKey(String)
    /// A number that is no type of value.
    case valueType(key: String, UInt32)
    /// An array of arrays.
    case nestedArray(key: String)
    /// More values than the file has room for.
    case arrayCount(key: String, UInt64)
    /// Far more values than any such file has.
    case tooManyValues
    /// A text that is longer than such a text can be.
    case textTooLong(position: Int, byteCount: UInt64, limit: Int)
    /// A text that is not UTF-8.
    case notText(position: Int)
    /// `general.alignment` is not of type u32.
    case alignmentType
    /// `general.alignment` is no power of two.
    case alignment(UInt64)
    /// Two tensors of one name.
    case duplicateName
    /// More than four axes.
    case axisCount(UInt32)
    /// The length of an axis beyond 2⁶³ − 1.
    case axis(UInt64)
    /// More elements than can be counted.
    case tooManyElements([Int])
    /// A number that is no type of tensor.
    case unknownType(UInt32)
    /// A type that is not read here.
    case unsupportedType(String)
    /// Rows that are not whole blocks, or a size that cannot be counted.
    case size(shape: Shape, GGMLType)
    /// Data that does not follow the previous tensor's.
    case offset(UInt64, expected: Int)
    /// Data beyond the end of the file.
    case beyondEnd(end: Int, fileByteCount: Int)
    /// A value that says what the model is.
    case missingKey(String)
    /// One of several files of a model.
    case split(Int)
    /// A tensor that is asked for and is not in the file.
    case noSuchTensor
  }

  /// The rule that was broken.
  public let clause: Clause
  /// The tensor that it is about.
  public let tensor: String?
  /// The file as it was named.
  public let file: String

  package init(_ clause: Clause, tensor: String? = nil, file: String) {
    self.clause = clause
    self.tensor = tensor
    self.file = file
  }

  /// A file's content is wrong.
  public var kind: FailureKind { .badData }

  /// The file, and the tensor where the rule is about one.
  public var place: String? { tensor.map { "\(file), tensor \($0.quotedName)" } ?? file }

  /// What was found and what the format asks for.
  public var problem: String {
    switch clause {
    case .magic: "the file does not begin with GGUF"
    case .bigEndian: "the file was written for a big-endian machine"
    case .version(let version): "the version is \(version), read are 2 and 3"
    case .tensorCount(let count):
      "the header claims \(count) tensors, more than the file can hold or any has"
    case .memberCount(let count):
      "the header claims \(count) keys, more than the file can hold or any has"
    case .emptyKey(let position): "the value at byte \(position) has no name"
    case .duplicateKey(let key): "\(key.quotedName) is there twice"
    case .valueType(let key, let number): "\(key.quotedName) has the unknown type \(number)"
    case .nestedArray(let key): "\(key.quotedName) is an array of arrays"
    case .arrayCount(let key, let count):
      "\(key.quotedName) claims \(count) values, which the file cannot hold"
    case .tooManyValues: "the metadata has more than four million values"
    case .textTooLong(let position, let byteCount, let limit):
      "the text at byte \(position) has \(byteCount) bytes, at most \(limit) are accepted"
    case .notText(let position): "the text at byte \(position) is not UTF-8"
    case .alignmentType: "\(GGUFHeader.alignmentKey) is not an integer of type u32"
    case .alignment(let alignment):
      "\(GGUFHeader.alignmentKey) is \(alignment), which is no power of two that fits"
    case .duplicateName: "there are two tensors of this name"
    case .axisCount(let count): "it has \(count) axes, at most 4 are possible"
    case .axis(let length): "an axis has the length \(length)"
    case .tooManyElements(let axes): "the shape \(axes) has more elements than can be counted"
    case .unknownType(let number): "the element type \(number) is none of ggml's"
    case .unsupportedType(let name):
      "it is of type \(name); read are F32, F16, BF16 and Q8_0"
    case .size(let shape, let type): "the shape \(shape) does not make whole blocks of \(type)"
    case .offset(let offset, let expected):
      "its data begins at \(offset), the tensor before it ends at \(expected)"
    case .beyondEnd(let end, let fileByteCount):
      "its data ends at byte \(end), the file at \(fileByteCount)"
    case .missingKey(let key): "the value \(key) is missing, which says what the model is"
    case .split(let count): "it is one of \(count) files into which a model was split"
    case .noSuchTensor: "there is no such tensor in the file"
    }
  }

  /// What to do about it.
  public var advice: String? {
    switch clause {
    case .magic: "This is no GGUF file."
    case .bigEndian, .version: "Convert the model again with a current llama.cpp."
    case .unsupportedType:
      "Convert the model again with --outtype f32, f16, bf16 or q8_0; coarser types lose what they "
        + "round away."
    case .missingKey: "Convert the model again with a current llama.cpp."
    case .split: "Join them with llama-gguf-split --merge."
    case .noSuchTensor: nil
    default: "The file is cut or damaged; copy or download it again."
    }
  }
}
