import ModelFile
import ModelSchema
import TensorStorage

extension ConversionPlan {
  /// Takes every parameter of a native model over; only the element type can change.
  init(native model: ModelFile) {
    let dialect = Dialect.native
    let parameters = ParameterCatalog(model.description).parameters
    let names = dialect.dictionary(of: parameters)
    description = model.description
    // The model file has checked that each parameter is there with its shape.
    bindings = parameters.compactMap { parameter in
      model.weights.tensor(named: parameter.name).map {
        Binding(parameter: parameter, origin: .rows($0, from: 0))
      }
    }
    dropped = model.weights.tensors.compactMap { tensor in
      guard case .dropped(let reason) = names.meaning(of: tensor.name) else { return nil }
      return ConversionRemark(name: tensor.name, reason: reason)
    }
    created = []
    notes = []
    self.dialect = dialect.name
  }
}
