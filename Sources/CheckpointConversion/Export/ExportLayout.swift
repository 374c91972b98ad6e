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

  /// The file of the weights where it is one; the index of a TensorFlow checkpoint.
  public var weightsName: String {
    switch self {
    case .huggingFace, .reference: "model.safetensors"
    case .pyTorch: "pytorch_model.bin"
    case .tensorFlow: HDF5Layers.fileName
    case .tensorFlowVariables: "\(Self.tensorFlowPrefix).index"
    case .gguf: "model.gguf"
    }
  }

  /// The files without which no reader opens a folder of the layout, in the order in which they are
  /// put in place.
  ///
  /// They are what tells where several files of weights are, and the configuration; none where one file
  /// is all.
  var entryNames: [String] {
    switch self {
    case .huggingFace, .pyTorch: [ShardNames(of: weightsName).index, "config.json"]
    case .reference, .tensorFlow: ["config.json"]
    case .tensorFlowVariables: [weightsName, "bert_config.json"]
    case .gguf: []
    }
  }

  /// Whether a folder with these files may be an export, or what a kill left of one while it was
  /// replaced: weights of a layout are always among them.
  static func isExport(_ names: [String]) -> Bool {
    names.contains { name in
      name.hasPrefix("\(tensorFlowPrefix).")
        || allCases.contains { ShardNames(of: $0.weightsName).contains(name) }
    }
  }

  /// Whether an earlier export's file has to go when this layout is written over it.
  ///
  /// Readers look for weights under one name after another: old ones under an earlier name, whole
  /// or in shards, would be taken for these.
  func supersedes(_ name: String) -> Bool {
    guard isForTransformers || self == .reference else { return false }
    return [Self.huggingFace, .pyTorch, .tensorFlow].contains {
      ShardNames(of: $0.weightsName).contains(name)
    }
  }

  /// The types that its readers take: TensorFlow's HDF5 has none for bf16.
  var elementTypes: [ElementType] {
    switch self {
    case .huggingFace, .pyTorch, .gguf: ParameterDescription.storedElementTypes
    case .reference, .tensorFlowVariables: [.f32]
    case .tensorFlow: [.f32, .f16]
    }
  }

  /// Whether classes of `transformers` open the folder, PyTorch's or TensorFlow's; they make the table
  /// of words as large as the configuration says.
  var isForTransformers: Bool { isForPyTorchClasses || self == .tensorFlow }

  /// Whether the PyTorch classes of `transformers` open the folder: every family has them, weights may
  /// be in shards, and memory has a class of its own.
  var isForPyTorchClasses: Bool { self == .huggingFace || self == .pyTorch }

  /// Whether a tokenizer of another kind than WordPiece has a form in the layout.
  var holdsSubwordTokenizers: Bool { self != .tensorFlowVariables && self != .gguf }

  /// Whether the layout has a place for all of a model: BERT has one in every layout, a relative in those
  /// of `transformers`, where TensorFlow's classes have none for a memory that is no word embedding.
  func isFor(_ model: ModelDescription) -> Bool {
    model.encoder.family == .bert || isForPyTorchClasses
      || (self == .tensorFlow && (model.memory == nil || model.encoder.memoryJoinsWords))
  }

  /// Whether a model's folder needs the ids of the tokens around a segment: in buffers of the reference
  /// implementation's class, or for the class that runs the recurrence.
  func framesSegments(of model: ModelDescription) -> Bool {
    model.memory != nil && (self == .reference || isForPyTorchClasses && !model.labels.isEmpty)
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

  /// The tensors of the exported files, in the order of the state dict or of the layers.
  ///
  /// - Parameter framing: the ids around a segment, where the layout's buffers hold them.
  func tensors(
    of model: ModelDescription, framing: (classification: Int32, separator: Int32)?,
    elementType: ElementType
  ) -> [ForeignTensor] {
    self == .tensorFlow
      ? HDF5Layers(model).tensors(elementType: elementType)
      : ExportedStateDict(of: model, layout: self, framing: framing, elementType: elementType)
        .tensors
  }
}
