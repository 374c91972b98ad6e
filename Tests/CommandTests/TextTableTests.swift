import Testing

@testable import rmt

@Suite("Tables")
struct TextTableTests {
  @Test func `columns are aligned and lines end without blanks`() {
    var table = TextTable([.left, .right, .left], heading: ["name", "size", "note"])
    table.add("a", "10", "")
    table.add("longer", "9", "x")
    #expect(
      table.text(indentation: 2) == """
          name    size  note
          a         10
          longer     9  x
        """)
  }
}
