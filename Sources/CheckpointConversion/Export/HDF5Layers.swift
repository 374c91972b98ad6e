import HDF5
import ModelSchema
import TensorStorage

/// A model as the Keras layers of a `tf_model.h5`, which `transformers` reads by their names.
///
/// A variable lies at `LAYER/SCOPE/NAME:0` and its layer lists it as `SCOPE/NAME:0`; the scope is the
/// class's, the names are those that ``Dialect/tensorFlow(_:)`` spells. Source: transformers 4.57,
/// `modeling_tf_utils.load_tf_weights_from_h5`; Tests/Fixtures/families_tensorflow.json.
struct HDF5Layers {
  /// The name under which `transformers` looks for the file.
  static let fileName = "tf_model.h5"
  private static let maskedTokenHead = "mlm___cls"

  private let model: ModelDescription
  private let names: FamilyNames
  private let dialect: Dialect
  private let keepsMaskedTokenHead: Bool

  init(_ model: ModelDescription) {
    self.model = model
    names = FamilyNames(model.encoder.family, classifies: !model.labels.isEmpty)
    dialect = .tensorFlow(names)
    keepsMaskedTokenHead = ExportLayout.tensorFlow.keepsMaskedTokenHead(of: model)
  }

  /// The class's name as Keras makes a scope of it: `TFDistilBertModel` is `tf_distil_bert_model`.
  private var scope: String {
    let suffix =
      !model.labels.isEmpty
      ? "ForSequenceClassification" : keepsMaskedTokenHead ? "ForMaskedLM" : "Model"
    return "TF\(model.encoder.family.className)\(suffix)"
      .replacing(/(.)([A-Z][a-z]+)/) { "\($0.1)_\($0.2)" }
      .replacing(/([a-z])([A-Z])/) { "\($0.1)_\($0.2)" }
      .lowercased()
  }

  /// The layers in the model's order.
  private var layers: [String] {
    ParameterCatalog(model).parameters.compactMap { variable(of: $0)?.layer }
      .reduce(into: []) { layers, layer in
        if !layers.contains(layer) { layers.append(layer) }
      }
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
    let spellings = dialect.spell(parameter)
    // Word embeddings are called weight, the other tables embeddings.
    let isOtherTable = parameter.role == .embedding && parameter.name != Dialect.wordEmbeddings
    guard let path = (isOtherTable ? spellings.last : spellings.first)?.name else { return nil }
    if parameter.name.hasPrefix(ParameterCatalog.maskedTokenHeadPrefix) {
      // cls.predictions.bias is a variable of the head itself.
      guard keepsMaskedTokenHead else { return nil }
      return (Self.maskedTokenHead, path)
    }
    guard names.isHead(parameter.module) else { return (names.encoder, "\(names.encoder)/\(path)") }
    return (String(path.prefix { $0 != "/" }), path)
  }
}
