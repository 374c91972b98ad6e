import ArgumentParser
import JSON
import ModelFile
import ModelSchema
import RecurrentMemory
import TensorStorage

/// `rmt attach`: memory tokens and a classifier for a converted model.
struct Attach: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Give a converted model memory tokens and a classifier.",
    discussion: """
      The memory starts as random rows like those of the word embeddings, and the classifier as a \
      random matrix; both are drawn from the seed and mean nothing before fine-tuning. A classifier \
      that the model already has is kept when no --labels are given.

      Example:
        rmt attach bert.rmtw -o memory.rmtw --memory-tokens 10 --labels yes,no
      """)

  @Argument(help: ArgumentHelp("A native file.", valueName: "file.rmtw"), completion: .file())
  var path: String

  @Option(
    name: [.customShort("o"), .customLong("output")],
    help: ArgumentHelp("The native file to write.", valueName: "file.rmtw"))
  var outputPath: String

  @Option(help: ArgumentHelp("Memory tokens m that go from segment to segment.", valueName: "n"))
  var memoryTokens: Int

  @Option(help: ArgumentHelp("Names of the classes.", valueName: "a,b,c"))
  var labels: CommaSeparated<String>?

  @Option(
    help: ArgumentHelp(
      """
      Positions of a full segment, memory and special tokens included; those of the memory that \
      the model has, or all its positions, unless given.
      """,
      valueName: "n"))
  var segmentPositions: Int?

  @Option(
    help: """
      Which piece of a document is the short one: right: the first, left: the last; as the \
      model's memory has it, or right, unless given.
      """)
  var alignment: MemoryConfiguration.Alignment?

  @Option(
    name: .customLong("frame-ids"),
    help: ArgumentHelp(
      "Ids of [CLS] and [SEP], for a model without tokenizer; the memory's own unless given.",
      valueName: "101,102"))
  var frameIDs: CommaSeparated<Int>?

  @Option(help: ArgumentHelp("Seed of the random numbers.", valueName: "n"))
  var seed: UInt64 = 0

  @OptionGroup var forceOption: ForceOption
  @OptionGroup var output: JSONOption
  @OptionGroup var messages: MessageOptions

  func validate() throws {
    // The bounds keep sums of the two far from overflow; what fits the model the model says.
    for (name, value) in [
      ("--memory-tokens", memoryTokens), ("--segment-positions", segmentPositions ?? 1),
    ] {
      guard (1...1 << 24).contains(value) else {
        throw ValidationError("\(name) must lie between 1 and \(1 << 24).")
      }
    }
    if let frameIDs, frameIDs.elements.count != 2 {
      throw ValidationError("--frame-ids takes two ids, that of [CLS] and that of [SEP].")
    }
    if let labels, Set(labels.elements).count < labels.elements.count {
      throw ValidationError("--labels names a class twice.")
    }
  }

  func run() throws {
    try OutputCheck.file(outputPath, inputs: [path], collision: forceOption.collision)
    let model = try ModelFile(path: path)
    let previous = model.description.memory
    if frameIDs != nil, model.hasTokenizer {
      throw CommandError.usage(
        problem: "--frame-ids is for models without tokenizer, and \(path) has one",
        advice: "Leave the option out: the tokenizer knows these ids.")
    }
    let frame = frameIDs.map {
      SegmentFrame(classification: $0.elements[0], separator: $0.elements[1])
    }
    let attachment = MemoryAttachment(
      memory: MemoryConfiguration(
        tokenCount: memoryTokens,
        segmentPositions: segmentPositions ?? previous?.segmentPositions
          ?? model.description.encoder.maximumPositions,
        alignment: alignment ?? previous?.alignment ?? .right,
        frame: frame ?? previous?.frame),
      labels: labels?.elements, seed: seed)
    let report = try attachment.attach(
      to: model, writing: outputPath, collision: forceOption.collision)
    if report.description.labels.isEmpty {
      messages.log.notice("The model has no labels: it can be encoded with, but not trained.")
    }
    if !model.hasTokenizer, report.description.memory?.frame == nil {
      messages.log.notice(
        "The model has no tokenizer: without --frame-ids it cannot read a segment.")
    }
    if output.json {
      let result: JSONValue = [
        "file": .string(outputPath), "model": report.description.summaryJSON,
        "created": .array(report.created.map { .string($0) }),
      ]
      try StandardOutput.print(result.serialized(pretty: true))
    } else {
      let created = report.created.map { "created \($0)" }
      try StandardOutput.print(
        (["\(outputPath):", report.description.text] + created).joined(separator: "\n"))
    }
  }
}
