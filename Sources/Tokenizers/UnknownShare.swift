/// How many of a text's tokens are unknown to the vocabulary.
///
/// A model sees nothing but its own kind of noise in a text that is mostly unknown, and trains at
/// chance; that looks like a defect anywhere but in the vocabulary.
public struct UnknownShare: Sendable, Hashable {
  /// How many tokens are unknown.
  public private(set) var unknownCount = 0
  /// How many tokens there are.
  public private(set) var tokenCount = 0

  /// The share above which a text deserves a warning.
  public static let warningThreshold = 0.01

  /// The share of no token yet.
  public init() {}

  /// The share in one sequence of ids.
  public init(of ids: some Collection<Int32>, unknown: Int32) {
    add(ids, unknown: unknown)
  }

  /// Counts further ids.
  public mutating func add(_ ids: some Collection<Int32>, unknown: Int32) {
    tokenCount += ids.count
    for id in ids where id == unknown { unknownCount += 1 }
  }

  /// The share from 0 to 1; 0 for no tokens.
  public var fraction: Double {
    tokenCount == 0 ? 0 : Double(unknownCount) / Double(tokenCount)
  }

  /// Whether the share is above the threshold.
  public var deservesWarning: Bool { fraction > Self.warningThreshold }
}
