/// How far a conversion or an export has come.
public struct TransferProgress: Sendable, Hashable {
  /// Bytes of weights written so far.
  public let completedByteCount: Int
  /// Bytes of weights in all.
  public let totalByteCount: Int
  /// The tensor being written.
  public let tensorName: String
}

/// Counts the bytes of a transfer.
struct TransferCounter {
  let totalByteCount: Int
  private var completedByteCount = 0

  init(totalByteCount: Int) { self.totalByteCount = totalByteCount }

  /// Adds bytes that were written for a tensor.
  mutating func add(_ byteCount: Int, of tensorName: String) -> TransferProgress {
    completedByteCount += byteCount
    return TransferProgress(
      completedByteCount: completedByteCount, totalByteCount: totalByteCount,
      tensorName: tensorName)
  }
}
