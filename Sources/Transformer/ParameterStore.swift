import Kernels
import ModelSchema
import TensorStorage

/// Where each parameter lies in one flat buffer: catalogue order, each on a 64-byte boundary.
package struct ParameterLayout: Sendable {
  /// A parameter and its place.
  package struct Entry: Sendable {
    package let parameter: ParameterDescription
    package let range: Range<Int>
  }

  /// Every parameter, in catalogue order.
  package let entries: [Entry]
  /// Numbers in the buffer, the zeros between parameters included.
  package let count: Int

  /// The layout of a model for elements of `Scalar`.
  package init<Scalar: KernelScalar>(_ model: ModelDescription, of type: Scalar.Type) {
    var entries: [Entry] = []
    var next = 0
    for parameter in ParameterCatalog(model).parameters {
      entries.append(
        Entry(parameter: parameter, range: next..<next + parameter.shape.elementCount))
      next += Arena<Scalar>.space(for: parameter.shape.elementCount)
    }
    self.entries = entries
    count = next
  }
}

/// All parameters of a model, or all gradients or moments, in one flat buffer.
///
/// Stores of the same model share one layout, so an optimizer walks them side by side.
package final class ParameterStore<Scalar: KernelScalar>: @unchecked Sendable {
  // Sendable although mutable: training gives each store one writer at a time, between barriers.

  /// Where each parameter lies.
  package let layout: ParameterLayout
  /// The parameters as the network sees them.
  package let parameters: ModelParameters<Scalar>
  private let buffer: AlignedBuffer<Scalar>

  /// A store of zeros.
  package init(_ model: ModelDescription) {
    let layout = ParameterLayout(model, of: Scalar.self)
    let buffer = AlignedBuffer<Scalar>(count: layout.count)
    let base = buffer.baseAddress
    let places = Dictionary(
      uniqueKeysWithValues: layout.entries.map { ($0.parameter.name, $0.range.lowerBound) })
    parameters = ModelParameters(model) { parameter in
      guard let place = places[parameter.name] else {
        preconditionFailure("the layout has no parameter \(parameter.name)")
      }
      return base + place
    }
    self.layout = layout
    self.buffer = buffer
  }

  /// Every number, in the layout's order.
  package var elements: UnsafeMutableBufferPointer<Scalar> { buffer.elements }

  /// The numbers of one parameter.
  package func elements(of entry: ParameterLayout.Entry) -> UnsafeMutableBufferPointer<Scalar> {
    UnsafeMutableBufferPointer(rebasing: buffer.elements[entry.range])
  }

  /// The numbers of the parameter of that name.
  package func elements(named name: String) -> UnsafeMutableBufferPointer<Scalar>? {
    layout.entries.first { $0.parameter.name == name }.map(elements(of:))
  }

  /// Sets every number to zero.
  package func clear() { buffer.elements.update(repeating: 0) }
}
