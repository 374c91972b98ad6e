/// How the right-hand side op(B)[p, j] of a matrix product lies in memory.
package enum MatrixLayout: Int32, Sendable, CaseIterable {
  /// At p·stride + j.
  case rows = 0
  /// At j·stride + p: the transpose, as a layer's weight `[outputs, inputs]` is.
  case columns = 1
  /// In slivers, as `packRight` wrote it.
  case packed = 2
}

/// The right-hand side of a matrix product.
package struct RightOperand<Scalar: KernelScalar> {
  package let numbers: UnsafePointer<Scalar>
  package let layout: MatrixLayout
  /// Elements from one row or column to the next; no meaning for a packed operand.
  package let stride: Int

  /// A matrix at `numbers`.
  package init(_ numbers: UnsafePointer<Scalar>, _ layout: MatrixLayout, stride: Int = 0) {
    self.numbers = numbers
    self.layout = layout
    self.stride = stride
  }

  /// The operand from column `first` on, for a product with `depth` rows.
  ///
  /// The first column of a packed operand is the first of a sliver.
  package func columns(from first: Int, depth: Int) -> RightOperand {
    let offset =
      switch layout {
      case .rows: first
      case .columns: first * stride
      case .packed: first * depth
      }
    return RightOperand(numbers + offset, layout, stride: stride)
  }
}

/// What is done to a product before it is stored: x = product + bias + residual, then f(x).
///
/// Residual and preactivation lie as the product does.
package struct Epilogue<Scalar: KernelScalar> {
  /// One number a column, added to every row.
  package var bias: UnsafePointer<Scalar>?
  /// Added element by element.
  package var residual: UnsafePointer<Scalar>?
  /// Gets x when the activation is to have a way back.
  package var preactivation: UnsafeMutablePointer<Scalar>?
  /// f; `nil` leaves x as it is.
  package var activation: ActivationFunction?

  /// An epilogue of the given parts.
  package init(
    bias: UnsafePointer<Scalar>? = nil, residual: UnsafePointer<Scalar>? = nil,
    preactivation: UnsafeMutablePointer<Scalar>? = nil, activation: ActivationFunction? = nil
  ) {
    self.bias = bias
    self.residual = residual
    self.preactivation = preactivation
    self.activation = activation
  }

  /// The epilogue of a part of the product that begins at a row and a column.
  func part(row: Int, column: Int, stride: Int) -> Epilogue {
    let place = row * stride + column
    return Epilogue(
      bias: bias.map { $0 + column }, residual: residual.map { $0 + place },
      preactivation: preactivation.map { $0 + place }, activation: activation)
  }
}
