import Testing

@testable import rmt

@Suite("Lists on the command line")
struct CommaSeparatedTests {
  @Test func `elements keep their order`() throws {
    let list = try #require(CommaSeparated<Int>(argument: "4,1,2"))
    #expect(list.elements == [4, 1, 2])
    #expect(CommaSeparated<String>(argument: "yes, no ,ä")?.elements == ["yes", " no ", "ä"])
  }

  @Test(arguments: ["", ",", "1,", ",1", "1,,2", "1,x", "1;2", "99999999999999999999"])
  func `a missing or broken element is refused`(text: String) {
    #expect(CommaSeparated<Int>(argument: text)?.elements == nil)
  }
}
