import Testing

@testable import ExperimentReport

@Suite struct MarkupTests {
  @Test func `text and attributes cannot become markup`() {
    let markup = Markup.element(
      "text", ["title": "a\"b'<"], "<script>alert('&')</script>")
    #expect(
      markup.serialized
        == "<text title=\"a&quot;b&#39;&lt;\">"
        + "&lt;script&gt;alert(&#39;&amp;&#39;)&lt;/script&gt;</text>")
  }

  @Test func `characters that neither SVG nor HTML can hold are replaced`() {
    #expect(Markup.text("a\0b\u{1B}c\u{85}\t").serialized == "a\u{FFFD}b\u{FFFD}c\u{FFFD}\t")
  }

  @Test func `elements without children end where they begin, or not`() {
    #expect(Markup.element("path", ["d": "M0 0"]).serialized == "<path d=\"M0 0\"/>")
    #expect(Markup.element("td").serialized == "<td></td>")
  }

  @Test(arguments: [
    (0.0, "0"), (-0.001, "0"), (1.0, "1"), (1.5, "1.5"), (1.25, "1.25"), (1.05, "1.05"),
    (-12.344, "-12.34"), (2.999, "3"), (.nan, "0"), (.infinity, "0"),
  ])
  func `coordinates are short and exact`(value: Double, text: String) {
    #expect(NumberFormat.coordinate(value) == text)
  }

  @Test(arguments: [
    (0.0, "0"), (0.0005, "0.0005"), (5e-5, "5e-5"), (1e-8, "1e-8"), (0.30000000000000004, "0.3"),
    (3.14159, "3.14"), (12_345.0, "12,345"), (0.999, "0.999"), (-2.5, "−2.5"), (2e16, "2e16"),
  ])
  func `numbers are written in three digits`(value: Double, text: String) {
    #expect(NumberFormat.short(value) == text)
  }

  @Test func `shares, times and counts read as a person says them`() {
    #expect(NumberFormat.percentage(1) == "100\u{A0}%")
    #expect(NumberFormat.percentage(0) == "0\u{A0}%")
    #expect(NumberFormat.percentage(0.9056, digits: 2) == "90.56\u{A0}%")
    #expect(NumberFormat.percentage(0.99999) == "100\u{A0}%")
    #expect(NumberFormat.grouped(2_043_904) == "2,043,904")
    #expect(NumberFormat.decimal(1234.5, digits: 2) == "1,234.50")
    #expect(NumberFormat.duration(0.25) == "0.25 s")
    #expect(NumberFormat.duration(245) == "4 min 05 s")
    #expect(NumberFormat.duration(3720) == "1 h 02 min")
  }

  @Test func `the scale of one hue gets darker evenly`() {
    let scale = SequentialScale()
    let luminances = (0...20).map { step -> Int in
      let color = scale.color(at: Double(step) / 20).dropFirst()
      let bytes = stride(from: 0, to: 6, by: 2).compactMap {
        Int(color.dropFirst($0).prefix(2), radix: 16)
      }
      #expect(bytes.count == 3)
      return 2 * bytes[0] + 7 * bytes[1] + bytes[2]
    }
    #expect(zip(luminances, luminances.dropFirst()).allSatisfy { $0 > $1 })
    #expect(
      scale.color(at: -1) == scale.color(at: 0) && scale.color(at: .nan) == scale.color(at: 0))
  }
}
