/// How far a conversion or an export has come.
public struct TransferProgress: Sendable, Hashable {
  /// Bytes of weights written so far.
  public let completedByteCount: Int
  /// Bytes of weights in all.
  public let totalByteCount: Int
  /// The tensor being written.
  public let tensorName: String
}
