import JSON
import ModelSchema

/// What a checkpoint's config.json says, apart from what the tensors have to confirm.
package struct SourceConfiguration: Sendable {
  /// Where it was read.
  package let path: String
  /// The encoder; its vocabulary may count memory tokens, which only the tensors can tell.
  package let encoder: BERTConfiguration
  /// Class names of `id2label` in order; `nil` when it is not there.
  package let labels: [String]?
  /// The `rmt` object of our own exports.
  package let memory: MemoryConfiguration?
  /// Class names of the network, such as `BertForMaskedLM`.
  package let architectures: [String]

  /// Reads a configuration.
  ///
  /// - Throws: ``ConversionError/configuration(path:member:problem:)`` and what the encoder's own
  ///   reader throws for another `model_type` or a value out of range.
  package init(_ json: JSONValue, path: String) throws {
    self.path = path
    encoder = try BERTConfiguration(huggingFace: json, file: path)
    architectures = (json["architectures"]?.array ?? []).compactMap(\.string)
    labels = try json["id2label"].flatMap { $0.isNull ? nil : $0 }
      .map { try Self.labels($0, path: path) }
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

  private static func labels(_ json: JSONValue, path: String) throws -> [String] {
    func fail(_ problem: String) -> ConversionError {
      .configuration(path: path, member: "id2label", problem: problem)
    }
    guard let members = json.object?.members else { throw fail("is not an object") }
    var names = [String?](repeating: nil, count: members.count)
    for (key, value) in members {
      guard let index = Int(key), names.indices.contains(index), names[index] == nil else {
        throw fail("names class \(key), expected each of 0 to \(members.count - 1) once")
      }
      guard let name = value.string else { throw fail("class \(key) has no text as its name") }
      names[index] = name
    }
    let labels = names.compactMap(\.self)
    guard Set(labels).count == labels.count else { throw fail("gives two classes the same name") }
    return labels
  }

  private static func memory(
    _ json: JSONValue, encoder: BERTConfiguration, path: String
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
      let alignment = json["alignment"]?.string.flatMap(MemoryConfiguration.Alignment.init(rawValue:))
    else { throw fail("alignment", "is not right, left or center") }
    return MemoryConfiguration(
      tokenCount: tokenCount, segmentPositions: positions, alignment: alignment)
  }
}
