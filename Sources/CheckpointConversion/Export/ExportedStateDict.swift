import ModelSchema
import TensorStorage

/// A model's tensors under the names that PyTorch's classes have for them, in the order of the state dict.
///
/// With memory, its m rows follow the vocabulary's in the word embeddings, or are a tensor of their own
/// where these have another width. Modules that the family's classes lack are left out: a pooler without
/// a classifier that would read it. The reference layout puts everything inside `model.`, names the word
/// embeddings a second time and adds the ids that frame a segment; it is f32 throughout. The decoder of
/// the head for masked tokens, where that goes along, is a second name of the word embeddings, its bias
/// one of the head's.
struct ExportedStateDict {
  private let model: ModelDescription
  private let parameters: [ParameterDescription]
  private let names: FamilyNames
  private let elementType: ElementType
  private let framing: (classification: Int32, separator: Int32)?
  /// Whether the network is the attribute `model` of the reference implementation's class.
  private let isWrapped: Bool
  private let keepsHead: Bool

  /// The tensors for a layout of PyTorch's classes.
  ///
  /// - Parameter framing: the ids around a segment, which the reference layout's buffers hold.
  init(
    of model: ModelDescription, layout: ExportLayout,
    framing: (classification: Int32, separator: Int32)?, elementType: ElementType
  ) {
    self.model = model
    self.framing = framing
    self.elementType = layout == .reference ? .f32 : elementType
    parameters = ParameterCatalog(model).parameters
    names = FamilyNames(model.encoder.family, classifies: !model.labels.isEmpty)
    isWrapped = layout == .reference && model.memory != nil
    keepsHead = layout.keepsMaskedTokenHead(of: model)
  }

  /// Buffers, parameters, second names.
  var tensors: [ForeignTensor] {
    buffers + parameters.compactMap(tensor(of:)) + secondNames
  }

  /// What the reference implementation keeps beside its network.
  private var buffers: [ForeignTensor] {
    guard isWrapped, let memory, let framing else { return [] }
    let first = model.encoder.vocabularySize
    return [
      ForeignTensor("cls_token", integers: [Int64(framing.classification)]),
      ForeignTensor("sep_token", integers: [Int64(framing.separator)]),
      ForeignTensor(
        "mem_token_ids", integers: (first..<first + memory.shape.rowCount).map(Int64.init)),
    ]
  }

  private func tensor(of parameter: ParameterDescription) -> ForeignTensor? {
    guard let name = name(of: parameter) else { return nil }
    let isTable = parameter.name == Dialect.wordEmbeddings && model.encoder.memoryJoinsWords
    return ForeignTensor(
      name, [parameter] + (isTable ? [memory].compactMap(\.self) : []), as: elementType)
  }

  /// The table that is also the decoder's, or the reference implementation's own.
  private var secondNames: [ForeignTensor] {
    func second(_ name: String, of parameterName: String) -> ForeignTensor? {
      parameters.first { $0.name == parameterName }.flatMap(tensor(of:)).map {
        var tensor = $0.named(name)
        tensor.sharedWith = $0.name
        return tensor
      }
    }
    let head = ParameterCatalog.maskedTokenHeadPrefix
    return [
      isWrapped ? second("model.embeddings.weight", of: Dialect.wordEmbeddings) : nil,
      keepsHead ? second(head + "decoder.weight", of: Dialect.wordEmbeddings) : nil,
      keepsHead ? second(head + "decoder.bias", of: head + "bias") : nil,
    ].compactMap(\.self)
  }

  /// The name of a parameter; `nil` for one that has no tensor of its own.
  private func name(of parameter: ParameterDescription) -> String? {
    let outer = isWrapped ? "model." : ""
    if parameter.name.hasPrefix(ParameterCatalog.maskedTokenHeadPrefix) {
      return keepsHead ? parameter.name : nil
    }
    if parameter.role == .memory {
      return model.encoder.memoryJoinsWords ? nil : outer + Dialect.initialMemory
    }
    guard let module = names.module(parameter.module) else { return nil }
    let isBare = model.labels.isEmpty && !isWrapped && !keepsHead
    let isInside = !isBare && !names.isHead(parameter.module)
    return outer + (isInside ? "\(names.encoder)." : "") + "\(module).\(parameter.leaf)"
  }

  private var memory: ParameterDescription? { parameters.first { $0.role == .memory } }
}
