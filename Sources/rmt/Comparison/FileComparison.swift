import CheckpointConversion
import JSON
import TensorStorage

/// Two weight files, tensor by tensor.
struct FileComparison {
  /// A tensor that both files hold in the same shape.
  struct Match {
    let name: String
    let description: TensorDescription
    let difference: TensorDifference
  }

  /// The largest difference that counts as the same.
  let tolerance: Double
  /// Tensors compared, in the first file's order.
  private(set) var matches: [Match] = []
  /// Tensors with two shapes.
  private(set) var reshaped: [(name: String, first: Shape, second: Shape)] = []
  /// Names that only the first file has.
  private(set) var onlyInFirst: [String] = []
  /// Names that only the second file has.
  private(set) var onlyInSecond: [String] = []

  /// Reads and compares everything.
  ///
  /// - Throws: what the sources throw; `Interrupted`.
  init(
    first: any TensorSource, second: any TensorSource, tolerance: Double, progress: ProgressBar
  ) throws {
    self.tolerance = tolerance
    let others = Dictionary(
      second.tensors.map { (Array($0.name.utf8), $0) }, uniquingKeysWith: { one, _ in one })
    let total = first.tensors.reduce(0) { $0 + $1.byteCount }
    var done = 0
    for tensor in first.tensors {
      guard let other = others[Array(tensor.name.utf8)] else {
        onlyInFirst.append(tensor.name)
        continue
      }
      guard other.shape == tensor.shape else {
        reshaped.append((tensor.name, tensor.shape, other.shape))
        continue
      }
      let difference = try TensorDifference(tensor, of: first, other, of: second) { elementCount in
        done += elementCount * tensor.elementType.byteWidth
        progress.update(done, of: total)
        try Interruption.check()
      }
      matches.append(Match(name: tensor.name, description: tensor, difference: difference))
    }
    let names = Set(first.tensors.map { Array($0.name.utf8) })
    onlyInSecond = second.tensors.map(\.name).filter { !names.contains(Array($0.utf8)) }
    progress.finish()
  }

  /// The largest difference of all.
  var largest: Double { matches.map(\.difference.largest).max() ?? 0 }

  /// Whether both files hold the same tensors within the tolerance.
  var isWithinTolerance: Bool {
    largest <= tolerance && reshaped.isEmpty && onlyInFirst.isEmpty && onlyInSecond.isEmpty
      && !matches.isEmpty
  }

  /// One clause on what differs.
  var summary: String {
    if matches.isEmpty && reshaped.isEmpty { return "the files have no tensor in common" }
    let beyond = matches.count { $0.difference.largest > tolerance }
    var parts: [String] = []
    if beyond > 0 {
      parts.append(
        "\(beyond) of \(matches.count) tensors differ by more than \(scientific(tolerance)), "
          + "at most by \(scientific(largest))")
    }
    if !reshaped.isEmpty { parts.append("\(reshaped.count) have different shapes") }
    let missing = onlyInFirst.count + onlyInSecond.count
    if missing > 0 { parts.append("\(missing) are in one file only") }
    return parts.joined(separator: "; ")
  }

  /// What a person reads.
  var text: String {
    var lines: [String] = []
    var table = TextTable([.left, .left, .right], heading: ["tensor", "shape", "difference"])
    for match in matches {
      table.add(
        match.name, "\(match.description.shape)", scientific(match.difference.largest))
    }
    if !matches.isEmpty { lines.append(table.text()) }
    for (name, first, second) in reshaped {
      lines.append("\(name.printableName): shape \(first) and \(second)")
    }
    for name in onlyInFirst { lines.append("\(name.printableName): only in the first") }
    for name in onlyInSecond { lines.append("\(name.printableName): only in the second") }
    if !matches.isEmpty {
      lines.append("\(matches.count) tensors compared, largest difference \(scientific(largest))")
    }
    return lines.joined(separator: "\n")
  }

  /// The same for a program; a difference that is not finite is `null`.
  var json: JSONValue {
    [
      "withinTolerance": .bool(isWithinTolerance),
      "tolerance": .number(tolerance),
      "largestDifference": .number(largest),
      "tensors": .array(
        matches.map {
          [
            "name": .string($0.name),
            "shape": .array($0.description.shape.dimensions.map { .integer($0) }),
            "largestDifference": .number($0.difference.largest),
            "position": $0.difference.position.map { .integer($0) } ?? .null,
          ]
        }),
      "shapesDiffer": .array(
        reshaped.map {
          [
            "name": .string($0.name),
            "first": .array($0.first.dimensions.map { .integer($0) }),
            "second": .array($0.second.dimensions.map { .integer($0) }),
          ]
        }),
      "onlyInFirst": .array(onlyInFirst.map { .string($0) }),
      "onlyInSecond": .array(onlyInSecond.map { .string($0) }),
    ]
  }
}
