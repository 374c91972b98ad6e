import CKernels
import Testing

/// What attention and its way back give, and what they wrote beside it.
struct AttentionResult<Scalar: BinaryFloatingPoint> {
  var context, logSum, query, key, value: [Scalar]
}

/// One head over random rows, every row followed by numbers that do not belong to it.
struct AttentionHeadCase {
  var queryCount, keyCount, headSize: Int
  var scale: Float
  var query, key, value, upstream: [Float]
  var mask: rmt_dropout_mask?

  var stride: Int { headSize + 3 }

  init(
    _ queryCount: Int, _ keyCount: Int, _ headSize: Int, spread: Float = 1,
    mask: rmt_dropout_mask? = nil
  ) {
    (self.queryCount, self.keyCount, self.headSize) = (queryCount, keyCount, headSize)
    scale = 1 / Float(headSize).squareRoot()
    query = randomFloats(queryCount * (headSize + 3), seed: 40, spread: spread)
    key = randomFloats(keyCount * (headSize + 3), seed: 41, spread: spread)
    value = randomFloats(keyCount * (headSize + 3), seed: 42)
    upstream = randomFloats(queryCount * (headSize + 3), seed: 43)
    self.mask = mask
  }

  /// Forward and back on a table of single precision.
  func computed(by table: KernelTable, logSum given: [Float]? = nil) -> AttentionResult<Float> {
    let kernels = table.kernels
    let (query, key) = (GuardedNumbers(query), GuardedNumbers(key))
    let (value, upstream) = (GuardedNumbers(value), GuardedNumbers(upstream))
    let context = GuardedNumbers(beside(queryCount)),
      logSum = GuardedNumbers<Float>(count: queryCount)
    let dQuery = GuardedNumbers(beside(queryCount))
    let (dKey, dValue) = (GuardedNumbers(beside(keyCount)), GuardedNumbers(beside(keyCount)))
    func workspace(_ withGradient: Int32) -> GuardedNumbers<Float> {
      GuardedNumbers(
        count: Int(kernels.attention_workspace(Int64(keyCount), Int64(headSize), withGradient)))
    }
    let forward = workspace(0), backward = workspace(1)
    withMask { mask in
      var view = rmt_attention_f32(
        query_count: Int64(queryCount), key_count: Int64(keyCount), head_size: Int64(headSize),
        stride: Int64(stride), scale: scale, query: query.pointer, key: key.pointer,
        value: value.pointer, mask: mask)
      kernels.attention(&view, context.pointer, logSum.pointer, forward.pointer)
      for (index, number) in (given ?? []).enumerated() { logSum.pointer[index] = number }
      kernels.attention_gradient(
        &view, context.pointer, upstream.pointer, logSum.pointer, dQuery.pointer, dKey.pointer,
        dValue.pointer, backward.pointer)
    }
    for memory in [
      query, key, value, upstream, context, logSum, dQuery, dKey, dValue, forward, backward,
    ] { #expect(memory.isIntact) }
    return AttentionResult(
      context: inside(context.values), logSum: logSum.values, query: inside(dQuery.values),
      key: inside(dKey.values), value: inside(dValue.values))
  }

  /// Forward and back on the reference.
  func expected() -> AttentionResult<Double> {
    let (query, key) = (GuardedNumbers(wide(query)), GuardedNumbers(wide(key)))
    let (value, upstream) = (GuardedNumbers(wide(value)), GuardedNumbers(wide(upstream)))
    let context = GuardedNumbers<Double>(count: queryCount * stride)
    let logSum = GuardedNumbers<Double>(count: queryCount)
    let dQuery = GuardedNumbers<Double>(count: queryCount * stride)
    let dKey = GuardedNumbers<Double>(count: keyCount * stride)
    let dValue = GuardedNumbers<Double>(count: keyCount * stride)
    let workspace = GuardedNumbers<Double>(count: 2 * keyCount)
    withMask { mask in
      var view = rmt_attention_f64(
        query_count: Int64(queryCount), key_count: Int64(keyCount), head_size: Int64(headSize),
        stride: Int64(stride), scale: Double(scale), query: query.pointer, key: key.pointer,
        value: value.pointer, mask: mask)
      reference.attention(&view, context.pointer, logSum.pointer, workspace.pointer)
      reference.attention_gradient(
        &view, context.pointer, upstream.pointer, logSum.pointer, dQuery.pointer, dKey.pointer,
        dValue.pointer, workspace.pointer)
    }
    for memory in [query, key, value, upstream, dQuery, dKey, dValue, workspace] {
      #expect(memory.isIntact)
    }
    func rows(_ memory: GuardedNumbers<Double>) -> [Double] {
      memory.values.enumerated().filter { $0.offset % stride < headSize }.map(\.element)
    }
    return AttentionResult(
      context: rows(context), logSum: logSum.values, query: rows(dQuery), key: rows(dKey),
      value: rows(dValue))
  }

  private func withMask(_ body: (UnsafePointer<rmt_dropout_mask>?) -> Void) {
    guard let mask else { return body(nil) }
    withUnsafePointer(to: mask) { body($0) }
  }

  /// Rows to be written, NaN, with what must stay beside them.
  private func beside(_ rowCount: Int) -> [Float] {
    (0..<rowCount * stride).map { $0 % stride < headSize ? .nan : 7 }
  }

  /// The rows' own numbers; what lies beside them must have stayed.
  private func inside(_ values: [Float]) -> [Float] {
    #expect(values.enumerated().allSatisfy { $0.offset % stride < headSize || $0.element == 7 })
    return values.enumerated().filter { $0.offset % stride < headSize }.map(\.element)
  }
}
