import Tokenizers

extension UnknownShare {
  /// A sentence for a person when more of a text is unknown than should be; `nil` below that.
  package func note(place: String) -> String? {
    guard deservesWarning else { return nil }
    let tenths = Int((fraction * 1000).rounded())
    return "\(place): \(tenths / 10).\(tenths % 10) % of the tokens are [UNK]; "
      + "the model's vocabulary does not know this text."
  }
}
