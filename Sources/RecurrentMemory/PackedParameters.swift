import Kernels
import ModelSchema
import TensorStorage
import Transformer

/// Weights that are being trained, with the encoder's matrices packed to be read many times.
///
/// The matrices are copied as they are now; everything else stays where it is in the store, which
/// must not change meanwhile.
package final class PackedParameters {
  /// The parameters, fit to read with.
  package let parameters: ModelParameters<Float>
  private let store: ParameterStore<Float>
  private let packed: Arena<Float>

  /// Packs the matrices of a store.
  package init(
    _ store: ParameterStore<Float>, of model: ModelDescription, team: ThreadTeam
  ) {
    let matrices = store.layout.entries.map(\.parameter)
      .filter(ModelParameters<Float>.isEncoderMatrix)
    func packedCount(_ parameter: ParameterDescription) -> Int {
      let shape = parameter.shape.dimensions
      return Linear<Float>.packedCount(outputs: shape[0], inputs: shape[1])
    }
    let arena = Arena<Float>(
      count: matrices.reduce(0) { $0 + Arena<Float>.space(for: packedCount($1)) })
    parameters = ModelParameters(model, packsEncoder: true) { parameter in
      guard let numbers = store.elements(named: parameter.name)?.baseAddress else {
        preconditionFailure("the store has no parameter \(parameter.name)")
      }
      guard ModelParameters<Float>.isEncoderMatrix(parameter) else { return numbers }
      let shape = parameter.shape.dimensions
      let place = arena.allocate(packedCount(parameter))
      Linear.pack(numbers, outputs: shape[0], inputs: shape[1], into: place, team: team)
      return place
    }
    self.store = store
    packed = arena
  }
}
