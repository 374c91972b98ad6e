import ModelSchema
import TensorStorage

/// What a conversion did, for people and for the record.
public struct ConversionReport: Sendable, Hashable {
  /// The native file.
  public let path: String
  /// Its size.
  public let byteCount: Int
  /// The files that were read, weights first.
  public let sourcePaths: [String]
  /// The source's format, such as `safetensors`.
  public let format: String
  /// How its tensors are named.
  public let dialect: String
  /// The model.
  public let description: ModelDescription
  /// The type of its matrices.
  public let elementType: ElementType
  /// Tensors in the source.
  public let sourceTensorCount: Int
  /// Parameters in the model.
  public let parameterCount: Int
  /// Numbers in them.
  public let elementCount: Int
  /// Tokens of the vocabulary; `nil` without a tokenizer.
  public let tokenCount: Int?
  /// Source tensors that were left out, with the reason.
  public let dropped: [ConversionRemark]
  /// Parameters that the source lacks, with what they hold.
  public let created: [ConversionRemark]
  /// What a person should know besides.
  public let notes: [String]
}
