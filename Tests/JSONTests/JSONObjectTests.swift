import JSON
import Testing

struct JSONObjectTests {
  @Test(arguments: [0, 1, 7, 8, 9, 10, 40])
  func `sets, replaces and removes members of objects around the size where an index begins`(
    _ count: Int
  ) {
    var object = JSONObject()
    for index in 0..<count { object["n\(index)"] = .integer(index) }
    #expect(object.count == count)
    for index in 0..<count { #expect(object["n\(index)"] == .integer(index)) }
    #expect(object["absent"] == nil)
    if count > 2 {
      object["n1"] = "replaced"
      object["n0"] = nil
      #expect(object.count == count - 1)
      #expect(object.members.map(\.name) == (1..<count).map { "n\($0)" })
      #expect(object["n1"] == "replaced" && object["n0"] == nil)
      #expect(object["n\(count - 1)"] == .integer(count - 1))
      object["n0"] = "again"
      #expect(object.members.last?.name == "n0")
      object["absent"] = nil
      #expect(object.count == count)
    }
  }

  @Test func `equality and hash ignore the order of members but not their values`() {
    let first: JSONObject = ["a": 1, "b": ["c": 2, "d": 3]]
    let second: JSONObject = ["b": ["d": 3, "c": 2], "a": 1]
    #expect(first == second)
    #expect(first.hashValue == second.hashValue)
    #expect(first != ["a": 1, "b": ["c": 2, "d": 4]])
    #expect(first != ["a": 1])
    #expect(Set([JSONValue.object(first), .object(second), ["a": 1]]).count == 2)
  }

  @Test func `an integer, a number and a string of one value are three values`() {
    #expect(Set([1, 1.0, "1", true, .unsigned(1)] as [JSONValue]).count == 5)
    #expect(JSONValue.string("\u{E9}") != .string("e\u{301}"))
  }

  @Test func `refuses members of one name`() {
    #expect(JSONObject(members: [("a", 1), ("b", 2), ("a", 3)]) == nil)
    let many = (0..<20).map { (name: "n\($0)", value: JSONValue.null) }
    #expect(JSONObject(members: many)?.count == 20)
    #expect(JSONObject(members: many + [("n3", nil)]) == nil)
  }

  @Test func `accessors answer for their kind alone`() {
    #expect((1 as JSONValue).integer == 1 && (1 as JSONValue).double == 1)
    #expect((1.0 as JSONValue).integer == nil && (1.0 as JSONValue).double == 1)
    #expect(JSONValue.unsigned(.max).integer == nil && JSONValue.unsigned(.max).double == 0x1p64)
    #expect(("a" as JSONValue).string == "a" && ("a" as JSONValue).array == nil)
    #expect((true as JSONValue).bool == true && (true as JSONValue).integer == nil)
    #expect((["a"] as JSONValue).array == ["a"] && (["a"] as JSONValue)["a"] == nil)
    #expect((["a": 1] as JSONValue)["a"] == 1 && (["a": 1] as JSONValue).object?.count == 1)
    #expect((nil as JSONValue).isNull && !(0 as JSONValue).isNull)
  }
}
