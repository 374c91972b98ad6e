import JSON
import TensorStorage
import Testing

@testable import ModelSchema

@Suite struct LabelMapTests {
  private func labels(_ value: JSONValue) throws(ConfigurationError) -> [String]? {
    try LabelMap(huggingFace: value, file: "config.json")?.labels
  }

  @Test func `orders the names by their ids, not as they are written`() throws {
    let byIdentifier: JSONObject = ["2": "c", "10": "k", "0": "a", "1": "b"]
    var members = byIdentifier
    for identifier in 3..<10 { members["\(identifier)"] = .string("x\(identifier)") }
    let labels = try labels(["id2label": .object(members)])
    #expect(labels?.prefix(3) == ["a", "b", "c"])
    #expect(labels?.last == "k")
  }

  @Test func `reads either member alone, ids as strings too`() throws {
    #expect(try labels(["label2id": ["no": 1, "yes": 0]]) == ["yes", "no"])
    #expect(try labels(["label2id": ["no": "1", "yes": "0"]]) == ["yes", "no"])
    #expect(
      try labels(["id2label": ["0": "LABEL_0", "1": "LABEL_1"]]) == LabelMap.defaultLabels(count: 2)
    )
    #expect(try labels([:]) == nil)
  }

  @Test func `what is written is read back`() throws {
    let map = try LabelMap(["yes", "no", "\u{E9}", "0"], file: "labels")
    #expect(try LabelMap(huggingFace: .object(map.huggingFaceJSON), file: "config.json") == map)
  }

  @Test(
    arguments: [
      ["a": 1, "b": 0], ["a": 0], ["a": 0, "b": 0], ["a": 0, "b": "x"], "a",
    ] as [JSONValue])
  func `id2label is taken where label2id speaks against it, and that is said`(
    other: JSONValue
  ) throws {
    let map = try LabelMap(
      huggingFace: ["id2label": ["0": "a", "1": "b"], "label2id": other], file: "config.json")
    #expect(map?.labels == ["a", "b"])
    #expect(map?.notes.count == 1 && map?.notes[0].contains("label2id") == true)
  }

  @Test func `names that occur twice are told apart, and that is said`() throws {
    let names = ["0": "a", "1": "b", "2": "a", "3": "a#2", "4": "a"] as JSONObject
    let map = try LabelMap(
      huggingFace: ["id2label": .object(names), "label2id": ["a": 4, "b": 1, "a#2": 3]],
      file: "config.json")
    #expect(map?.labels == ["a", "b", "a#3", "a#2", "a#4"])
    #expect(map?.notes.count == 1 && map?.notes[0].contains("\"a#3\"") == true)
    let agreeing = try LabelMap(
      huggingFace: ["id2label": ["0": "a"], "label2id": ["a": 0]], file: "config.json")
    #expect(agreeing?.notes == [])
  }

  private static let wrong: [JSONValue] = [
    ["id2label": ["0": "a", "2": "b"]], ["id2label": ["1": "a"]],
    ["label2id": ["a": 0, "b": 0]], ["id2label": ["0": "a", "00": "b"]],
    ["id2label": ["x": "a"]], ["id2label": ["0": 1]],
    ["id2label": ["a"]], ["label2id": ["a": 0.5]], ["label2id": "a"],
  ]

  @Test(arguments: wrong)
  func `refuses ids that are not 0, 1, 2 …`(value: JSONValue) {
    #expect(throws: ConfigurationError.self) { try labels(value) }
  }
}
