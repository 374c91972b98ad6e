/// The shades in which attention weights are drawn: evenly spaced in the weight's square root, so that
/// small weights are told apart and large ones still stand out.
struct WeightShades {
  /// Shades from white to dark.
  static let levelCount = 24

  /// The weight of the darkest shade.
  let largest: Float

  private let scale = SequentialScale()

  /// Where a weight lies on the scale, from 0 to 1.
  func place(of weight: Double) -> Double {
    largest > 0 ? min(1, max(0, weight / Double(largest)).squareRoot()) : 0
  }

  /// A shade's colour.
  func color(_ level: Int) -> String {
    scale.color(at: Double(level) / Double(Self.levelCount - 1))
  }

  /// Weights to write beside the scale.
  var ticks: [Double] {
    [0, 0.001, 0.005, 0.02, 0.05, 0.1, 0.2, 0.4, 0.7, 1].reduce(into: []) { ticks, weight in
      let place = place(of: weight)
      guard weight <= Double(largest) * 1.0001, place - (ticks.last.map(self.place) ?? -1) > 0.12
      else { return }
      ticks.append(weight)
    }
  }

  /// The cells of a square of weights, one path a shade; white is left to the paper.
  func paths(_ weights: [Float], side: Int, cell: Double) -> [Markup] {
    var paths = [String](repeating: "", count: Self.levelCount)
    for row in 0..<side {
      var column = 0
      while column < side {
        let level = level(of: weights[row * side + column])
        var end = column + 1
        while end < side, self.level(of: weights[row * side + end]) == level { end += 1 }
        let length = cell * Double(end - column)
        paths[level] +=
          "M\(NumberFormat.coordinate(cell * Double(column))) "
          + "\(NumberFormat.coordinate(cell * Double(row)))h\(NumberFormat.coordinate(length))"
          + "v\(NumberFormat.coordinate(cell))h-\(NumberFormat.coordinate(length))z"
        column = end
      }
    }
    return paths.enumerated().dropFirst().compactMap { level, path in
      path.isEmpty
        ? nil
        : .element(
          "path",
          ["d": path, "fill": color(level), "shape-rendering": "crispEdges"])
    }
  }

  private func level(of weight: Float) -> Int {
    Int((place(of: Double(weight)) * Double(Self.levelCount - 1)).rounded())
  }
}
