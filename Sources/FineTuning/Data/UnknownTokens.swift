/// The warning that text does not fit a vocabulary: a model that sees `[UNK]` everywhere trains at
/// chance, which looks like a defect elsewhere.
package enum UnknownTokens {
  /// The share of unknown tokens above which a person is told.
  package static let share = 0.01

  /// A sentence when more than ``share`` of the tokens are unknown.
  package static func note(place: String, count: Int, tokenCount: Int) -> String? {
    guard Double(count) > share * Double(tokenCount) else { return nil }
    let tenths = Int((Double(count) / Double(tokenCount) * 1000).rounded())
    return "\(place): \(tenths / 10).\(tenths % 10) % of the tokens are [UNK]; "
      + "the model's vocabulary does not know this text."
  }
}
