import Kernels
import ModelFile
import ModelSchema
import TensorStorage
import Transformer

/// A model file's parameters as the network reads them.
///
/// Parameters stored as f32 are used where they lie in the mapped file, so opening costs nothing and
/// only the rows and matrices that are touched come into memory; f16 and bf16 are decoded once.
package final class BoundModel: @unchecked Sendable {
  // Sendable although it holds pointers: nothing writes to them, and the file they point into lives
  // as long as this object.

  /// The file.
  package let file: ModelFile
  /// Its parameters; reading them is the only thing allowed.
  package let parameters: ModelParameters<Float>
  private let decoded: Arena<Float>

  /// Binds every parameter of a model.
  package init(_ file: ModelFile) {
    let isMapped = { (parameter: ParameterDescription) in
      file.bytes(of: parameter).elementType == .f32
    }
    let decoded = Arena<Float>(
      count: file.parameters.filter { !isMapped($0) }
        .reduce(0) { $0 + Arena<Float>.space(for: $1.shape.elementCount) })
    parameters = ModelParameters(file.description) { parameter in
      if isMapped(parameter), let base = file.bytes(of: parameter).bytes.baseAddress {
        // A tensor starts on a 64-byte boundary of the mapping, and is never written through this.
        return UnsafeMutableRawPointer(mutating: base).assumingMemoryBound(to: Float.self)
      }
      let count = parameter.shape.elementCount
      let place = decoded.allocate(count)
      file.decode(parameter, into: UnsafeMutableBufferPointer(start: place, count: count))
      return place
    }
    self.file = file
    self.decoded = decoded
  }
}
