import JSON

extension BERTConfiguration {
  private static let memberNames: Set<String> = [
    "vocabularySize", "hiddenSize", "layerCount", "headCount", "intermediateSize", "activation",
    "maximumPositions", "tokenTypeCount", "layerNormEpsilon", "hiddenDropout", "attentionDropout",
    "classifierDropout", "initializerRange",
  ]

  /// Reads what ``json`` gives.
  ///
  /// - Throws: ``ConfigurationError``; no member has a default.
  package init(json value: JSONValue, file: String) throws(ConfigurationError) {
    let fields = try ConfigurationFields(value, file: file)
    try fields.require(only: Self.memberNames)
    let activationName = try fields.string("activation")
    guard let activation = Activation(rawValue: activationName) else {
      throw fields.unsupported(
        "activation", .string(activationName),
        Activation.allCases.map(\.rawValue).joined(separator: ", "))
    }
    self.init(
      vocabularySize: try fields.integer("vocabularySize", in: Bounds.vocabularySize),
      hiddenSize: try fields.integer("hiddenSize", in: Bounds.hiddenSize),
      layerCount: try fields.integer("layerCount", in: Bounds.layerCount),
      headCount: try fields.integer("headCount", in: Bounds.headCount),
      intermediateSize: try fields.integer("intermediateSize", in: Bounds.intermediateSize),
      activation: activation,
      maximumPositions: try fields.integer("maximumPositions", in: Bounds.maximumPositions),
      tokenTypeCount: try fields.integer("tokenTypeCount", in: Bounds.tokenTypeCount),
      layerNormEpsilon: try fields.number("layerNormEpsilon", "a number above 0 and below 1") {
        $0 > 0 && $0 < 1
      },
      hiddenDropout: try fields.probability("hiddenDropout"),
      attentionDropout: try fields.probability("attentionDropout"),
      classifierDropout: try fields.probability("classifierDropout"),
      initializerRange: try fields.number("initializerRange", "a number from 0 to below 1") {
        $0 >= 0 && $0 < 1
      })
    try checkConsistency(file: file)
  }

  /// The configuration as the native file's header holds it: every value, none left to a default.
  package var json: JSONValue {
    [
      "vocabularySize": .integer(vocabularySize),
      "hiddenSize": .integer(hiddenSize),
      "layerCount": .integer(layerCount),
      "headCount": .integer(headCount),
      "intermediateSize": .integer(intermediateSize),
      "activation": .string(activation.rawValue),
      "maximumPositions": .integer(maximumPositions),
      "tokenTypeCount": .integer(tokenTypeCount),
      "layerNormEpsilon": .number(layerNormEpsilon),
      "hiddenDropout": .number(hiddenDropout),
      "attentionDropout": .number(attentionDropout),
      "classifierDropout": .number(classifierDropout),
      "initializerRange": .number(initializerRange),
    ]
  }
}
