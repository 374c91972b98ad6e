/// Writes a weight file front to back, holding no tensor in memory.
///
/// Write the bytes of every tensor in the order of ``tensors``, in pieces of any size that do not reach
/// into the next tensor, and finish. The file appears whole or not at all.
package protocol TensorWriter: ~Copyable {
  /// The tensors in the order in which their bytes must be written.
  var tensors: [TensorDescription] { get }
  /// Appends bytes to the tensor whose turn it is.
  ///
  /// - Throws: ``FileError``.
  mutating func write(_ bytes: UnsafeRawBufferPointer) throws(FileError)
  /// Puts the file in place.
  ///
  /// - Throws: ``FileError``; the name then still holds what it held before.
  consuming func finish() throws(FileError)
}

/// Whose turn it is among tensors that are written one after the other, in pieces of any size.
package struct TensorTurns {
  private let byteCounts: [Int]
  /// The tensor whose turn it is; after the last one, how many there are.
  private var position = 0
  private var missingByteCount: Int

  /// Turns in the order of the sizes; the first tensor's comes first.
  package init(byteCounts: [Int]) {
    self.byteCounts = byteCounts
    missingByteCount = byteCounts.first ?? 0
  }

  /// Ends the turn of a tensor that has all its bytes.
  ///
  /// - Returns: the tensor's number; `nil` while bytes are missing, and after the last tensor.
  package mutating func end() -> Int? {
    guard missingByteCount == 0, position < byteCounts.count else { return nil }
    position += 1
    missingByteCount = position < byteCounts.count ? byteCounts[position] : 0
    return position - 1
  }

  /// Counts bytes of the tensor whose turn it is; more than it lacks trap.
  package mutating func take(_ byteCount: Int) {
    precondition(
      byteCount <= missingByteCount,
      "\(byteCount) bytes for a tensor that lacks \(missingByteCount)")
    missingByteCount -= byteCount
  }

  /// Traps unless every tensor's turn has ended.
  package func checkFinished() {
    precondition(position == byteCounts.count, "a file finished with tensors that lack bytes")
  }
}
