import JSON
import ModelSchema
import TensorStorage

/// What a conversion will do, decided from names, shapes and configuration before a weight is read.
package struct ConversionPlan: Sendable {
  /// Where a parameter's numbers come from.
  package enum Origin: Sendable, Hashable {
    /// Rows of a tensor from one row on: all of them, or the part that is memory or vocabulary.
    case rows(TensorDescription, from: Int)
    /// A kernel `[in, out]`, to be written as `[out, in]`.
    case transposed(TensorDescription)
    /// Zeros.
    case zeros
    /// Draws from N(0, σ²).
    case normal(standardDeviation: Double)
  }

  /// One parameter and its origin.
  package struct Binding: Sendable, Hashable {
    package let parameter: ParameterDescription
    package let origin: Origin
  }

  /// A tensor or parameter and what is to be said of it.
  public struct Remark: Sendable, Hashable {
    /// The name: a source tensor's that was dropped, a parameter's that was created.
    public let name: String
    /// Why.
    public let reason: String
  }

  /// The model that comes out.
  package let description: ModelDescription
  /// Every parameter of the model, in the catalogue's order.
  package let bindings: [Binding]
  /// Source tensors that were left out.
  package let dropped: [Remark]
  /// Parameters that the source lacks.
  package let created: [Remark]
  /// What a person should know besides.
  package let notes: [String]
  /// The dialect, with the memory's and norms' peculiarities left to the reader of the file.
  package let dialect: String
}
