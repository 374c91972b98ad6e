/// A sentence on the data that a person should read.
public struct DataNote: Sendable, Hashable, CustomStringConvertible {
  /// The sentence, with the file that it is about.
  public let description: String
  /// Whether the result is likely to suffer: text that the vocabulary does not know, documents that
  /// are left out.
  public let isWarning: Bool

  /// A note of that weight.
  package init(_ description: String, isWarning: Bool = false) {
    self.description = description
    self.isWarning = isWarning
  }
}
