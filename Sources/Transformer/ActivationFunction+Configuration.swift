import Kernels
import ModelSchema

extension ActivationFunction {
  /// The kernel of the activation that a configuration names.
  init(_ activation: EncoderConfiguration.Activation) {
    self =
      switch activation {
      case .gelu: .geluErf
      case .geluTanh: .geluTanh
      case .relu: .relu
      }
  }
}
