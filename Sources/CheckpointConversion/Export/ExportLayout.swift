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
  public var weightsName: String {
    switch self {
    case .huggingFace, .reference: "model.safetensors"
    case .tensorFlow: HDF5Layers.fileName
    case .tensorFlowVariables: "\(Self.tensorFlowPrefix).index"
    case .gguf: "model.gguf"
    }
  }

  /// The file of the configuration; `nil` where the weights' file holds it.
  private var configurationName: String? {
    switch self {
    case .huggingFace, .reference, .tensorFlow: "config.json"
    case .tensorFlowVariables: "bert_config.json"
    case .gguf: nil
    }
  }

  /// Whether a folder with these files may be an export.
  static func isExport(_ names: [String]) -> Bool {
    allCases.contains { layout in
      names.contains(layout.weightsName)
        && layout.configurationName.map(names.contains) ?? true
    }
  }

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
  /// With memory, its m rows follow the vocabulary's in the word embeddings, or are a tensor of their own
  /// where these have another width. Modules that the family's classes lack are left out: a pooler
  /// without a classifier that would read it. The reference layout
  /// then puts everything inside `model.`, names the word embeddings a second time and adds the ids
  /// that frame a segment; it is f32 throughout. The head for masked tokens is left out.
  func tensors(
    of model: ModelDescription, framing: (classification: Int32, separator: Int32)?,
    elementType: ElementType
  ) -> [ForeignTensor] {
    if self == .tensorFlow { return HDF5Layers(model).tensors(elementType: elementType) }
    let catalog = ParameterCatalog(model)
    let names = FamilyNames(model.encoder.family, classifies: !model.labels.isEmpty)
    let memory = catalog.parameters.first { $0.role == .memory }
    let isWrapped = self == .reference && memory != nil
    let type = self == .reference ? .f32 : elementType
    let outer = isWrapped ? "model." : ""
    let inner = outer + (model.labels.isEmpty && !isWrapped ? "" : "\(names.encoder).")

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
    where !parameter.name.hasPrefix(ParameterCatalog.maskedTokenHeadPrefix) {
      if parameter.role == .memory {
        guard !model.encoder.memoryJoinsWords else { continue }
        tensors.append(ForeignTensor(outer + Dialect.initialMemory, [parameter], as: type))
        continue
      }
      guard let module = names.module(parameter.module) else { continue }
      let prefix = names.isHead(parameter.module) ? outer : inner
      let name = prefix + module + parameter.name.dropFirst(parameter.module.count)
      let joined = parameter.name == Dialect.wordEmbeddings && model.encoder.memoryJoinsWords
      let parts = [parameter] + (joined ? [memory].compactMap(\.self) : [])
      tensors.append(ForeignTensor(name, parts, as: type))
      if isWrapped, parameter.name == Dialect.wordEmbeddings {
        alias.append(
          ForeignTensor(
            "model.embeddings.weight", parts, as: type, sharedWith: name))
      }
    }
    return tensors + alias
  }
}
