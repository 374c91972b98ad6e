import ModelFile
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

  /// The model that comes out.
  package internal(set) var description: ModelDescription
  /// Every parameter of the model, in the catalogue's order.
  package let bindings: [Binding]
  /// Source tensors that were left out.
  package let dropped: [ConversionRemark]
  /// Parameters that the source lacks.
  package let created: [ConversionRemark]
  /// What a person should know besides.
  package let notes: [String]
  /// The dialect, with the memory's and norms' peculiarities left to the reader of the file.
  package let dialect: String
}

extension ConversionPlan {
  /// The plan for a model with a tokenizer, which says itself what stands around a segment.
  func withTokenizer() -> ConversionPlan {
    var plan = self
    plan.description.memory?.frame = nil
    return plan
  }

  /// Numbers in all parameters.
  package var elementCount: Int {
    bindings.reduce(0) { $0 + $1.parameter.shape.elementCount }
  }

  /// The matrices' type, where they agree on one that a native file holds; f32 elsewhere.
  package var commonElementType: ElementType {
    let matrices = bindings.filter { binding in
      // What stays f32 whatever is asked for does not count.
      binding.parameter.storedElementType(matrices: .f16) == .f16
    }
    let types = Set(matrices.compactMap { $0.origin.tensor?.elementType })
    guard types.count == 1, let type = types.first, [.f16, .bf16].contains(type) else {
      return .f32
    }
    return type
  }
}

extension ConversionPlan.Origin {
  /// The source's tensor, if the numbers come from one.
  package var tensor: TensorDescription? {
    switch self {
    case .rows(let tensor, _), .transposed(let tensor): tensor
    case .zeros, .normal: nil
    }
  }
}

extension ConversionPlan.Binding {
  /// The name that the source has for it, or its own where it was created.
  package var sourceName: String { origin.tensor?.name ?? parameter.name }
}
