import Tokenizers

extension UnknownShare {
  /// A warning when more of a text is unknown than should be; `nil` below that.
  package func note(place: String) -> DataNote? {
    guard deservesWarning else { return nil }
    let tenths = Int((fraction * 1000).rounded())
    return DataNote(
      "\(place): \(tenths / 10).\(tenths % 10) % of the tokens are [UNK]; "
        + "the model's vocabulary does not know this text.",
      isWarning: true)
  }
}
