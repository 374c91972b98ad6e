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
      F(p) s/p with segments of p positions; the saving is the ratio of the two. In segments of a file \
      with memory less than p is text, so that it takes more of them. 2 V d is the head over the \
      vocabulary, counted for every model as the paper does. Without a shape the models of the \
      paper's table are shown.

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

  @Option(
    help: ArgumentHelp(
      "Positions of a segment; unless given, those of a file with memory, 512 for other shapes.",
      valueName: "n"))
  var segmentPositions: Int?

  @OptionGroup var output: JSONOption

  /// The positions of a segment in the paper's table.
  private static let usualSegmentPositions = 512
  /// Where products of counts are still exact to the digits that are shown.
  private static let largestTokenCount = 1 << 50

  func validate() throws {
    guard tokens.elements.allSatisfy({ (1...Self.largestTokenCount).contains($0) }) else {
      throw ValidationError("--tokens must lie between 1 and \(Self.largestTokenCount).")
    }
    guard (1...Self.largestTokenCount).contains(segmentPositions ?? 1) else {
      throw ValidationError(
        "--segment-positions must lie between 1 and \(Self.largestTokenCount).")
    }
  }

  func run() throws {
    let rows: [(String, TransformerShape, memory: MemoryConfiguration?)] =
      try shapes.isEmpty
      ? TransformerShape.named.filter { TransformerShape.published.contains($0.name) }
        .map { ($0.name, $0.shape, nil) }
      : shapes.map {
        let (shape, memory) = try Self.shape($0)
        return ($0, shape, memory)
      }
    var table = TextTable(
      [.left, .right, .right, .right, .right, .right],
      heading: ["model", "tokens", "full attention", "positions", "recurrence", "saving"])
    var results: [JSONValue] = []
    for (name, shape, memory) in rows {
      let segmentPositions =
        segmentPositions ?? memory?.segmentPositions ?? Self.usualSegmentPositions
      let overhead = memory.map { $0.segmentPositions - $0.segmentSize } ?? 0
      guard segmentPositions > overhead else {
        throw CommandError.usage(
          problem: "\(overhead) positions of a segment of \(name) are memory and special tokens",
          advice: "Give more with --segment-positions.")
      }
      for count in tokens.elements {
        let full = shape.fullAttentionOperationCount(tokenCount: Double(count))
        let recurrent = shape.recurrentOperationCount(
          tokenCount: Double(count), segmentPositions: Double(segmentPositions),
          overhead: Double(overhead))
        table.add(
          name, grouped(count), "\(scientific(full)) FLOP", grouped(segmentPositions),
          "\(scientific(recurrent)) FLOP",
          "×\(decimal(full / recurrent, digits: 2))")
        results.append([
          "model": .string(name), "layers": .integer(shape.layerCount),
          "hiddenSize": .integer(shape.hiddenSize), "heads": .integer(shape.headCount),
          "vocabulary": .integer(shape.vocabularySize), "tokens": .integer(count),
          "segmentPositions": .integer(segmentPositions),
          "segmentTokens": .integer(segmentPositions - overhead), "fullAttention": .number(full),
          "recurrence": .number(recurrent), "saving": .number(full / recurrent),
        ])
      }
    }
    try StandardOutput.print(
      output.json
        ? JSONValue.object(["rows": .array(results)]).serialized(pretty: true) : table.text())
  }

  /// The shape that an argument names, and its memory where it is a file that has one.
  ///
  /// - Throws: ``CommandError``; the errors of opening a model.
  private static func shape(
    _ argument: String
  ) throws -> (TransformerShape, memory: MemoryConfiguration?) {
    if let known = TransformerShape.named.first(where: { $0.name == argument }) {
      return (known.shape, nil)
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
      return (shape, nil)
    }
    do {
      let description = try ModelFile(path: argument).description
      return (TransformerShape(description.encoder), description.memory)
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
