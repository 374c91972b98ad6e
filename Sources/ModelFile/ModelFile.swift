import JSON
import ModelSchema
import TensorStorage
import Tokenizers
import WeightFile

/// A model inside a native weight file: description, parameters, tokenizer, where it came from.
///
/// Opening reads the header and finds every parameter of the model's catalogue, with its shape;
/// neither parameters nor vocabulary are touched.
public struct ModelFile: Sendable {
  /// The tensor that holds the vocabulary: u8, one line a token, each ended by a newline.
  package static let vocabularyName = TokenizerTable.vocabulary.rawValue
  /// The `kind` of weight files that hold a model.
  package static let kind = "model"

  /// Where the file is.
  public let path: String
  /// The mapped file.
  public let weights: WeightFile
  /// What the model is.
  public let description: ModelDescription
  /// The steps that made the file, oldest first.
  public let provenance: [ProvenanceStep]
  /// The model's parameters, in the order of the file.
  public let parameters: [ParameterDescription]

  private let storedTokenizer: StoredTokenizer?

  /// Opens a model.
  ///
  /// - Throws: `FileError`, `WeightFileError`, `ConfigurationError`, or ``ModelFileError`` when the
  ///   model is not whole.
  public init(path: String) throws {
    let weights = try WeightFile(path: path)
    guard weights.kind == Self.kind else {
      throw ModelFileError(path: path, .kind(found: weights.kind))
    }
    let metadata = try ModelMetadata(weights.metadata, path: path)
    let parameters = ParameterCatalog(metadata.description).parameters
    try Self.check(parameters, tables: metadata.tokenizer?.tables ?? [], in: weights)
    self.path = path
    self.weights = weights
    description = metadata.description
    provenance = metadata.provenance
    self.parameters = parameters
    storedTokenizer = metadata.tokenizer.map {
      StoredTokenizer(
        weights: weights, record: $0, rowCount: metadata.description.encoder.vocabularySize)
    }
  }

  /// Whether the file holds a tokenizer; one that is not supported is left out by the conversion.
  public var hasTokenizer: Bool { storedTokenizer != nil }

  /// What the header says of the tokenizer.
  package var tokenizerRecord: TokenizerRecord? { storedTokenizer?.record }

  /// Tokens of the vocabulary, without building the tokenizer for it.
  package var tokenCount: Int? { storedTokenizer?.tokenCount }

  /// The model's tokenizer, if the file holds one; built at the first call and kept.
  ///
  /// - Throws: ``ModelFileError`` or `TokenizerError` when vocabulary or settings are wrong.
  public func tokenizer() throws -> Tokenizer? { try storedTokenizer?.tokenizer() }

  /// The ids of the tokens with a role: the tokenizer's, or those around a segment that the memory's
  /// settings hold instead; `nil` when nothing says them.
  ///
  /// Without a tokenizer no id is unknown, which -1 stands for.
  /// - Throws: as ``tokenizer()`` does.
  public func specialTokens() throws -> SpecialTokens? {
    if let tokenizer = try tokenizer() { return tokenizer.specialTokens }
    return description.memory?.frame.map {
      SpecialTokens(
        padding: 0, unknown: -1, classification: Int32($0.classification),
        separator: Int32($0.separator), mask: nil)
    }
  }

  /// A parameter's numbers as they lie in the file, aligned to 64; valid while ``weights`` lives.
  ///
  /// - Parameter parameter: one of ``parameters``; anything else traps.
  public func bytes(
    of parameter: ParameterDescription
  ) -> (elementType: ElementType, bytes: UnsafeRawBufferPointer) {
    guard let tensor = weights.tensor(named: parameter.name),
      let bytes = weights.bytes(of: parameter.name), tensor.shape == parameter.shape
    else { preconditionFailure("\(path) has no parameter \(parameter.name) \(parameter.shape)") }
    return (tensor.elementType, bytes)
  }

  /// Decodes a whole parameter into `destination`, which holds as many floats.
  public func decode(
    _ parameter: ParameterDescription, into destination: UnsafeMutableBufferPointer<Float>
  ) {
    let (elementType, bytes) = bytes(of: parameter)
    elementType.decodeFloats(bytes, into: destination)
  }

  /// The type in which matrices and tables are stored.
  public var elementType: ElementType {
    weights.tensor(named: parameters[0].name)?.elementType ?? .f32
  }

  /// Checks that the file has the catalogue's parameters, the tokenizer's tables, and nothing else.
  private static func check(
    _ parameters: [ParameterDescription], tables: [TokenizerTable], in weights: WeightFile
  ) throws(ModelFileError) {
    let path = weights.path
    for parameter in parameters {
      guard let tensor = weights.tensor(named: parameter.name) else {
        throw ModelFileError(
          path: path, .missingParameter(name: parameter.name, shape: parameter.shape))
      }
      guard tensor.shape == parameter.shape else {
        throw ModelFileError(
          path: path,
          .parameterShape(
            name: parameter.name, found: tensor.shape, expected: parameter.shape))
      }
      guard ParameterDescription.storedElementTypes.contains(tensor.elementType) else {
        throw ModelFileError(
          path: path, .parameterType(name: parameter.name, found: tensor.elementType))
      }
    }
    for table in TokenizerTable.allCases {
      let tensor = weights.tensor(named: table.rawValue)
      guard (tensor != nil) == tables.contains(table), tensor.map(table.fits) ?? true else {
        throw ModelFileError(path: path, .tokenizerParts)
      }
    }
    let names = Set(parameters.map(\.name) + TokenizerTable.allCases.map(\.rawValue))
    for tensor in weights.tensors where !names.contains(tensor.name) {
      throw ModelFileError(path: path, .unexpectedTensor(tensor.name))
    }
  }
}
