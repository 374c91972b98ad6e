extension ProvenanceStep {
  /// The version of this program, as each step records it.
  public static let currentToolVersion = "0.1.0"
}
