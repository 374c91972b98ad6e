import JSON
import ModelSchema
import TensorStorage
import Tokenizers
import WeightFile

/// Writes a model file: tokenizer and header at once, then the parameters as they come.
///
/// Nothing appears under the file's name before ``finish()``. Same arguments and numbers, same bytes.
package struct ModelFileWriter: ~Copyable {
  /// The parameters, in the order in which their numbers are to be written.
  package let parameters: [ParameterDescription]
  private let description: ModelDescription
  private let tokenizer: TokenizerRecord?
  private var output: WeightFileWriter
  /// Floats encoded at a time.
  private static let pieceElementCount = 1 << 16

  /// Opens the file beside its final name and writes all but the parameters.
  ///
  /// - Parameters:
  ///   - tokenizer: `nil` for a model whose tokenizer is not supported.
  ///   - elementType: the type of matrices and tables: `f32`, `f16` or `bf16`; the rest stays `f32`.
  /// - Throws: ``ModelFileError`` or `ConfigurationError` when the parts contradict each other;
  ///   `FileError`.
  package init(
    path: String, collision: AtomicFileWriter.Collision, description: ModelDescription,
    tokenizer: Tokenizer?, provenance: [ProvenanceStep], elementType: ElementType
  ) throws {
    guard ParameterDescription.storedElementTypes.contains(elementType) else {
      throw ModelFileError(path: path, .storedType(elementType))
    }
    try description.check(file: path)
    let rowCount = description.encoder.vocabularySize
    if let tokenizer, tokenizer.tokens.count > rowCount {
      throw ModelFileError(
        path: path,
        .vocabularyTooLong(tokenCount: tokenizer.tokens.count, rowCount: rowCount))
    }
    let parameters = ParameterCatalog(description).parameters
    var tensors = parameters.map {
      TensorDescription(
        name: $0.name, elementType: $0.storedElementType(matrices: elementType), shape: $0.shape)
    }
    let record = tokenizer.map { TokenizerRecord($0) }
    let tables = (record?.tables ?? []).compactMap { table in
      tokenizer.flatMap { table.content(of: $0) }
    }
    // In front, so that all that is no parameter is written before the first one comes.
    tensors.insert(contentsOf: tables.map(\.tensor), at: 0)
    let metadata = ModelMetadata(
      description: description, tokenizer: record, provenance: provenance)
    var output = try WeightFileWriter(
      path: path, collision: collision, kind: ModelFile.kind, metadata: metadata.json,
      tensors: tensors)
    for table in tables { try output.write(table.bytes) }
    self.parameters = parameters
    self.description = description
    self.tokenizer = record
    self.output = output
  }

  /// Appends numbers to the parameters, in their order; pieces may be cut anywhere.
  ///
  /// - Throws: `FileError`; `WeightFileError` for more numbers than the model has.
  package mutating func write(floats: UnsafeBufferPointer<Float>) throws {
    var rest = floats
    var encoded: [UInt8] = []
    while !rest.isEmpty {
      guard let (tensor, missingByteCount) = output.next else {
        return try output.write(UnsafeRawBufferPointer(rest))  // throws: there is no more room
      }
      let type = tensor.elementType
      precondition(
        missingByteCount.isMultiple(of: type.byteWidth), "bytes written before end in a number")
      if type == .f32 {
        let count = min(rest.count, missingByteCount / type.byteWidth)
        try output.write(UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: rest[..<count])))
        rest = UnsafeBufferPointer(rebasing: rest[count...])
        continue
      }
      let count = min(rest.count, missingByteCount / type.byteWidth, Self.pieceElementCount)
      let piece = UnsafeBufferPointer(rebasing: rest[..<count])
      if encoded.count != count * type.byteWidth {
        encoded = [UInt8](repeating: 0, count: count * type.byteWidth)
      }
      encoded.withUnsafeMutableBytes { type.encodeFloats(piece, into: $0) }
      try output.write(encoded)
      rest = UnsafeBufferPointer(rebasing: rest[count...])
    }
  }

  /// Appends numbers that are encoded already, each in its parameter's stored type.
  ///
  /// - Throws: `FileError`; `WeightFileError` for more bytes than the model has.
  package mutating func write(encoded bytes: UnsafeRawBufferPointer) throws {
    try output.write(bytes)
  }

  /// Puts the file in place.
  ///
  /// - Parameter provenance: what takes the place of the provenance given at first, where its checksums
  ///   were not known then; the rest must be the same.
  /// - Throws: `WeightFileError` when a parameter lacks numbers; `FileError`.
  package consuming func finish(provenance: [ProvenanceStep]? = nil) throws {
    let metadata = provenance.map {
      ModelMetadata(description: description, tokenizer: tokenizer, provenance: $0)
    }
    try output.finish(metadata: metadata?.json)
  }
}
