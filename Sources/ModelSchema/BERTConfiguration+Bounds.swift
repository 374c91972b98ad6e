extension BERTConfiguration {
  /// The sizes that are accepted.
  ///
  /// Far above every published model, and low enough that no product
  /// of two sizes overflows and that a hostile file cannot ask for unbounded memory.
  package enum Bounds {
    package static let vocabularySize = 1...1 << 24
    package static let hiddenSize = 1...1 << 16
    package static let layerCount = 1...1024
    package static let headCount = 1...1 << 16
    package static let intermediateSize = 1...1 << 20
    package static let maximumPositions = 1...1 << 20
    package static let tokenTypeCount = 1...1024
  }

  /// Checks what no single member tells.
  func checkConsistency(file: String) throws(ConfigurationError) {
    guard hiddenSize.isMultiple(of: headCount) else {
      throw ConfigurationError(file: file, .heads(hiddenSize: hiddenSize, headCount: headCount))
    }
  }
}
