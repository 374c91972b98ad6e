import Kernels
import ModelFile
import ModelSchema
import TensorStorage
import Transformer

/// A model file's parameters as the network reads them.
///
/// Parameters stored as f32 are used where they lie in the mapped file, so opening costs nothing and
/// only the rows and matrices that are touched come into memory; f16 and bf16 are decoded once. A
/// model that is to read many segments has the encoder's matrices packed, once for all of them, their
/// pages of the file let go, and all other pages in memory before the first segment.
package final class BoundModel: @unchecked Sendable {
  // Sendable although it holds pointers: nothing writes to them, and the file they point into lives
  // as long as this object.

  /// The file.
  package let file: ModelFile
  /// Its parameters; reading them is the only thing allowed.
  package let parameters: ModelParameters<Float>
  private let own: Arena<Float>

  /// Binds every parameter of a model.
  ///
  /// - Parameter packingTeam: the threads that pack the encoder's matrices; `nil` leaves them open.
  package init(_ file: ModelFile, packingTeam: ThreadTeam?) {
    let binding = Binding(file: file, packingTeam: packingTeam)
    parameters = ModelParameters(
      file.description, packsEncoder: packingTeam != nil, locate: binding.locate)
    self.file = file
    own = binding.own
  }

  /// Where parameters go while a model is being bound.
  private struct Binding {
    let file: ModelFile
    let packingTeam: ThreadTeam?
    let own: Arena<Float>
    /// A matrix that was decoded to be packed.
    let scratch: Arena<Float>
    let decoded: UnsafeMutablePointer<Float>

    init(file: ModelFile, packingTeam: ThreadTeam?) {
      self.file = file
      self.packingTeam = packingTeam
      var ownCount = 0, scratchCount = 0
      for parameter in file.parameters {
        let count = parameter.shape.elementCount
        let isMapped = file.bytes(of: parameter).elementType == .f32
        if packingTeam != nil, ModelParameters<Float>.isEncoderMatrix(parameter) {
          ownCount += Arena<Float>.space(for: Self.packedCount(parameter))
          if !isMapped { scratchCount = max(scratchCount, count) }
        } else if !isMapped {
          ownCount += Arena<Float>.space(for: count)
        }
      }
      own = Arena(count: ownCount)
      scratch = Arena(count: Arena<Float>.space(for: scratchCount))
      decoded = scratch.allocate(scratchCount)
    }

    private static func packedCount(_ parameter: ParameterDescription) -> Int {
      let shape = parameter.shape.dimensions
      return Linear<Float>.packedCount(outputs: shape[0], inputs: shape[1])
    }

    func locate(_ parameter: ParameterDescription) -> UnsafeMutablePointer<Float> {
      guard let packingTeam, ModelParameters<Float>.isEncoderMatrix(parameter) else {
        if let numbers = mapped(parameter) {
          if packingTeam != nil { file.weights.loadMemory(of: parameter.name) }
          return numbers
        }
        let numbers = decode(parameter, into: own.allocate(parameter.shape.elementCount))
        file.weights.releaseMemory(of: parameter.name)
        return numbers
      }
      let shape = parameter.shape.dimensions
      let packed = own.allocate(Self.packedCount(parameter))
      Linear.pack(
        mapped(parameter) ?? decode(parameter, into: decoded), outputs: shape[0],
        inputs: shape[1], into: packed, team: packingTeam)
      file.weights.releaseMemory(of: parameter.name)
      return packed
    }

    /// The numbers in the file, if they are f32: aligned, and never written through this.
    private func mapped(_ parameter: ParameterDescription) -> UnsafeMutablePointer<Float>? {
      let (elementType, bytes) = file.bytes(of: parameter)
      guard elementType == .f32, let base = bytes.baseAddress else { return nil }
      return UnsafeMutableRawPointer(mutating: base).assumingMemoryBound(to: Float.self)
    }

    private func decode(
      _ parameter: ParameterDescription, into place: UnsafeMutablePointer<Float>
    ) -> UnsafeMutablePointer<Float> {
      let count = parameter.shape.elementCount
      file.decode(parameter, into: UnsafeMutableBufferPointer(start: place, count: count))
      return place
    }
  }
}
