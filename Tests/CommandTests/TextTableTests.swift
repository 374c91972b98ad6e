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

  @Test func `a cell takes one line and moves no cursor, whatever a file named`() {
    var table = TextTable([.left])
    table.add("\u{1B}[2Jname\nrmt: all good")
    #expect(table.text() == "\u{FFFD}[2Jname\u{FFFD}rmt: all good")
  }
}
