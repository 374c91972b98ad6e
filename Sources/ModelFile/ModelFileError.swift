import TensorStorage

/// A weight file holds no model, or one that is not whole.
public struct ModelFileError: DescribedError {
  /// What is wrong.
  public enum Clause: Sendable, Hashable {
    /// A weight file that holds something else.
    case kind(found: String)
    /// A member of the metadata is missing or not of its type.
    case member(name: String, expected: String)
    /// A member of the metadata that is not known.
    case unknownMember(String)
    /// A parameter that the model needs.
    case missingParameter(name: String, shape: Shape)
    /// A parameter with another shape than the configuration says.
    case parameterShape(name: String, found: Shape, expected: Shape)
    /// A parameter whose elements are no floating-point numbers of a known type.
    case parameterType(name: String, found: ElementType)
    /// A tensor that the model has no place for.
    case unexpectedTensor(String)
    /// A tokenizer's table without settings, settings without a table, or one of another type.
    case tokenizerParts
    /// A line of the vocabulary that is not UTF-8, or that does not end.
    case vocabularyLine(Int)
    /// More tokens than the embedding table has rows.
    case vocabularyTooLong(tokenCount: Int, rowCount: Int)
    /// A writer was asked for a type in which parameters are not stored.
    case storedType(ElementType)
  }

  /// The file.
  public let path: String
  /// What is wrong.
  public let clause: Clause

  /// An error in a file.
  public init(path: String, _ clause: Clause) {
    self.path = path
    self.clause = clause
  }

  /// The family for the exit code.
  public var kind: FailureKind { if case .storedType = clause { .usage } else { .badData } }

  /// The file.
  public var place: String? { path }

  /// Which rule was broken, and where.
  public var problem: String {
    switch clause {
    case .kind(let found):
      "the file holds \"\(found)\", expected a model"
    case .member(let name, let expected):
      "the metadata need the member \"\(name)\": \(expected)"
    case .unknownMember(let name):
      "the metadata have the unknown member \"\(name)\""
    case .missingParameter(let name, let shape):
      "the parameter \"\(name)\" \(shape) is missing"
    case .parameterShape(let name, let found, let expected):
      "the parameter \"\(name)\" has shape \(found), expected \(expected)"
    case .parameterType(let name, let found):
      "the parameter \"\(name)\" has elements of type \(found.rawValue), expected f32, f16 or bf16"
    case .unexpectedTensor(let name):
      "the model has no place for the tensor \"\(name)\""
    case .tokenizerParts:
      "the tokenizer needs both its settings and its tensors, the u8 \"\(ModelFile.vocabularyName)\" "
        + "first of all"
    case .vocabularyLine(let line):
      "line \(line) of the vocabulary is not UTF-8 or does not end"
    case .vocabularyTooLong(let tokenCount, let rowCount):
      "the vocabulary has \(tokenCount) tokens, but the embedding table only \(rowCount) rows"
    case .storedType(let type):
      "parameters cannot be stored as \(type.rawValue), expected f32, f16 or bf16"
    }
  }

  /// What to do about it.
  public var advice: String? {
    switch clause {
    case .storedType: nil
    case .kind("training"):
      "It is the state of an interrupted run: rmt finetune --resume goes on with it."
    case .vocabularyTooLong: "Take the vocabulary that belongs to the checkpoint."
    default: "Convert the checkpoint again."
    }
  }
}
