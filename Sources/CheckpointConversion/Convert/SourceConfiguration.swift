import JSON
import ModelSchema

/// What a checkpoint's config.json says, apart from what the tensors have to confirm.
package struct SourceConfiguration: Sendable {
  /// Where it was read.
  package let path: String
  /// What messages call it beside the path of the weights: the file without its folder.
  package var name: String { path.split(separator: "/").last.map(String.init) ?? path }
  /// The encoder; its vocabulary may count memory tokens, which only the tensors can tell.
  package let encoder: EncoderConfiguration
  /// The `rmt` object of our own exports; the tokens around a segment are those that it names, which
  /// a tokenizer says as well.
  package let memory: MemoryConfiguration?
  /// Class names of the network, such as `BertForMaskedLM`.
  package let architectures: [String]
  private let json: JSONValue

  /// Reads a configuration.
  ///
  /// - Throws: ``ConversionError/configuration(path:member:problem:)`` and what the encoder's own
  ///   reader throws for another `model_type` or a value out of range.
  package init(_ json: JSONValue, path: String) throws {
    self.path = path
    self.json = json
    let encoder = try EncoderConfiguration(huggingFace: json, file: path)
    self.encoder = encoder
    architectures = (json["architectures"]?.array ?? []).compactMap(\.string)
    memory = try json["rmt"].map { try Self.memory($0, encoder: encoder, path: path) }
  }

  /// Whether a `classifier` in this file classifies whole documents.
  ///
  /// Token classification and multiple choice use the same tensor name for something else.
  package var classifiesDocuments: Bool {
    !architectures.contains {
      $0.hasSuffix("ForTokenClassification") || $0.hasSuffix("ForMultipleChoice")
    }
  }

  /// The classes' names, in order; `nil` when the configuration has none.
  ///
  /// Read when a classifier asks for them: what an encoder's configuration says of classes that it
  /// does not have is of no consequence.
  /// - Throws: `ConfigurationError` when `id2label` and `label2id` are wrong.
  package func labels() throws -> LabelMap? { try LabelMap(huggingFace: json, file: path) }

  private static func memory(
    _ json: JSONValue, encoder: EncoderConfiguration, path: String
  ) throws -> MemoryConfiguration {
    func fail(_ member: String, _ problem: String) -> ConversionError {
      .configuration(path: path, member: "rmt.\(member)", problem: problem)
    }
    guard let tokenCount = json["memory_tokens"]?.integer,
      (1..<encoder.maximumPositions).contains(tokenCount)
    else {
      throw fail("memory_tokens", "is no number from 1 to \(encoder.maximumPositions - 1)")
    }
    let smallest = tokenCount + MemoryConfiguration.specialTokensPerSegment + 1
    guard let positions = json["segment_positions"]?.integer, positions >= smallest,
      positions <= encoder.maximumPositions
    else {
      throw fail(
        "segment_positions", "is no number from \(smallest) to \(encoder.maximumPositions)")
    }
    guard
      let alignment = json["alignment"]?.string.flatMap(
        MemoryConfiguration.Alignment.init(rawValue:))
    else { throw fail("alignment", "is not right, left or center") }
    func id(_ member: String) throws -> Int? {
      guard let value = json[member] else { return nil }
      guard let id = value.integer, (0..<encoder.vocabularySize).contains(id) else {
        throw fail(member, "is no id from 0 to \(encoder.vocabularySize - 1)")
      }
      return id
    }
    let (classification, separator) = (try id("cls_token_id"), try id("sep_token_id"))
    guard (classification == nil) == (separator == nil) else {
      throw fail(
        classification == nil ? "cls_token_id" : "sep_token_id",
        "is missing, though the other token around a segment is named")
    }
    return MemoryConfiguration(
      tokenCount: tokenCount, segmentPositions: positions, alignment: alignment,
      frame: classification.flatMap { classification in
        separator.map { SegmentFrame(classification: classification, separator: $0) }
      })
  }
}
