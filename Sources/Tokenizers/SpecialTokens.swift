/// The ids of the tokens with a role.
public struct SpecialTokens: Sendable, Hashable {
  /// Fills up short sequences; 0 when the vocabulary has none, since no one reads those rows.
  public let padding: Int32
  /// Stands for a word that no pieces make.
  public let unknown: Int32
  /// Begins a sequence.
  public let classification: Int32
  /// Ends a sequence.
  public let separator: Int32
  /// Stands for a hidden word in pretraining, where the vocabulary has one.
  public let mask: Int32?

  /// Ids that the caller knows.
  package init(
    padding: Int32, unknown: Int32, classification: Int32, separator: Int32, mask: Int32?
  ) {
    self.padding = padding
    self.unknown = unknown
    self.classification = classification
    self.separator = separator
    self.mask = mask
  }
}
