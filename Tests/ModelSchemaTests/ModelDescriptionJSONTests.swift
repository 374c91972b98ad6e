import JSON
import TensorStorage
import Testing

@testable import ModelSchema

@Suite struct ModelDescriptionJSONTests {
  private let description = ModelDescription(
    encoder: ExampleConfiguration.base,
    memory: MemoryConfiguration(tokenCount: 10, segmentPositions: 512, alignment: .right),
    labels: ["bathroom", "hallway"])

  /// The description's JSON, written out and parsed, as a file would hold it.
  private func parsed(_ description: ModelDescription) throws -> JSONValue {
    let text = description.json.serialized(pretty: false)
    return try JSONValue(parsing: Array(text.utf8), file: "m.rmtw")
  }

  @Test func `comes back from its JSON, with memory and without`() throws {
    var plain = description
    plain.memory = nil
    plain.labels = []
    for description in [description, plain] {
      #expect(try ModelDescription(json: parsed(description), file: "m.rmtw") == description)
    }
  }

  @Test func `says that there is a head only where there is one`() throws {
    #expect(description.json["predictsMaskedTokens"] == nil)
    var headed = description
    headed.predictsMaskedTokens = true
    #expect(try ModelDescription(json: parsed(headed), file: "m.rmtw") == headed)
    var object = try #require(headed.json.object)
    for value: JSONValue in [1, "true", .null] {
      object["predictsMaskedTokens"] = value
      expectRefusal(object)
    }
  }

  @Test func `holds the ids around a segment only where no tokenizer knows them`() throws {
    #expect(description.json["memory"]?["frame"] == nil)
    var framed = description
    framed.memory?.frame = SegmentFrame(classification: 101, separator: 102)
    #expect(try ModelDescription(json: parsed(framed), file: "m.rmtw") == framed)
    let limit = framed.encoder.vocabularySize
    for (classification, separator) in [(limit, 0), (0, limit), (-1, 0), (0, -1)] {
      framed.memory?.frame = SegmentFrame(classification: classification, separator: separator)
      expectRefusal(try #require(framed.json.object))
    }
    var object = try #require(description.json.object)
    var memory = try #require(object["memory"]?.object)
    for frame: JSONValue in [nil, 5, ["classification": 1], ["a": 1]] {
      memory["frame"] = frame
      object["memory"] = .object(memory)
      expectRefusal(object)
    }
  }

  @Test func `refuses a missing and an unknown member at any level`() throws {
    let json = try #require(description.json.object)
    for member in json.members {
      var object = json
      object[member.name] = nil
      expectRefusal(object)
      guard var part = member.value.object else { continue }
      for name in part.members.map(\.name) {
        var smaller = part
        smaller[name] = nil
        object[member.name] = .object(smaller)
        expectRefusal(object)
      }
      part["unknown"] = 1
      object[member.name] = .object(part)
      expectRefusal(object)
    }
    var larger = json
    larger["unknown"] = 1
    expectRefusal(larger)
  }

  private func expectRefusal(_ object: JSONObject) {
    #expect(throws: ConfigurationError.self) {
      try ModelDescription(json: .object(object), file: "m.rmtw")
    }
  }

  @Test(arguments: [(510, 512), (0, 512), (65_537, 512), (10, 13), (10, 0), (10, 513)])
  func `refuses memory that leaves no room`(tokenCount: Int, segmentPositions: Int) {
    var wrong = description
    wrong.memory = MemoryConfiguration(
      tokenCount: tokenCount, segmentPositions: segmentPositions, alignment: .left)
    #expect(throws: ConfigurationError.self) {
      try ModelDescription(json: wrong.json, file: "m.rmtw")
    }
  }

  @Test func `accepts the smallest segment: one token`() throws {
    var small = description
    small.memory = MemoryConfiguration(tokenCount: 10, segmentPositions: 14, alignment: .center)
    #expect(try ModelDescription(json: small.json, file: "m.rmtw").memory?.segmentSize == 1)
  }

  @Test func `refuses labels that occur twice or are no strings`() throws {
    var wrong = description
    wrong.labels = ["a", "a"]
    #expect(throws: ConfigurationError.self) {
      try ModelDescription(json: wrong.json, file: "m.rmtw")
    }
    for labels: JSONValue in [.null, [1], "a"] {
      var object = try #require(description.json.object)
      object["labels"] = labels
      expectRefusal(object)
    }
  }
}
