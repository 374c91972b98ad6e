import GGUF
import ModelFile
import ModelSchema
import TensorStorage
import Tokenizers

extension CheckpointExporter {
  /// Writes `model.gguf`, with configuration and tokenizer inside.
  ///
  /// Vectors, positions and token types are F32, as llama.cpp's converter has them. Quantised matrices
  /// are Q8_0, whatever the element type is; where rows are no whole blocks, Q8_0 becomes F16, as there.
  func writeGGUF(
    to output: borrowing ExportFolder, progress: (TransferProgress) throws -> Void
  ) throws -> Written {
    let parameters = model.parameters
    let memory = parameters.first { $0.role == .memory }
    let exported = parameters.filter {
      $0.role != .memory && !$0.name.hasPrefix(ParameterCatalog.maskedTokenHeadPrefix)
    }
    let tensors = exported.map { parameter in
      let parts =
        [parameter] + (parameter.name == Dialect.wordEmbeddings ? [memory].compactMap(\.self) : [])
      let type = storedType(of: parameter)
      return (
        foreign: ForeignTensor(Dialect.ggufName(of: parameter), parts, as: type.elementType),
        type: type
      )
    }
    let metadata = try GGUFMetadata(
      model: model.description, elementType: elementType, tokenizer: tokenizer?.wordPiece,
      fileType: isQuantized ? .q8_0 : elementType.ggml
    ).values()
    var transfer = TransferCounter(
      totalByteCount: tensors.reduce(0) { $0 + $1.foreign.description.byteCount })
    try output.write(ExportLayout.gguf.weightsName) { path in
      var writer = try GGUFWriter(
        path: path, collision: .keepExisting, metadata: metadata,
        entries: tensors.map {
          GGUFWriter.Entry(name: $0.foreign.name, shape: $0.foreign.shape, type: $0.type)
        })
      for (tensor, type) in tensors {
        try tensor.encode(from: model) { bytes in
          if type == .q8_0 {
            let floats = bytes.bindMemory(to: Float.self)
            try checkQuantizable(floats, tensor: tensor.name)
            let encoded = Q8Block.encode(floats)
            try encoded.withUnsafeBytes { try writer.write($0) }
          } else {
            try writer.write(bytes)
          }
          try progress(transfer.add(bytes.count, of: tensor.name))
        }
      }
      try writer.finish()
    }
    return (tensors.count, [])
  }

  /// Checks that every number stays finite: the scale of a block is of half precision, and a number
  /// that is not finite would take its whole block along.
  private func checkQuantizable(
    _ floats: UnsafeBufferPointer<Float>, tensor: String
  ) throws(ExportError) {
    for value in floats where !(Q8Block.scale(of: value) < NumberRange.limit(of: .f16)) {
      throw .unquantizable(path: model.path, tensor: tensor, value: value)
    }
  }

  private func storedType(of parameter: ParameterDescription) -> GGMLType {
    let isSmall =
      parameter.shape.rank < 2 || parameter.name == "embeddings.position_embeddings.weight"
      || parameter.name == "embeddings.token_type_embeddings.weight"
    if isSmall { return .f32 }
    guard isQuantized else { return elementType.ggml }
    return parameter.shape.elementsPerRow.isMultiple(of: GGMLType.q8_0.elementsPerBlock)
      ? .q8_0 : .f16
  }
}

extension ElementType {
  /// The type in which a GGUF file holds it.
  fileprivate var ggml: GGMLType {
    switch self {
    case .f16: .f16
    case .bf16: .bf16
    default: .f32
    }
  }
}
