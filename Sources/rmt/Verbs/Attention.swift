import ArgumentParser
import ExperimentReport
import ModelFile
import ModelSchema
import RecurrentMemory
import TensorStorage

/// `rmt attention`: a picture of who reads and writes memory.
struct Attention: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Draw who reads and writes memory, by segment and layer.",
    discussion: """
      Reads a document and draws the attention weights of some of its segments: a column of \
      panels for each segment, a row for each layer, mean over its heads. Memory has a row and a \
      column for each token; the text is gathered into cells that show the largest weight in them, \
      so the picture has the same size for any length. Segments and layers count from 0.

      Without --segments these are shown: all of up to four segments, else the first, two in the \
      middle and the last.

      Examples:
        rmt attention tuned.rmtw letter.txt -o maps.svg
        rmt attention tuned.rmtw letter.txt -o maps.svg --segments 0,1,last
        rmt attention tuned.rmtw letter.txt -o heads.svg --layers 2 --heads
      """)

  @Argument(
    help: ArgumentHelp("A native file with memory and labels.", valueName: "file.rmtw"),
    completion: .file())
  var path: String

  @Argument(help: "A text file; - is standard input.", completion: .file())
  var document: String

  @Option(
    name: [.customShort("o"), .customLong("output")],
    help: ArgumentHelp("The picture to write.", valueName: "maps.svg"))
  var outputPath: String

  @Option(help: ArgumentHelp("Segments to show, from 0; last is the last.", valueName: "0,1,last"))
  var segments: CommaSeparated<SegmentNumber>?

  @Option(help: ArgumentHelp("Layers to show, from 0; all unless given.", valueName: "n,…"))
  var layers: CommaSeparated<Int>?

  @Flag(help: "A panel for each head in place of their mean.")
  var heads = false

  @Option(help: ArgumentHelp("Threads; all cores unless given.", valueName: "n"))
  var threads: Int?

  @OptionGroup var forceOption: ForceOption
  @OptionGroup var messages: MessageOptions

  func validate() throws {
    if let threads, !(1...1024).contains(threads) {
      throw ValidationError("--threads must lie between 1 and 1024.")
    }
  }

  func run() throws {
    let model = try ModelFile(path: path)
    let memory = try model.memory(segmentPositions: nil)
    let selection = try selection(for: model.description.encoder)
    guard let tokenizer = try model.tokenizer() else { throw RecurrenceError.noTokenizer }
    try OutputCheck.file(
      outputPath, inputs: [path, document], collision: forceOption.collision)
    let document = try Document(path: document, tokenizer: tokenizer, log: messages.log)
    let pieces = Segmentation.pieces(tokenCount: document.tokenCount, memory: memory)
    let shown = try SegmentNumber.resolve(segments?.elements, segmentCount: pieces.count)
    try checkPanelCount(shown.count, selection, model.description.encoder)

    let reader = try RecurrentReader(model: model, threadCount: threads.orEveryCore)
    let bar = ProgressBar("reading", unit: .things("segments"), isShown: !messages.quiet)
    var maps = AttentionMaps()
    var tokens = document.tokens(from: 0)
    for (index, piece) in pieces.enumerated() {
      try Interruption.check()
      let segment = try tokens.next(piece.count)
      if shown.contains(index) {
        try maps.add(segment: index, segment, of: reader, tokenizer: tokenizer, selection)
      }
      try reader.read(segment)
      bar.update(index + 1, of: pieces.count)
    }
    bar.finish()
    let answer = ClassProbabilities(logits: reader.logits())
    let label = model.description.labels[answer.best]
    maps.subtitle =
      "\(document.name), \(counted(document.tokenCount, "token")) in "
      + "\(counted(pieces.count, "segment")), read by \(path): \(label), "
      + percentage(answer.values[answer.best])
    var writer = try AtomicFileWriter(path: outputPath, collision: forceOption.collision)
    try writer.write(Array(maps.svg.utf8))
    try writer.commit()
    messages.log.info("\(outputPath): \(label)")
  }

  private func selection(for encoder: EncoderConfiguration) throws -> AttentionMaps.Selection {
    let limit = encoder.layerCount
    if let layer = layers?.elements.first(where: { !(0..<limit).contains($0) }) {
      throw CommandError.usage(
        problem: "layer \(layer) is not among the model's \(limit)",
        advice: "Give --layers from 0 to \(limit - 1).")
    }
    return AttentionMaps.Selection(layers: layers?.elements, showsHeads: heads)
  }

  private func checkPanelCount(
    _ segmentCount: Int, _ selection: AttentionMaps.Selection, _ encoder: EncoderConfiguration
  ) throws {
    let count =
      segmentCount
      * selection.panelCount(
        layerCount: encoder.layerCount, headCount: encoder.headCount)
    guard count <= AttentionMaps.panelLimit else {
      throw CommandError.usage(
        problem: "\(count) panels are more than the \(AttentionMaps.panelLimit) that fit a picture",
        advice: "Show fewer with --segments and --layers.")
    }
  }
}
