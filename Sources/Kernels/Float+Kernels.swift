import CKernels

/// `Float` computes with the fastest kernels that the processor can run.
extension Float: KernelScalar {
  private static var kernels: UnsafePointer<rmt_kernels_f32> { InstructionSet.active }

  package static var sliverRows: Int { Int(kernels.pointee.sliver_rows) }
  package static var sliverColumns: Int { Int(kernels.pointee.sliver_columns) }
  package static var gemmWorkspaceCount: Int { Int(kernels.pointee.gemm_workspace) }

  package static func packLeft(
    transposed: Bool, rows: Int, depth: Int, _ a: UnsafePointer<Self>, stride: Int,
    into packed: UnsafeMutablePointer<Self>
  ) {
    kernels.pointee.pack_left(
      transposed ? 1 : 0, Int64(rows), Int64(depth), a, Int64(stride), packed)
  }

  package static func packRight(
    depth: Int, columns: Int, _ right: RightOperand<Self>, into packed: UnsafeMutablePointer<Self>
  ) {
    precondition(right.layout != .packed, "an operand that is packed already")
    kernels.pointee.pack_right(
      right.layout.rawValue, Int64(depth), Int64(columns), right.numbers, Int64(right.stride),
      packed)
  }

  package static func gemm(
    rows: Int, columns: Int, depth: Int, left: UnsafePointer<Self>, right: RightOperand<Self>,
    accumulate: Bool, epilogue: Epilogue<Self>?, c: UnsafeMutablePointer<Self>, cStride: Int,
    workspace: UnsafeMutablePointer<Self>
  ) {
    func multiply(_ epilogue: UnsafePointer<rmt_epilogue_f32>?) {
      kernels.pointee.gemm(
        Int64(rows), Int64(columns), Int64(depth), left, right.layout.rawValue, right.numbers,
        Int64(right.stride), accumulate ? 1 : 0, epilogue, c, Int64(cStride), workspace)
    }
    guard let epilogue else { return multiply(nil) }
    let parts = rmt_epilogue_f32(
      bias: epilogue.bias, residual: epilogue.residual, preactivation: epilogue.preactivation,
      activation: epilogue.activation?.rawValue ?? RMT_NO_ACTIVATION.rawValue)
    withUnsafePointer(to: parts) { multiply($0) }
  }

  package static func attentionWorkspaceCount(
    keyCount: Int, headSize: Int, withGradient: Bool
  ) -> Int {
    Int(
      kernels.pointee.attention_workspace(Int64(keyCount), Int64(headSize), withGradient ? 1 : 0))
  }

  package static func attention(
    _ head: AttentionHead<Self>, context: UnsafeMutablePointer<Self>,
    logSum: UnsafeMutablePointer<Self>, workspace: UnsafeMutablePointer<Self>
  ) {
    head.withKernelView { kernels.pointee.attention($0, context, logSum, workspace) }
  }

  package static func attentionGradient(
    _ head: AttentionHead<Self>, context: UnsafePointer<Self>, upstream: UnsafePointer<Self>,
    logSum: UnsafePointer<Self>, query: UnsafeMutablePointer<Self>,
    key: UnsafeMutablePointer<Self>, value: UnsafeMutablePointer<Self>,
    workspace: UnsafeMutablePointer<Self>
  ) {
    head.withKernelView {
      kernels.pointee.attention_gradient(
        $0, context, upstream, logSum, query, key, value, workspace)
    }
  }

  package static func addBias(
    _ bias: UnsafePointer<Self>, to x: UnsafeMutablePointer<Self>, rows: Int, columns: Int
  ) {
    kernels.pointee.add_bias(Int64(rows), Int64(columns), bias, x, Int64(columns))
  }

  package static func addColumnSums(
    of x: UnsafePointer<Self>, rows: Int, columns: Int, stride: Int,
    to sum: UnsafeMutablePointer<Self>
  ) {
    kernels.pointee.add_column_sums(Int64(rows), Int64(columns), x, Int64(stride), sum)
  }

  package static func add(
    _ x: UnsafePointer<Self>, to y: UnsafeMutablePointer<Self>, count: Int
  ) {
    kernels.pointee.add(Int64(count), x, y)
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

  package static func softmax(
    _ x: UnsafeMutablePointer<Self>, count: Int, scale: Self
  ) -> (logSum: Double, largest: Self) {
    var largest: Self = 0
    let logSum = kernels.pointee.softmax(Int64(count), scale, x, &largest)
    return (logSum, largest)
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

  package static func dropout(
    _ mask: DropoutMask, firstRow: Int, rows: Int, columns: Int, _ x: UnsafePointer<Self>,
    into y: UnsafeMutablePointer<Self>
  ) {
    DropoutMask.check(rowCount: firstRow + rows, columnCount: columns)
    withUnsafePointer(to: mask.mask) {
      kernels.pointee.dropout($0, Int64(firstRow), Int64(rows), Int64(columns), x, y)
    }
  }

  package static func adamW(
    _ step: AdamWStep, gradient: UnsafeMutablePointer<Self>,
    parameter: UnsafeMutablePointer<Self>, firstMoment: UnsafeMutablePointer<Self>,
    secondMoment: UnsafeMutablePointer<Self>, count: Int
  ) {
    withUnsafePointer(to: step.constants) {
      kernels.pointee.adamw($0, Int64(count), gradient, parameter, firstMoment, secondMoment)
    }
  }

  package static func sumOfSquares(_ x: UnsafePointer<Self>, count: Int) -> Double {
    kernels.pointee.sum_of_squares(Int64(count), x)
  }
}

extension AttentionHead<Float> {
  /// Lends the head in the form that kernels read.
  func withKernelView(_ body: (UnsafePointer<rmt_attention_f32>) -> Void) {
    func view(_ mask: UnsafePointer<rmt_dropout_mask>?) -> rmt_attention_f32 {
      rmt_attention_f32(
        query_count: Int64(queryCount), key_count: Int64(keyCount), head_size: Int64(headSize),
        stride: Int64(stride), scale: scale, query: query, key: key, value: value, mask: mask)
    }
    guard let mask else { return withUnsafePointer(to: view(nil)) { body($0) } }
    DropoutMask.check(rowCount: keyCount, columnCount: queryCount)
    withUnsafePointer(to: mask.mask) { mask in withUnsafePointer(to: view(mask)) { body($0) } }
  }
}
