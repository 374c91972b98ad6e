/// One head's attention over one sequence, whose first `queryCount` rows look at all of its rows.
package struct AttentionHead<Scalar: KernelScalar> {
  package let queryCount: Int
  package let keyCount: Int
  package let headSize: Int
  /// Elements from a row to the next, of queries, keys, values, contexts and their gradients.
  package let stride: Int
  package let query: UnsafePointer<Scalar>
  package let key: UnsafePointer<Scalar>
  package let value: UnsafePointer<Scalar>
  /// Which weights are dropped; the mask's matrix is `[keys, queries]`.
  package let mask: DropoutMask?

  /// A head whose rows begin at the given places.
  package init(
    queryCount: Int, keyCount: Int, headSize: Int, stride: Int, query: UnsafePointer<Scalar>,
    key: UnsafePointer<Scalar>, value: UnsafePointer<Scalar>, mask: DropoutMask?
  ) {
    self.queryCount = queryCount
    self.keyCount = keyCount
    self.headSize = headSize
    self.stride = stride
    self.query = query
    self.key = key
    self.value = value
    self.mask = mask
  }

  /// 1/√a, by which scores are scaled.
  var scale: Scalar { 1 / Scalar(headSize).squareRoot() }
}
