import JSON
import ModelSchema
import TensorStorage
import TestSupport
import Tokenizers
import WeightFile

@testable import ModelFile

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Model files put together by hand: any tensors, any metadata, and a hole where the data are.
enum HandmadeModel {
  /// What a file is made of.
  struct Parts {
    var kind = ModelFile.kind
    var metadata: JSONObject
    var tensors: [TensorDescription]
  }

  /// Writes a model whose parts were changed; zeros take the place of all data.
  static func write(
    in folder: TemporaryFolder, description: ModelDescription = ExampleModel.description,
    changing change: (Parts) -> Parts
  ) throws -> String {
    var tensors = [
      TensorDescription(name: ModelFile.vocabularyName, elementType: .u8, shape: [100])
    ]
    for parameter in ParameterCatalog(description).parameters {
      tensors.append(
        TensorDescription(
          name: parameter.name, elementType: parameter.storedElementType(matrices: .f32),
          shape: parameter.shape))
    }
    let metadata = ModelMetadata(
      description: description,
      tokenizer: .wordPiece(WordPieceSettings(lowercases: true)), provenance: [])
    let parts = change(Parts(metadata: metadata.json, tensors: tensors))
    let path = folder.path("handmade.rmtw")
    let layout = try WeightFileLayout(
      path: path, kind: parts.kind, metadata: parts.metadata, tensors: parts.tensors)
    let checksums = [Checksum](repeating: Checksum(0), count: parts.tensors.count)
    try folder.write(layout.header(checksums: checksums), to: "handmade.rmtw")
    guard truncate(path, off_t(layout.fileByteCount)) == 0 else { throw FileError(.write, path) }
    return path
  }
}
