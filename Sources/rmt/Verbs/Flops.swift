import ArgumentParser
import JSON
import ModelFile
import ModelSchema
import TensorStorage

/// `rmt flops`: what reading costs with full attention and with memory.
struct Flops: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show what full attention costs beside the recurrence, for any length.",
    discussion: """
      Counts floating-point operations of the forward pass by the formula of the paper. Full \
      attention over s tokens takes F(s) = s(24 L d^2 + 2 V d) + s^2 L (4 d + 10 h), the recurrence \
      F(p) s/p with segments of p positions; the saving is the ratio of the two. Without a shape \
      the models of the paper's table are shown.

      A shape is a native file, the name of one of these models, or layers, width, heads and \
      vocabulary:
      \(wrapped(TransformerShape.named.map(\.name)))

      Examples:
        rmt flops
        rmt flops bert-base opt-6.7b --tokens 4096,65536,2048000
        rmt flops 6,384,12,30522 --segment-positions 128
        rmt flops tuned.rmtw --json
      """)

  @Argument(
    help: ArgumentHelp("Names, files, or L,d,h,V.", valueName: "shape"), completion: .file())
  var shapes: [String] = []

  @Option(help: ArgumentHelp("Lengths of the text.", valueName: "n,…"))
  var tokens: CommaSeparated<Int> = CommaSeparated([2_048_000])

  @Option(help: ArgumentHelp("Positions of a segment.", valueName: "n"))
  var segmentPositions: Int = 512

  @OptionGroup var output: JSONOption

  /// Where products of counts are still exact to the digits that are shown.
  private static let largestTokenCount = 1 << 50

  func validate() throws {
    guard tokens.elements.allSatisfy({ (1...Self.largestTokenCount).contains($0) }) else {
      throw ValidationError("--tokens must lie between 1 and \(Self.largestTokenCount).")
    }
    guard (1...Self.largestTokenCount).contains(segmentPositions) else {
      throw ValidationError("--segment-positions must be at least 1.")
    }
  }

  func run() throws {
    let rows =
      try shapes.isEmpty
      ? TransformerShape.named.filter { TransformerShape.published.contains($0.name) }
      : shapes.map { ($0, try Self.shape($0)) }
    var table = TextTable(
      [.left, .right, .right, .right, .right],
      heading: ["model", "tokens", "full attention", "recurrence", "saving"])
    var results: [JSONValue] = []
    for (name, shape) in rows {
      for count in tokens.elements {
        let full = shape.fullAttentionOperationCount(tokenCount: Double(count))
        let recurrent = shape.recurrentOperationCount(
          tokenCount: Double(count), segmentPositions: Double(segmentPositions))
        table.add(
          name, grouped(count), "\(scientific(full)) FLOP", "\(scientific(recurrent)) FLOP",
          "×\(decimal(full / recurrent, digits: 2))")
        results.append([
          "model": .string(name), "layers": .integer(shape.layerCount),
          "hiddenSize": .integer(shape.hiddenSize), "heads": .integer(shape.headCount),
          "vocabulary": .integer(shape.vocabularySize), "tokens": .integer(count),
          "segmentPositions": .integer(segmentPositions), "fullAttention": .number(full),
          "recurrence": .number(recurrent), "saving": .number(full / recurrent),
        ])
      }
    }
    try StandardOutput.print(
      output.json
        ? JSONValue.object(["rows": .array(results)]).serialized(pretty: true) : table.text())
  }

  /// The shape that an argument names.
  ///
  /// - Throws: ``CommandError``; the errors of opening a model.
  private static func shape(_ argument: String) throws -> TransformerShape {
    if let known = TransformerShape.named.first(where: { $0.name == argument }) {
      return known.shape
    }
    // A list of digits is meant as a shape even where its numbers are too large to be read.
    if argument.contains(","), argument.allSatisfy({ $0.isNumber || ",-+ ".contains($0) }) {
      let sizes = CommaSeparated<Int>(argument: argument)?.elements ?? []
      guard sizes.count == 4,
        let shape = TransformerShape(
          layerCount: sizes[0], hiddenSize: sizes[1], headCount: sizes[2],
          vocabularySize: sizes[3])
      else {
        throw CommandError.usage(
          problem: "\"\(argument)\" is no shape",
          advice: "Give layers, width, heads and vocabulary as in 12,768,12,28996; the heads "
            + "divide the width.")
      }
      return shape
    }
    do {
      return TransformerShape(try ModelFile(path: argument).description.encoder)
    } catch let error as FileError where !argument.contains("/") && !argument.contains(".rmtw") {
      throw CommandError.usage(
        problem: "\"\(argument)\" is no model that is known by name, and \(error.problem)",
        advice: "`rmt help flops` lists the names.")
    }
  }

  /// Names in lines that fit the help.
  private static func wrapped(_ names: [String]) -> String {
    var lines = [""]
    for name in names {
      if (lines.last ?? "").count + name.count > 70 { lines.append("") }
      lines[lines.count - 1] += (lines.last ?? "").isEmpty ? "  \(name)" : ", \(name)"
    }
    return lines.joined(separator: ",\n")
  }
}
