import Testing

@testable import ExperimentReport

@Suite struct ChartTests {
  @Test(arguments: [
    ([0.0, 1], false, [0, 0.2, 0.4, 0.6, 0.8, 1]),
    ([3.0, 97], true, [0, 20, 40, 60, 80, 100]),
    ([5.0], false, [2.5, 5, 7.5]),
    ([-1.0, 1], false, [-1, -0.5, 0, 0.5, 1]),
  ])
  func `marks of a linear axis are round and enclose the numbers`(
    values: [Double], includesZero: Bool, marks: [Double]
  ) {
    let axis = Axis("x", scale: .linear, values: values, includesZero: includesZero)
    #expect(axis.ticks.count == marks.count)
    #expect(zip(axis.ticks, marks).allSatisfy { abs($0.value - $1) < 1e-12 }, "\(axis.ticks)")
  }

  @Test func `an axis of powers has a mark at each, or at every second`() {
    let all = Axis("n", scale: .logarithmic2, values: [1, 4096], tickLimit: 13)
    #expect(all.ticks.map(\.value) == (0...12).map { Double(1 << $0) })
    let some = Axis("n", scale: .logarithmic2, values: [1, 4096], tickLimit: 7)
    #expect(some.ticks.map(\.value) == [1, 4, 16, 64, 256, 1024, 4096])
    #expect(abs(all.place(of: 64) - 0.5) < 1e-12)
    let one = Axis("n", scale: .logarithmic2, values: [1])
    #expect(one.place(of: 1) == 0 && one.bounds == 1...2)
  }

  @Test func `an axis of nothing, of zeros and of strange numbers stands`() {
    for values in [[], [0.0], [-3.0], [Double.nan, .infinity], [1e300, -1e300]] {
      for scale in [Axis.Scale.linear, .logarithmic2, .logarithmic10] {
        let axis = Axis("x", scale: scale, values: values)
        #expect(axis.bounds.upperBound > axis.bounds.lowerBound)
        #expect(axis.ticks.count < 1002)
      }
    }
  }

  @Test func `a line goes through its points`() {
    let axis = Axis("x", scale: .linear, values: [0, 1])
    let chart = LineChart(
      title: "test", xAxis: axis, yAxis: axis,
      series: [
        LineChart.Series(
          name: "a<b", style: .measured, color: 0,
          points: [
            LineChart.Point(x: 0, y: 0), LineChart.Point(x: 1, y: 1, interval: 0.5...1),
            LineChart.Point(x: .nan, y: 1),
          ])
      ], divisions: [(0, "stage 1"), (0.01, "stage 2")], reference: (0.5, "chance"))
    let svg = chart.svg(width: 300, height: 200).serialized
    #expect(MarkupCheck.fault(in: svg) == nil)
    // The plot goes from (62, 46) to (282, 154).
    #expect(svg.contains("d=\"M62 154L282 46\""))
    #expect(svg.contains("M282 100V46"))
    #expect(svg.contains("a&lt;b"))
    #expect(svg.contains("stage 1") && !svg.contains("stage 2"))
    #expect(svg.ranges(of: "class=\"division\"").count == 2)
  }

  @Test func `a legend that is wider than the chart goes on in a second row, the plot below it`() {
    let axis = Axis("x", scale: .linear, values: [0, 1])
    let series = ["in the first segment", "at random places", "paper"].map {
      LineChart.Series(
        name: $0, style: .curve, color: 0, points: [LineChart.Point(x: 0, y: 0)])
    }
    let chart = LineChart(title: "test", xAxis: axis, yAxis: axis, series: series)
    let wide = chart.svg(width: 720, height: 200).serialized
    #expect(wide.ranges(of: "y=\"16\"").count == 3 && !wide.contains("y=\"36\""))
    let narrow = chart.svg(width: 300, height: 200).serialized
    // 62 + 28 + 20 letters of 6.6 units are 222 of 282: the second and third have a row of their own.
    #expect(narrow.ranges(of: "y=\"16\"").count == 1 && narrow.ranges(of: "y=\"36\"").count == 2)
    #expect(wide.contains("M62 34H") && narrow.contains("M62 54H") && !narrow.contains("M62 34H"))
  }

  @Test func `many points become few, with the range of what they stand for`() {
    let points = (0..<10_000).map { LineChart.Point(x: Double($0), y: Double($0 % 10)) }
    let few = LineChart.condensed(points, limit: 100)
    #expect(few.count == 100)
    #expect(few.allSatisfy { $0.interval == 0...9 && abs($0.y - 4.5) < 0.01 })
    #expect(LineChart.condensed(Array(points.prefix(100)), limit: 100) == Array(points.prefix(100)))
  }
}
