import HDF5
import ModelSchema
import TensorStorage

/// A model as the Keras layers of a `tf_model.h5`, which `transformers` reads by their names.
///
/// A variable lies at `LAYER/SCOPE/NAME:0` and its layer lists it as `SCOPE/NAME:0`; the scope is the
/// class's. Source: transformers 4.57, `modeling_tf_utils.load_tf_weights_from_h5`.
struct HDF5Layers {
  /// The name under which `transformers` looks for the file.
  static let fileName = "tf_model.h5"
  private static let backbone = "bert"
  private static let classifier = "classifier"
  private static let maskedTokenHead = "mlm___cls"

  private let model: ModelDescription

  init(_ model: ModelDescription) { self.model = model }

  private var scope: String {
    if !model.labels.isEmpty { return "tf_bert_for_sequence_classification" }
    return model.predictsMaskedTokens ? "tf_bert_for_masked_lm" : "tf_bert_model"
  }

  /// The layers in the model's order.
  private var layers: [String] {
    if !model.labels.isEmpty { return [Self.backbone, Self.classifier] }
    return model.predictsMaskedTokens ? [Self.backbone, Self.maskedTokenHead] : [Self.backbone]
  }

  /// The tensors of the file; kernels are `[in, out]`, the memory's rows follow the vocabulary's.
  func tensors(elementType: ElementType) -> [ForeignTensor] {
    let parameters = ParameterCatalog(model).parameters
    let memory = parameters.first { $0.role == .memory }
    return parameters.compactMap { parameter in
      guard let (layer, name) = variable(of: parameter) else { return nil }
      let parts =
        parameter.name == Dialect.wordEmbeddings
        ? [parameter] + [memory].compactMap(\.self) : [parameter]
      return ForeignTensor(
        "\(layer)/\(scope)/\(name):0", parts, as: elementType,
        isTransposed: parameter.role == .weight)
    }
  }

  /// Groups, and the attributes that list layers and variables.
  func outline(of tensors: [ForeignTensor]) -> HDF5Outline {
    var outline = HDF5Outline()
    outline.set("layer_names", to: .strings(layers), at: "")
    outline.set("backend", to: .string("tensorflow"), at: "")
    // The version whose format this is; readers compare its first number.
    outline.set("keras_version", to: .string("2.19.0"), at: "")
    for layer in layers {
      let variables = tensors.map(\.name).filter { $0.hasPrefix(layer + "/") }
      outline.set(
        "weight_names", to: .strings(variables.map { String($0.dropFirst(layer.count + 1)) }),
        at: layer)
    }
    outline.set("weight_names", to: .strings([]), at: "top_level_model_weights")
    for tensor in tensors { outline.add(dataset: tensor.description) }
    return outline
  }

  /// The layer and the name in it; `nil` for what the file does not have.
  private func variable(of parameter: ParameterDescription) -> (layer: String, name: String)? {
    guard let own = parameter.role.kerasLeaf else { return nil }
    let leaf = parameter.name == Dialect.wordEmbeddings ? "weight" : own
    let module = parameter.module.replacing(".", with: "/")
    let head = ParameterCatalog.maskedTokenHeadPrefix.split(separator: ".").joined(separator: "/")
    if module.hasPrefix(head) {
      // cls.predictions.bias is a variable of the head itself.
      let inner = module.replacing("cls/predictions", with: "\(Self.maskedTokenHead)/predictions")
      return layers.contains(Self.maskedTokenHead)
        ? (Self.maskedTokenHead, "\(inner)/\(leaf)") : nil
    }
    if module == Self.classifier { return (Self.classifier, "\(module)/\(leaf)") }
    return (
      Self.backbone,
      "bert/\(module)/\(leaf)".replacing("encoder/layer/", with: "encoder/layer_._")
    )
  }
}
