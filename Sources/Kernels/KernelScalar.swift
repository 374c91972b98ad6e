import CKernels

/// An element type with kernels: `Float`, on the fastest instruction set, and `Double`, on the
/// reference implementation.
///
/// The network and the recurrence are written once over this protocol, so the code that trains in
/// `Float` is the code that finite differences test in `Double`. Kernels take pointers, matrices are
/// row-major with a row stride in elements, and none allocates; CKernels.h states each formula.
package protocol KernelScalar: BinaryFloatingPoint, BitwiseCopyable, Sendable {
  /// Elements of workspace that ``gemm(transposeA:transposeB:rows:columns:depth:alpha:a:aStride:b:bStride:accumulate:c:cStride:workspace:)`` needs.
  static func gemmWorkspaceCount(rows: Int, columns: Int, depth: Int) -> Int

  /// C[rows, columns] ← α·op(A)[rows, depth]·op(B)[depth, columns], added to C when accumulating.
  static func gemm(
    transposeA: Bool, transposeB: Bool, rows: Int, columns: Int, depth: Int, alpha: Self,
    a: UnsafePointer<Self>, aStride: Int, b: UnsafePointer<Self>, bStride: Int,
    accumulate: Bool, c: UnsafeMutablePointer<Self>, cStride: Int,
    workspace: UnsafeMutablePointer<Self>)

  /// x[r, :] += bias.
  static func addBias(
    _ bias: UnsafePointer<Self>, to x: UnsafeMutablePointer<Self>, rows: Int, columns: Int)

  /// sum[c] += Σᵣ x[r, c].
  static func addColumnSums(
    of x: UnsafePointer<Self>, rows: Int, columns: Int, to sum: UnsafeMutablePointer<Self>)

  /// y += x.
  static func add(_ x: UnsafePointer<Self>, to y: UnsafeMutablePointer<Self>, count: Int)

  /// x ← factor·x.
  static func scale(_ x: UnsafeMutablePointer<Self>, by factor: Self, count: Int)

  /// y ← f(x); x and y may be the same.
  static func activate(
    _ activation: ActivationFunction, _ x: UnsafePointer<Self>, into y: UnsafeMutablePointer<Self>,
    count: Int)

  /// dx ← f′(x)·dy; dy and dx may be the same.
  static func activationGradient(
    _ activation: ActivationFunction, at x: UnsafePointer<Self>, upstream dy: UnsafePointer<Self>,
    into dx: UnsafeMutablePointer<Self>, count: Int)

  /// y ← tanh x.
  static func hyperbolicTangent(
    _ x: UnsafePointer<Self>, into y: UnsafeMutablePointer<Self>, count: Int)

  /// y ← gain·(x − mean)·rstd + bias a row; mean and reciprocal standard deviation are kept.
  static func layerNorm(
    _ x: UnsafePointer<Self>, rows: Int, columns: Int, gain: UnsafePointer<Self>,
    bias: UnsafePointer<Self>, epsilon: Self, into y: UnsafeMutablePointer<Self>,
    mean: UnsafeMutablePointer<Self>, reciprocalStandardDeviation: UnsafeMutablePointer<Self>)

  /// dx ← the gradient at x; the gradients of gain and bias are added to. dy and dx may be the same.
  static func layerNormGradient(
    at x: UnsafePointer<Self>, upstream dy: UnsafePointer<Self>, rows: Int, columns: Int,
    gain: UnsafePointer<Self>, mean: UnsafePointer<Self>,
    reciprocalStandardDeviation: UnsafePointer<Self>, into dx: UnsafeMutablePointer<Self>,
    gainGradient: UnsafeMutablePointer<Self>, biasGradient: UnsafeMutablePointer<Self>)

  /// x ← softmax of each row; logSum[r] = log Σ exp x[r, :].
  static func softmax(
    _ x: UnsafeMutablePointer<Self>, rows: Int, columns: Int,
    logSum: UnsafeMutablePointer<Self>)

  /// x ← exp(x − logSum[r]): the same softmax again, from the row statistics that were kept.
  static func softmaxAgain(
    _ x: UnsafeMutablePointer<Self>, rows: Int, columns: Int, logSum: UnsafePointer<Self>)

  /// dp ← p·(dp − Σ p·dp) a row: from the gradient at the weights to that at the scores.
  static func softmaxGradient(
    at p: UnsafePointer<Self>, _ dp: UnsafeMutablePointer<Self>, rows: Int, columns: Int)

  /// y ← mask·scale·x; x and y may be the same.
  static func dropout(
    _ mask: DropoutMask, _ x: UnsafePointer<Self>, into y: UnsafeMutablePointer<Self>, count: Int)

  /// One AdamW step over `count` numbers: decoupled weight decay, then Adam.
  static func adamW(
    _ step: AdamWStep, gradient: UnsafePointer<Self>, parameter: UnsafeMutablePointer<Self>,
    firstMoment: UnsafeMutablePointer<Self>, secondMoment: UnsafeMutablePointer<Self>, count: Int)

  /// Σ x², summed in double precision.
  static func sumOfSquares(_ x: UnsafePointer<Self>, count: Int) -> Double

  /// x ← min(max(x, −limit), limit).
  static func clamp(_ x: UnsafeMutablePointer<Self>, to limit: Self, count: Int)
}

/// The feed-forward network's non-linearity, as kernels know it.
package enum ActivationFunction: Int32, Sendable, CaseIterable {
  case geluErf = 0
  case geluTanh = 1
  case relu = 2
}
