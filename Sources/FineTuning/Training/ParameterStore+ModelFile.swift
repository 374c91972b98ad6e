import Kernels
import ModelFile
import TensorStorage
import Transformer

extension ParameterStore where Scalar == Float {
  /// Reads every parameter from a model's file; both have the same catalogue.
  func fill(from model: ModelFile) {
    for entry in layout.entries { model.decode(entry.parameter, into: elements(of: entry)) }
  }
}

extension ParameterStore {
  /// Takes over the numbers of a store with the same layout.
  func copyNumbers(of other: ParameterStore) {
    precondition(elements.count == other.elements.count, "stores of different models")
    UnsafeMutableRawBufferPointer(elements)
      .copyMemory(from: UnsafeRawBufferPointer(other.elements))
  }
}
