import JSON

extension EncoderConfiguration {
  private static let memberNames: Set<String> = [
    "vocabularySize", "hiddenSize", "layerCount", "headCount", "intermediateSize", "activation",
    "maximumPositions", "tokenTypeCount", "layerNormEpsilon", "hiddenDropout", "attentionDropout",
    "classifierDropout", "initializerRange", "embeddingSize", "positionOffset", "layerGroupCount",
  ]

  /// Reads what ``json`` gives for a model of a family.
  ///
  /// - Throws: ``ConfigurationError``; no member has a default but the three in which relatives
  ///   differ from BERT.
  package init(
    json value: JSONValue, family: EncoderFamily, file: String
  ) throws(ConfigurationError) {
    let fields = try ConfigurationFields(value, file: file)
    try fields.require(only: Self.memberNames)
    let activationName = try fields.string("activation")
    guard let activation = Activation(rawValue: activationName) else {
      throw fields.unsupported(
        "activation", .string(activationName),
        Activation.allCases.map(\.rawValue).joined(separator: ", "))
    }
    func integer(_ name: String, in bounds: ClosedRange<Int>) throws(ConfigurationError) -> Int? {
      fields.object[name] == nil ? nil : try fields.integer(name, in: bounds)
    }
    self.init(
      family: family,
      vocabularySize: try fields.integer("vocabularySize", in: Bounds.vocabularySize),
      hiddenSize: try fields.integer("hiddenSize", in: Bounds.hiddenSize),
      embeddingSize: try integer("embeddingSize", in: Bounds.hiddenSize),
      layerCount: try fields.integer("layerCount", in: Bounds.layerCount),
      layerGroupCount: try integer("layerGroupCount", in: Bounds.layerCount),
      headCount: try fields.integer("headCount", in: Bounds.headCount),
      intermediateSize: try fields.integer("intermediateSize", in: Bounds.intermediateSize),
      activation: activation,
      maximumPositions: try fields.integer("maximumPositions", in: Bounds.maximumPositions),
      positionOffset: try integer("positionOffset", in: Bounds.positionOffset) ?? 0,
      tokenTypeCount: try fields.integer(
        "tokenTypeCount", in: 0...Bounds.tokenTypeCount.upperBound),
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
  ///
  /// What sets relatives apart is there where it differs from BERT, so that a BERT's file is the one
  /// that programs write and read which know BERT alone.
  package var json: JSONValue {
    var object: JSONObject = [
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
    if let embeddingSize { object["embeddingSize"] = .integer(embeddingSize) }
    if positionOffset > 0 { object["positionOffset"] = .integer(positionOffset) }
    if layerGroupCount < layerCount { object["layerGroupCount"] = .integer(layerGroupCount) }
    return .object(object)
  }
}
