import JSON

extension MemoryConfiguration {
  /// The most memory tokens that are accepted.
  static let tokenCountBounds = 1...1 << 16

  /// Reads what ``json`` gives.
  ///
  /// - Throws: ``ConfigurationError``.
  package init(json value: JSONValue, file: String) throws(ConfigurationError) {
    let fields = try ConfigurationFields(value, file: file)
    try fields.require(only: ["tokenCount", "segmentPositions", "alignment", "frame"])
    let alignmentName = try fields.string("alignment")
    guard let alignment = Alignment(rawValue: alignmentName) else {
      throw fields.unsupported(
        "alignment", .string(alignmentName),
        Alignment.allCases.map(\.rawValue).joined(separator: ", "))
    }
    self.init(
      tokenCount: try fields.integer("tokenCount", in: Self.tokenCountBounds),
      segmentPositions: try fields.integer(
        "segmentPositions", in: EncoderConfiguration.Bounds.maximumPositions),
      alignment: alignment,
      frame: try value["frame"].map { value throws(ConfigurationError) in
        try SegmentFrame(json: value, file: file)
      })
  }

  /// The settings as the native file's header holds them.
  package var json: JSONValue {
    var json: JSONObject = [
      "tokenCount": .integer(tokenCount),
      "segmentPositions": .integer(segmentPositions),
      "alignment": .string(alignment.rawValue),
    ]
    // Said only where there is one: other files stay the same bytes.
    if let frame { json["frame"] = frame.json }
    return .object(json)
  }

  /// Checks that a segment has room for a token and fits into the encoder's positions, and that the
  /// tokens around it are in the vocabulary.
  package func check(with encoder: EncoderConfiguration, file: String) throws(ConfigurationError) {
    guard Self.tokenCountBounds.contains(tokenCount), segmentPositions >= 1, segmentSize >= 1 else {
      throw ConfigurationError(
        file: file,
        .noRoomInSegment(segmentPositions: segmentPositions, memoryTokenCount: tokenCount))
    }
    guard segmentPositions <= encoder.maximumPositions else {
      throw ConfigurationError(
        file: file,
        .segmentTooLong(
          segmentPositions: segmentPositions, maximumPositions: encoder.maximumPositions))
    }
    for id in [frame?.classification, frame?.separator].compactMap({ $0 })
    where !(0..<encoder.vocabularySize).contains(id) {
      throw ConfigurationError(
        file: file,
        .invalid(
          member: "frame", found: "\(id)", expected: "ids from 0 to \(encoder.vocabularySize - 1)"))
    }
  }
}
