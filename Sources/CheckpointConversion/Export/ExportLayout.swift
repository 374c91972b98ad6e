import ModelSchema
import TensorStorage

/// How an exported folder is laid out.
public enum ExportLayout: String, Sendable, CaseIterable {
  /// A folder that `transformers` opens.
  case huggingFace = "huggingface"
  /// A state dict for the reference implementation of the Recurrent Memory Transformer, as
  /// safetensors and as a PyTorch file. A model without memory has no such class: it becomes the
  /// state dict of the network that the class would wrap.
  case reference
  /// A folder that the TensorFlow classes of `transformers` open: `tf_model.h5`. No class of theirs
  /// carries a memory, whose rows then follow the vocabulary's as in ``huggingFace``.
  case tensorFlow = "tensorflow"
  /// A checkpoint of TensorFlow's in the form of Google's BERT release.
  case tensorFlowVariables = "tensorflow1"
  /// One GGUF file, which llama.cpp's programs open.
  case gguf
}

extension ExportLayout {
  /// What the files of an exported TensorFlow checkpoint are called, before their endings.
  static let tensorFlowPrefix = "bert_model.ckpt"

  /// The file that tells that a folder is an export: the weights, or the index of them.
  var weightsName: String {
    switch self {
    case .huggingFace, .reference: "model.safetensors"
    case .tensorFlow: HDF5Layers.fileName
    case .tensorFlowVariables: "\(Self.tensorFlowPrefix).index"
    case .gguf: "model.gguf"
    }
  }

  /// Whether a file of that name tells that a folder is an export.
  static func isWeights(_ name: String) -> Bool { allCases.contains { $0.weightsName == name } }

  /// The types that its readers take: TensorFlow's HDF5 has none for bf16.
  var elementTypes: [ElementType] {
    switch self {
    case .huggingFace, .gguf: ParameterDescription.storedElementTypes
    case .reference, .tensorFlowVariables: [.f32]
    case .tensorFlow: [.f32, .f16]
    }
  }

  /// Whether the weights are one file of the model's own names for `transformers`.
  var isForTransformers: Bool { self == .huggingFace || self == .tensorFlow }

  /// The tensors of the exported file, in the order of the state dict.
  ///
  /// With memory, its m rows follow the vocabulary's in the word embeddings. The reference layout
  /// then puts everything inside `model.`, names the word embeddings a second time and adds the ids
  /// that frame a segment; it is f32 throughout. The head for masked tokens is left out.
  func tensors(
    of model: ModelDescription, framing: (classification: Int32, separator: Int32)?,
    elementType: ElementType
  ) -> [ForeignTensor] {
    if self == .tensorFlow { return HDF5Layers(model).tensors(elementType: elementType) }
    let catalog = ParameterCatalog(model)
    let memory = catalog.parameters.first { $0.role == .memory }
    let isWrapped = self == .reference && memory != nil
    let type = self == .reference ? .f32 : elementType
    let outer = isWrapped ? "model." : ""
    let inner = outer + (model.labels.isEmpty && !isWrapped ? "" : "bert.")

    var tensors: [ForeignTensor] = []
    var alias: [ForeignTensor] = []
    if isWrapped, let memory, let framing {
      let first = model.encoder.vocabularySize
      let ids = first..<first + memory.shape.rowCount
      tensors = [
        ForeignTensor("cls_token", integers: [Int64(framing.classification)]),
        ForeignTensor("sep_token", integers: [Int64(framing.separator)]),
        ForeignTensor("mem_token_ids", integers: ids.map(Int64.init)),
      ]
    }
    for parameter in catalog.parameters
    where parameter.role != .memory
      && !parameter.name.hasPrefix(ParameterCatalog.maskedTokenHeadPrefix)
    {
      let prefix = parameter.name.hasPrefix("classifier.") ? outer : inner
      let parts =
        parameter.name == Dialect.wordEmbeddings
        ? [parameter] + [memory].compactMap(\.self)
        : [parameter]
      tensors.append(ForeignTensor(prefix + parameter.name, parts, as: type))
      if isWrapped, parameter.name == Dialect.wordEmbeddings {
        alias.append(
          ForeignTensor(
            "model.embeddings.weight", parts, as: type, sharedWith: prefix + parameter.name))
      }
    }
    return tensors + alias
  }
}
