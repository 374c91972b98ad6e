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

  /// y `[rows, outputs]` ← x `[rows, inputs]`·Wᵀ + b.
  func forward(
    _ x: UnsafePointer<Scalar>, rows: Int, into y: UnsafeMutablePointer<Scalar>,
    workspace: UnsafeMutablePointer<Scalar>
  ) {
    Scalar.gemm(
      transposeA: false, transposeB: true, rows: rows, columns: outputSize, depth: inputSize,
      alpha: 1, a: x, aStride: inputSize, b: weight, bStride: inputSize, accumulate: false,
      c: y, cStride: outputSize, workspace: workspace)
    Scalar.addBias(bias, to: y, rows: rows, columns: outputSize)
  }

  /// dW += dyᵀ·x; db += Σ dy; dx ← dy·W, added to dx when accumulating, left out when `dx` is nil.
  func backward(
    input x: UnsafePointer<Scalar>, upstream dy: UnsafePointer<Scalar>, rows: Int,
    gradient: Linear, into dx: UnsafeMutablePointer<Scalar>?, accumulate: Bool = false,
    workspace: UnsafeMutablePointer<Scalar>
  ) {
    Scalar.gemm(
      transposeA: true, transposeB: false, rows: outputSize, columns: inputSize, depth: rows,
      alpha: 1, a: dy, aStride: outputSize, b: x, bStride: inputSize, accumulate: true,
      c: gradient.weight, cStride: inputSize, workspace: workspace)
    Scalar.addColumnSums(of: dy, rows: rows, columns: outputSize, to: gradient.bias)
    guard let dx else { return }
    Scalar.gemm(
      transposeA: false, transposeB: false, rows: rows, columns: inputSize, depth: outputSize,
      alpha: 1, a: dy, aStride: outputSize, b: weight, bStride: inputSize,
      accumulate: accumulate, c: dx, cStride: inputSize, workspace: workspace)
  }
}
