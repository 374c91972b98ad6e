extension EncoderConfiguration {
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
    package static let positionOffset = 0...1 << 24
  }

  /// Checks what no single member tells.
  func checkConsistency(file: String) throws(ConfigurationError) {
    guard hiddenSize.isMultiple(of: headCount) else {
      throw ConfigurationError(file: file, .heads(hiddenSize: hiddenSize, headCount: headCount))
    }
    guard (1...layerCount).contains(layerGroupCount) else {
      throw ConfigurationError(
        file: file, .layerGroups(layerCount: layerCount, groupCount: layerGroupCount))
    }
    try checkFamily(file: file)
  }

  /// Holds the facts against those of the family, whose names a conversion will use.
  private func checkFamily(file: String) throws(ConfigurationError) {
    let projects =
      switch family.embeddingProjection {
      case .never: false
      case .betweenWidths: embeddingSize != nil && embeddingSize != hiddenSize
      case .always: true
      }
    let differences = [
      ("embeddingSize", (embeddingSize != nil) != projects),
      ("positionOffset", positionOffset > 0 && !family.offsetsPositions),
      ("tokenTypeCount", (tokenTypeCount > 0) != family.hasTokenTypes),
      ("layerGroupCount", layerGroupCount < layerCount && !family.sharesLayers),
    ]
    if let member = differences.first(where: \.1)?.0 {
      throw ConfigurationError(file: file, .notOfFamily(member: member, family: family))
    }
  }
}
