import CKernels

/// `Float` computes with the fastest kernels that the processor can run.
extension Float: KernelScalar {
  private static var kernels: UnsafePointer<rmt_kernels_f32> { InstructionSet.active }

  package static func gemmWorkspaceCount(rows: Int, columns: Int, depth: Int) -> Int {
    Int(kernels.pointee.gemm_workspace(Int64(rows), Int64(columns), Int64(depth)))
  }

  package static func gemm(
    transposeA: Bool, transposeB: Bool, rows: Int, columns: Int, depth: Int, alpha: Self,
    a: UnsafePointer<Self>, aStride: Int, b: UnsafePointer<Self>, bStride: Int,
    accumulate: Bool, c: UnsafeMutablePointer<Self>, cStride: Int,
    workspace: UnsafeMutablePointer<Self>
  ) {
    kernels.pointee.gemm(
      transposeA ? 1 : 0, transposeB ? 1 : 0, Int64(rows), Int64(columns), Int64(depth), alpha,
      a, Int64(aStride), b, Int64(bStride), accumulate ? 1 : 0, c, Int64(cStride), workspace)
  }

  package static func addBias(
    _ bias: UnsafePointer<Self>, to x: UnsafeMutablePointer<Self>, rows: Int, columns: Int
  ) {
    kernels.pointee.add_bias(Int64(rows), Int64(columns), bias, x, Int64(columns))
  }

  package static func addColumnSums(
    of x: UnsafePointer<Self>, rows: Int, columns: Int, to sum: UnsafeMutablePointer<Self>
  ) {
    kernels.pointee.add_column_sums(Int64(rows), Int64(columns), x, Int64(columns), sum)
  }

  package static func add(
    _ x: UnsafePointer<Self>, to y: UnsafeMutablePointer<Self>, count: Int
  ) {
    kernels.pointee.add(Int64(count), x, y)
  }

  package static func scale(_ x: UnsafeMutablePointer<Self>, by factor: Self, count: Int) {
    kernels.pointee.scale(Int64(count), factor, x)
  }

  package static func activate(
    _ activation: ActivationFunction, _ x: UnsafePointer<Self>, into y: UnsafeMutablePointer<Self>,
    count: Int
  ) {
    kernels.pointee.activation(activation.rawValue, Int64(count), x, y)
  }

  package static func activationGradient(
    _ activation: ActivationFunction, at x: UnsafePointer<Self>, upstream dy: UnsafePointer<Self>,
    into dx: UnsafeMutablePointer<Self>, count: Int
  ) {
    kernels.pointee.activation_gradient(activation.rawValue, Int64(count), x, dy, dx)
  }

  package static func hyperbolicTangent(
    _ x: UnsafePointer<Self>, into y: UnsafeMutablePointer<Self>, count: Int
  ) {
    kernels.pointee.hyperbolic_tangent(Int64(count), x, y)
  }

  package static func layerNorm(
    _ x: UnsafePointer<Self>, rows: Int, columns: Int, gain: UnsafePointer<Self>,
    bias: UnsafePointer<Self>, epsilon: Self, into y: UnsafeMutablePointer<Self>,
    mean: UnsafeMutablePointer<Self>, reciprocalStandardDeviation: UnsafeMutablePointer<Self>
  ) {
    kernels.pointee.layer_norm(
      Int64(rows), Int64(columns), x, gain, bias, epsilon, y, mean, reciprocalStandardDeviation)
  }

  package static func layerNormGradient(
    at x: UnsafePointer<Self>, upstream dy: UnsafePointer<Self>, rows: Int, columns: Int,
    gain: UnsafePointer<Self>, mean: UnsafePointer<Self>,
    reciprocalStandardDeviation: UnsafePointer<Self>, into dx: UnsafeMutablePointer<Self>,
    gainGradient: UnsafeMutablePointer<Self>, biasGradient: UnsafeMutablePointer<Self>
  ) {
    kernels.pointee.layer_norm_gradient(
      Int64(rows), Int64(columns), x, dy, gain, mean, reciprocalStandardDeviation, dx,
      gainGradient, biasGradient)
  }

  package static func softmax(
    _ x: UnsafeMutablePointer<Self>, rows: Int, columns: Int, logSum: UnsafeMutablePointer<Self>
  ) {
    kernels.pointee.softmax(Int64(rows), Int64(columns), x, Int64(columns), logSum)
  }

  package static func softmaxAgain(
    _ x: UnsafeMutablePointer<Self>, rows: Int, columns: Int, logSum: UnsafePointer<Self>
  ) {
    kernels.pointee.softmax_again(Int64(rows), Int64(columns), x, Int64(columns), logSum)
  }

  package static func softmaxGradient(
    at p: UnsafePointer<Self>, _ dp: UnsafeMutablePointer<Self>, rows: Int, columns: Int
  ) {
    kernels.pointee.softmax_gradient(Int64(rows), Int64(columns), p, dp, Int64(columns))
  }

  package static func dropout(
    _ mask: DropoutMask, _ x: UnsafePointer<Self>, into y: UnsafeMutablePointer<Self>, count: Int
  ) {
    precondition(count <= largestDropoutCount, "dropout of \(count) elements")
    withUnsafePointer(to: mask.mask) { kernels.pointee.dropout($0, Int64(count), x, y) }
  }

  package static func adamW(
    _ step: AdamWStep, gradient: UnsafePointer<Self>, parameter: UnsafeMutablePointer<Self>,
    firstMoment: UnsafeMutablePointer<Self>, secondMoment: UnsafeMutablePointer<Self>, count: Int
  ) {
    withUnsafePointer(to: step.constants) {
      kernels.pointee.adamw($0, Int64(count), gradient, parameter, firstMoment, secondMoment)
    }
  }

  package static func sumOfSquares(_ x: UnsafePointer<Self>, count: Int) -> Double {
    kernels.pointee.sum_of_squares(Int64(count), x)
  }

  package static func clamp(_ x: UnsafeMutablePointer<Self>, to limit: Self, count: Int) {
    kernels.pointee.clamp(Int64(count), limit, x)
  }
}
