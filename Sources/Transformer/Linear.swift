import Kernels

/// A linear map: y = x·Wᵀ + b with W `[outputs, inputs]` and b `[outputs]`.
///
/// The same type holds parameters and their gradients. It borrows the numbers from a
/// ``ParameterStore`` or a mapped file, which must outlive it.
package struct Linear<Scalar: KernelScalar> {
  package var weight: UnsafeMutablePointer<Scalar>
  package var bias: UnsafeMutablePointer<Scalar>
  package let inputSize: Int
  package let outputSize: Int
  /// Whether `weight` holds Wᵀ packed, as ``pack(_:outputs:inputs:into:team:)`` does: fit to read with,
  /// not to learn.
  package let isPacked: Bool

  /// Wᵀ `[inputs, outputs]` as a right side.
  private var transposedWeight: RightOperand<Scalar> {
    isPacked ? RightOperand(weight, .packed) : RightOperand(weight, .columns, stride: inputSize)
  }

  /// y `[rows, outputs]` ← x `[rows, inputs]`·Wᵀ + b.
  func forward(
    _ x: UnsafePointer<Scalar>, rows: Int, into y: UnsafeMutablePointer<Scalar>,
    multiplier: MatrixMultiplier<Scalar>
  ) {
    multiplier.pack(x, rows: rows, depth: inputSize)
    forwardPacked(rows: rows, into: y, multiplier: multiplier)
  }

  /// y `[rows, outputs]` ← epilogue(x·Wᵀ + b) for the x that the multiplier holds packed.
  func forwardPacked(
    rows: Int, epilogue: Epilogue<Scalar> = Epilogue(), into y: UnsafeMutablePointer<Scalar>,
    multiplier: MatrixMultiplier<Scalar>
  ) {
    var epilogue = epilogue
    epilogue.bias = UnsafePointer(bias)
    multiplier.multiply(
      rows: rows, columns: outputSize, depth: inputSize, right: transposedWeight,
      epilogue: epilogue, into: y)
  }

  /// dW += dyᵀ·x; db += Σ dy.
  func addGradient(
    input x: UnsafePointer<Scalar>, upstream dy: UnsafePointer<Scalar>, rows: Int,
    to gradient: Linear, multiplier: MatrixMultiplier<Scalar>
  ) {
    multiplier.packTransposed(
      dy, rows: rows, columns: outputSize, addingColumnSumsTo: gradient.bias)
    multiplier.multiply(
      rows: outputSize, columns: inputSize, depth: rows,
      right: RightOperand(x, .rows, stride: inputSize), accumulate: true, into: gradient.weight)
  }

  /// dx ← dy·W, added to dx when accumulating.
  func backward(
    upstream dy: UnsafePointer<Scalar>, rows: Int, into dx: UnsafeMutablePointer<Scalar>,
    accumulate: Bool = false, multiplier: MatrixMultiplier<Scalar>
  ) {
    precondition(!isPacked, "a packed layer has no way back")
    multiplier.pack(dy, rows: rows, depth: outputSize)
    multiplier.multiply(
      rows: rows, columns: inputSize, depth: outputSize,
      right: RightOperand(weight, .rows, stride: inputSize), accumulate: accumulate, into: dx)
  }

  /// Elements of the packed form of W `[outputs, inputs]`.
  package static func packedCount(outputs: Int, inputs: Int) -> Int {
    let grain = Scalar.sliverColumns
    return (outputs + grain - 1) / grain * grain * inputs
  }

  /// Packs W `[outputs, inputs]` as the right side Wᵀ of products.
  package static func pack(
    _ weight: UnsafePointer<Scalar>, outputs: Int, inputs: Int,
    into packed: UnsafeMutablePointer<Scalar>, team: ThreadTeam
  ) {
    team.performRanges(of: outputs, grain: Scalar.sliverColumns) { range, _ in
      Scalar.packRight(
        depth: inputs, columns: range.count,
        RightOperand(weight + range.lowerBound * inputs, .columns, stride: inputs),
        into: packed + range.lowerBound * inputs)
    }
  }
}
