import JSON

/// The ids of the tokens around a segment, for a model whose file holds no tokenizer.
public struct SegmentFrame: Sendable, Hashable {
  /// Begins a segment, `[CLS]`.
  public var classification: Int
  /// Stands behind the memory and ends a segment, `[SEP]`.
  public var separator: Int

  /// Ids that the caller knows.
  public init(classification: Int, separator: Int) {
    self.classification = classification
    self.separator = separator
  }

  /// Reads what ``json`` gives.
  ///
  /// - Throws: ``ConfigurationError``.
  init(json value: JSONValue, file: String) throws(ConfigurationError) {
    let fields = try ConfigurationFields(value, file: file)
    try fields.require(only: ["classification", "separator"])
    let bounds = 0...EncoderConfiguration.Bounds.vocabularySize.upperBound - 1
    classification = try fields.integer("classification", in: bounds)
    separator = try fields.integer("separator", in: bounds)
  }

  /// The ids as the native file's header holds them.
  var json: JSONValue {
    ["classification": .integer(classification), "separator": .integer(separator)]
  }
}
