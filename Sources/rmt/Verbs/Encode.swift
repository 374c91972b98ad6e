import ArgumentParser
import JSON
import ModelFile
import ModelSchema
import RecurrentMemory
import Safetensors
import TensorStorage
import Tokenizers

/// `rmt encode`: hidden states of a text as a safetensors file.
struct Encode: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write a text's hidden states, memory and logits to a safetensors file.",
    discussion: """
      The file holds last_hidden_state [1, T, d] and pooler_output [1, d], and logits [1, labels] \
      when the model has labels. For a model with memory these are of the last segment, and \
      memory [N, m, d] is the memory after each of the N segments.

      A model without memory reads one text of at most as many tokens as it has positions; a longer \
      one is refused and never cut. --ids are taken as they are, special tokens included, by a \
      model without memory; a model with memory places its own and drops those among the ids.

      Examples:
        rmt encode bert.rmtw --text "A garden, an office." -o states.safetensors
        rmt encode tuned.rmtw --file document.txt -o states.safetensors
        rmt encode bert.rmtw --ids 101,7592,102 -o states.safetensors
      """)

  @Argument(help: ArgumentHelp("A native file.", valueName: "file.rmtw"), completion: .file())
  var path: String

  @Option(help: "The text itself.")
  var text: String?

  @Option(help: "A file that holds the text; - is standard input.", completion: .file())
  var file: String?

  @Option(help: ArgumentHelp("Token ids.", valueName: "101,7592,102"))
  var ids: CommaSeparated<Int32>?

  @Option(
    name: [.customShort("o"), .customLong("output")],
    help: ArgumentHelp("The file to write.", valueName: "out.safetensors"))
  var outputPath: String

  @Option(help: ArgumentHelp("Threads; all cores unless given.", valueName: "n"))
  var threads: Int?

  @OptionGroup var forceOption: ForceOption
  @OptionGroup var messages: MessageOptions

  func validate() throws {
    if let threads, !(1...1024).contains(threads) {
      throw ValidationError("--threads must lie between 1 and 1024.")
    }
    guard [text != nil, file != nil, ids != nil].count(where: { $0 }) == 1 else {
      throw ValidationError("Give exactly one of --text, --file and --ids.")
    }
  }

  func run() throws {
    try OutputCheck.file(
      outputPath, inputs: [path, file ?? "-"], collision: forceOption.collision)
    let model = try ModelFile(path: path)
    let input = try readInput(model)
    let states =
      if let memory = model.description.memory {
        try encodeSegments(input, model: model, memory: memory)
      } else {
        try encodeWhole(input, model: model)
      }
    try states.write(to: outputPath, collision: forceOption.collision)
    if !messages.quiet {
      var table = TextTable([.left, .left])
      for (name, shape) in states.shapes { table.add(name, "\(shape)") }
      try StandardOutput.print("\(outputPath):\n" + table.text(indentation: 2))
    }
  }

  private func readInput(_ model: ModelFile) throws -> EncoderInput {
    if let ids { return try EncoderInput(ids: ids.elements, model: model) }
    if let text { return try EncoderInput(text: text, name: "--text", model: model) }
    let path = file ?? "-"
    let name = path == "-" ? "standard input" : path
    let (text, encoding) = TextDecoder.decode(try DocumentBytes.read(path))
    if encoding != .utf8 {
      messages.log.notice("\(name) is not UTF-8 and was read as \(encoding.rawValue).")
    }
    return try EncoderInput(text: text, name: name, model: model)
  }

  /// A model without memory sees the text at once, or not at all.
  private func encodeWhole(_ input: EncoderInput, model: ModelFile) throws -> NamedStates {
    let limit = model.description.encoder.maximumPositions
    let tokens = input.framedTokens
    guard tokens.count <= limit else {
      throw CommandError.badData(
        place: input.name,
        problem:
          "\(tokens.count) tokens with the special ones, but the model has \(limit) positions",
        advice: "Give it memory for longer texts: rmt attach.")
    }
    let output = try SequenceReader(model: model, threadCount: threads.orEveryCore).read(tokens)
    let width = model.description.encoder.hiddenSize
    var states = NamedStates()
    states.add("last_hidden_state", [1, tokens.count, width], output.hiddenStates)
    states.add("pooler_output", [1, width], output.pooledState)
    if !output.logits.isEmpty { states.add("logits", [1, output.logits.count], output.logits) }
    return states
  }

  /// A model with memory reads segment by segment.
  private func encodeSegments(
    _ input: EncoderInput, model: ModelFile, memory: MemoryConfiguration
  ) throws -> NamedStates {
    let tokens = input.documentTokens
    guard !tokens.isEmpty else { throw CommandError.emptyDocument(path: input.name) }
    let pieces = Segmentation.pieces(tokenCount: tokens.count, memory: memory)
    let width = model.description.encoder.hiddenSize
    let reader = try RecurrentReader(model: model, threadCount: threads.orEveryCore)
    let bar = ProgressBar("encoding", unit: .things("segments"), isShown: !messages.quiet)
    var memories: [Float] = []
    for (index, piece) in pieces.enumerated() {
      try Interruption.check()
      try reader.read(tokens[piece])
      memories += reader.memory
      bar.update(index + 1, of: pieces.count)
    }
    var states = NamedStates()
    states.add("last_hidden_state", [1, reader.positionCount, width], reader.hiddenStates)
    states.add("pooler_output", [1, width], reader.pooledState())
    states.add("memory", [pieces.count, memory.tokenCount, width], memories)
    let logits = reader.logits()
    if !logits.isEmpty { states.add("logits", [1, logits.count], logits) }
    return states
  }
}
