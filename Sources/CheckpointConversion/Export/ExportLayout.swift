import ModelSchema
import TensorStorage

/// How an exported folder is laid out.
public enum ExportLayout: String, Sendable, CaseIterable {
  /// A folder that `transformers` opens: `model.safetensors`.
  case huggingFace = "huggingface"
  /// The same folder with the weights as `torch.save` writes them: `pytorch_model.bin`.
  case pyTorch = "pytorch"
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
    case .pyTorch: "pytorch_model.bin"
    case .tensorFlow: HDF5Layers.fileName
    case .tensorFlowVariables: "\(Self.tensorFlowPrefix).index"
    case .gguf: "model.gguf"
    }
  }

  /// The file of the configuration; `nil` where the weights' file holds it.
  private var configurationName: String? {
    switch self {
    case .huggingFace, .pyTorch, .reference, .tensorFlow: "config.json"
    case .tensorFlowVariables: "bert_config.json"
    case .gguf: nil
    }
  }

  /// Whether a folder with these files may be an export.
  static func isExport(_ names: [String]) -> Bool {
    allCases.contains { layout in
      let weights = ShardNames(of: layout.weightsName)
      return (names.contains(weights.whole) || names.contains(weights.index))
        && layout.configurationName.map(names.contains) ?? true
    }
  }

  /// Whether an earlier export's file has to go when this layout is written over it.
  ///
  /// Readers look for weights under one name after another: old ones under an earlier name, whole
  /// or in shards, would be taken for these.
  func supersedes(_ name: String) -> Bool {
    guard isForPyTorchClasses || self == .reference else { return false }
    return [Self.huggingFace, .pyTorch].contains { ShardNames(of: $0.weightsName).contains(name) }
  }

  /// The types that its readers take: TensorFlow's HDF5 has none for bf16.
  var elementTypes: [ElementType] {
    switch self {
    case .huggingFace, .pyTorch, .gguf: ParameterDescription.storedElementTypes
    case .reference, .tensorFlowVariables: [.f32]
    case .tensorFlow: [.f32, .f16]
    }
  }

  /// Whether the weights are one file of the model's own names for `transformers`.
  var isForTransformers: Bool { isForPyTorchClasses || self == .tensorFlow }

  /// Whether the PyTorch classes of `transformers` open the folder: every family has them, and one
  /// of them carries memory.
  var isForPyTorchClasses: Bool { self == .huggingFace || self == .pyTorch }

  /// Whether the layout has a place for all of a model: BERT has one in every layout, a relative in those
  /// of `transformers`, where TensorFlow's classes have none for a memory that is no word embedding.
  func isFor(_ model: ModelDescription) -> Bool {
    model.encoder.family == .bert || isForPyTorchClasses
      || (self == .tensorFlow && (model.memory == nil || model.encoder.memoryJoinsWords))
  }

  /// Whether some tensor may have two names in the layout.
  var namesTiedTensors: Bool { isForPyTorchClasses || self == .reference }

  /// Whether the head that names masked tokens goes along: there is a class with it, with a
  /// classifier or with a memory, none with two of them.
  func keepsMaskedTokenHead(of model: ModelDescription) -> Bool {
    guard model.predictsMaskedTokens else { return false }
    return switch self {
    case .huggingFace, .pyTorch:
      model.encoder.family == .bert && model.labels.isEmpty && model.memory == nil
    case .tensorFlow: model.encoder.family == .bert && model.labels.isEmpty
    case .tensorFlowVariables: true
    case .reference, .gguf: false
    }
  }

  /// The tensors of the exported file, in the order of the state dict.
  ///
  /// With memory, its m rows follow the vocabulary's in the word embeddings, or are a tensor of their own
  /// where these have another width. Modules that the family's classes lack are left out: a pooler
  /// without a classifier that would read it. The reference layout
  /// then puts everything inside `model.`, names the word embeddings a second time and adds the ids
  /// that frame a segment; it is f32 throughout. The decoder of the head for masked tokens, where
  /// that goes along, is a second name of the word embeddings, its bias one of the head's.
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
    let keepsHead = keepsMaskedTokenHead(of: model)
    let isBare = model.labels.isEmpty && !isWrapped && !keepsHead
    let inner = outer + (isBare ? "" : "\(names.encoder).")

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
    for parameter in catalog.parameters {
      if parameter.name.hasPrefix(ParameterCatalog.maskedTokenHeadPrefix) {
        guard keepsHead else { continue }
        tensors.append(ForeignTensor(parameter.name, [parameter], as: type))
        if parameter.name == Self.maskedTokenBias {
          alias.append(
            ForeignTensor(
              Self.maskedTokenDecoder + "bias", [parameter], as: type, sharedWith: parameter.name))
        }
        continue
      }
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
      if keepsHead, parameter.name == Dialect.wordEmbeddings {
        alias.append(
          ForeignTensor(Self.maskedTokenDecoder + "weight", parts, as: type, sharedWith: name))
      }
    }
    return tensors + alias
  }

  private static let maskedTokenBias = ParameterCatalog.maskedTokenHeadPrefix + "bias"
  private static let maskedTokenDecoder = ParameterCatalog.maskedTokenHeadPrefix + "decoder."
}
