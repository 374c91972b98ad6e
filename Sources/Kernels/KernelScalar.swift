import CKernels

/// An element type with kernels: `Float`, on the fastest instruction set, and `Double`, on the
/// reference implementation.
///
/// The network and the recurrence are written once over this protocol, so the code that trains in
/// `Float` is the code that finite differences test in `Double`. Kernels take pointers, matrices are
/// row-major with a row stride in elements, and none allocates; CKernels.h states each formula.
package protocol KernelScalar: BinaryFloatingPoint, BitwiseCopyable, Sendable {
  /// A packed left side takes its rows rounded up to a multiple of this, times the depth.
  static var sliverRows: Int { get }

  /// A packed right side takes its columns rounded up to a multiple of this, times the depth.
  static var sliverColumns: Int { get }

  /// Packs op(A)[rows, depth], at a[i·stride + p] or, transposed, at a[p·stride + i].
  static func packLeft(
    transposed: Bool, rows: Int, depth: Int, _ a: UnsafePointer<Self>, stride: Int,
    into packed: UnsafeMutablePointer<Self>)

  /// Packs op(B)[depth, columns] from one of the open layouts.
  static func packRight(
    depth: Int, columns: Int, _ right: RightOperand<Self>,
    into packed: UnsafeMutablePointer<Self>)

  /// Elements of workspace that a matrix product needs.
  static var gemmWorkspaceCount: Int { get }

  /// C[rows, columns] ← epilogue(A[rows, depth]·op(B)[depth, columns]), where A is packed; the
  /// product is added to C when accumulating.
  static func gemm(
    rows: Int, columns: Int, depth: Int, left: UnsafePointer<Self>, right: RightOperand<Self>,
    accumulate: Bool, epilogue: Epilogue<Self>?, c: UnsafeMutablePointer<Self>, cStride: Int,
    workspace: UnsafeMutablePointer<Self>)

  /// Elements of workspace that attention over so many keys needs.
  static func attentionWorkspaceCount(keyCount: Int, headSize: Int, withGradient: Bool) -> Int

  /// context ← dropout(P)·V with P = softmax(Q·Kᵀ/√a); logSum[query] = log Σ exp of its scores.
  static func attention(
    _ head: AttentionHead<Self>, context: UnsafeMutablePointer<Self>,
    logSum: UnsafeMutablePointer<Self>, workspace: UnsafeMutablePointer<Self>)

  /// Gradients at queries, keys and values from the context and the gradient at it.
  static func attentionGradient(
    _ head: AttentionHead<Self>, context: UnsafePointer<Self>, upstream: UnsafePointer<Self>,
    logSum: UnsafePointer<Self>, query: UnsafeMutablePointer<Self>,
    key: UnsafeMutablePointer<Self>, value: UnsafeMutablePointer<Self>,
    workspace: UnsafeMutablePointer<Self>)

  /// x[r, :] += bias.
  static func addBias(
    _ bias: UnsafePointer<Self>, to x: UnsafeMutablePointer<Self>, rows: Int, columns: Int)

  /// sum[c] += Σᵣ x[r, c].
  static func addColumnSums(
    of x: UnsafePointer<Self>, rows: Int, columns: Int, stride: Int,
    to sum: UnsafeMutablePointer<Self>)

  /// y += x.
  static func add(_ x: UnsafePointer<Self>, to y: UnsafeMutablePointer<Self>, count: Int)

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

  /// x ← scale·softmax(x) in place.
  ///
  /// - Returns: log Σ exp x and max x of what x was.
  static func softmax(
    _ x: UnsafeMutablePointer<Self>, count: Int, scale: Self
  ) -> (logSum: Double, largest: Self)

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

  /// y ← mask·scale·x for rows from `firstRow` on of the mask's matrix; x and y, which may be the
  /// same, begin with that row.
  static func dropout(
    _ mask: DropoutMask, firstRow: Int, rows: Int, columns: Int, _ x: UnsafePointer<Self>,
    into y: UnsafeMutablePointer<Self>)

  /// One AdamW step over `count` numbers: decoupled weight decay, then Adam; the gradient becomes
  /// zero, so that the next step can add to it.
  static func adamW(
    _ step: AdamWStep, gradient: UnsafeMutablePointer<Self>,
    parameter: UnsafeMutablePointer<Self>, firstMoment: UnsafeMutablePointer<Self>,
    secondMoment: UnsafeMutablePointer<Self>, count: Int)

  /// Σ x², summed in double precision.
  static func sumOfSquares(_ x: UnsafePointer<Self>, count: Int) -> Double
}

/// The feed-forward network's non-linearity, as kernels know it.
package enum ActivationFunction: Int32, Sendable, CaseIterable {
  case geluErf = 0
  case geluTanh = 1
  case relu = 2
}
