import ArgumentParser
import FineTuning
import JSON
import ModelSchema
import RecurrentMemory
import TensorStorage
import Tokenizers

/// `rmt create`: a BERT with random weights.
struct Create: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Make a BERT with random weights, to pretrain or to compare with.",
    discussion: """
      The vocabulary is a vocab.txt, or is learned from text files: the characters, and the word \
      pieces that WordPiece's training merges from them. Matrices and tables are drawn from N(0, σ²), with 0.02 as BERT's were \
      before it was pretrained.

      Example:
        rmt create -o random.rmtw --vocabulary-from books/ \\
          --vocabulary-size 4000 --hidden-size 128 --layers 2 --heads 2
      """)

  @Option(
    name: [.customShort("o"), .customLong("output")],
    help: ArgumentHelp("The native file to write.", valueName: "file.rmtw"))
  var outputPath: String

  @Option(
    help: ArgumentHelp("A vocabulary, one token a line.", valueName: "vocab.txt"),
    completion: .file())
  var vocabulary: String?

  @Option(
    help: ArgumentHelp(
      "Text file or folder to learn a vocabulary from; may be repeated.", valueName: "path"),
    completion: .file())
  var vocabularyFrom: [String] = []

  @Option(
    help: ArgumentHelp(
      "Share of the words that a vocabulary is learned from which are the program's own sentences: those of the tasks and of the background; at most \(Self.largestShareBesideText) beside text, and with 1 no text is needed.",
      valueName: "x"))
  var generatedShare: Double = 0

  @Option(help: ArgumentHelp("Pieces of a vocabulary that is learned, at most.", valueName: "n"))
  var vocabularySize: Int?

  @Flag(help: "Tell capital letters from small ones.")
  var cased = false

  @Option(help: ArgumentHelp("Width d of a hidden state.", valueName: "n"))
  var hiddenSize: Int

  @Option(help: ArgumentHelp("Encoder layers.", valueName: "n"))
  var layers: Int

  @Option(help: ArgumentHelp("Attention heads; divides the hidden size.", valueName: "n"))
  var heads: Int

  @Option(
    help: ArgumentHelp(
      "Width of the feed-forward network; four times the hidden size unless given.", valueName: "n")
  )
  var intermediateSize: Int?

  @Option(
    help: ArgumentHelp(
      "Makes an ALBERT, with embeddings of this width and layers that share their parameters.",
      valueName: "n"))
  var embeddingSize: Int?

  @Option(
    help: ArgumentHelp(
      "Sets of parameters that an ALBERT's layers share; 1 unless given.", valueName: "n"))
  var layerGroups: Int?

  @Option(help: ArgumentHelp("Positions: the most tokens that a segment can have.", valueName: "n"))
  var positions: Int = 512

  @Option(
    help: ArgumentHelp(
      "Standard deviation σ of the matrices and tables. BERT's 0.02 is meant for hidden states of 768 numbers; narrow models learn sooner with σ·√(768 / d).",
      valueName: "x"))
  var initializerRange: Double = 0.02

  @Option(help: ArgumentHelp("Seed of the random numbers.", valueName: "n"))
  var seed: UInt64 = 0

  @OptionGroup var forceOption: ForceOption
  @OptionGroup var output: JSONOption
  @OptionGroup var messages: MessageOptions

  /// How often two pieces stand side by side before they become one: once is enough, so that a vocabulary
  /// is as large as asked for wherever the text allows it; the reference does the same.
  private static let minimumFrequency = 1

  /// The largest share of generated text beside other text: 99 times as much of it.
  private static let largestShareBesideText = 0.99

  /// Bytes of generated text where there is no other.
  private static let generatedByteCount = 1 << 20

  func validate() throws {
    let learns = !vocabularyFrom.isEmpty || generatedShare == 1
    guard (vocabulary == nil) == learns else {
      throw ValidationError(
        "Give exactly one of --vocabulary and --vocabulary-from, or --generated-share 1.")
    }
    let allowedShares = vocabulary == nil ? 0...Self.largestShareBesideText : 0...0
    guard generatedShare == 1 && vocabularyFrom.isEmpty || allowedShares.contains(generatedShare)
    else {
      throw ValidationError(
        "--generated-share lies from 0 to \(Self.largestShareBesideText) beside --vocabulary-from, "
          + "is 1 without it, and 0 beside --vocabulary.")
    }
    guard (vocabularySize != nil) == learns else {
      throw ValidationError("--vocabulary-size belongs to a vocabulary that is learned.")
    }
    // What a configuration may hold; within these bounds the numbers of a model can be counted.
    typealias Bounds = EncoderConfiguration.Bounds
    for (name, value, bounds) in [
      ("--vocabulary-size", vocabularySize ?? 7, 7...Bounds.vocabularySize.upperBound),
      ("--hidden-size", hiddenSize, Bounds.hiddenSize),
      ("--embedding-size", embeddingSize ?? 1, Bounds.hiddenSize),
      ("--layers", layers, Bounds.layerCount),
      ("--heads", heads, Bounds.headCount),
      ("--intermediate-size", intermediateSize ?? 1, Bounds.intermediateSize),
      (
        "--positions", positions,
        PretrainingText.leastPositionCount...Bounds.maximumPositions.upperBound
      ),
    ] {
      guard bounds.contains(value) else {
        throw ValidationError(
          "\(name) must lie between \(bounds.lowerBound) and \(bounds.upperBound).")
      }
    }
    guard 0 < initializerRange, initializerRange < 1 else {
      throw ValidationError("--initializer-range must lie between 0 and 1.")
    }
    guard hiddenSize % heads == 0 else {
      throw ValidationError("--hidden-size must be a multiple of --heads.")
    }
    guard layerGroups == nil || embeddingSize != nil else {
      throw ValidationError("--layer-groups belongs to --embedding-size.")
    }
    guard (1...layers).contains(layerGroups ?? 1) else {
      throw ValidationError("--layer-groups must lie between 1 and the number of layers.")
    }
  }

  func run() throws {
    try OutputCheck.file(
      outputPath, inputs: vocabularyFrom + [vocabulary].compactMap { $0 },
      collision: forceOption.collision)
    let settings = WordPieceSettings(lowercases: !cased)
    let pieces = try readVocabulary(settings)
    let tokenizer = try Tokenizer(
      vocabulary: pieces, settings: settings, file: vocabulary ?? "the learned vocabulary")
    let description = ModelDescription(
      encoder: encoder(vocabularySize: pieces.count), memory: nil, labels: [])
    let model = RandomModel(description: description, tokenizer: tokenizer, seed: seed)
    let bar = ProgressBar("creating", unit: .things("numbers"), isShown: !messages.quiet)
    try model.write(to: outputPath, collision: forceOption.collision) { done, total in
      bar.update(done, of: total)
      try Interruption.check()
    }
    bar.finish()
    if output.json {
      let result: JSONValue = [
        "file": .string(outputPath), "model": description.summaryJSON,
        "elementCount": .integer(ParameterCatalog(description).elementCount),
      ]
      try StandardOutput.print(result.serialized(pretty: true))
    } else {
      try StandardOutput.print(
        "\(outputPath): random weights, "
          + "\(grouped(ParameterCatalog(description).elementCount)) numbers\n\(description.text)")
    }
  }

  /// The vocabulary, read or learned.
  private func readVocabulary(_ settings: WordPieceSettings) throws -> WordPieceVocabulary {
    if let vocabulary {
      return try WordPieceVocabulary(lines: try DocumentBytes.read(vocabulary), file: vocabulary)
    }
    let files = try TextFolder.files(in: vocabularyFrom)
    let bar = ProgressBar("counting words", unit: .things("files"), isShown: !messages.quiet)
    var trainer = WordPieceTrainer(settings: settings)
    var byteCount = 0
    for (index, file) in files.enumerated() {
      try Interruption.check()
      let (text, encoding) = try TextDecoder.decodeFile(file)
      if encoding != .utf8 {
        messages.log.notice("\(file) is not UTF-8 and was read as \(encoding.rawValue).")
      }
      trainer.add(text)
      byteCount += text.utf8.count
      bar.update(index + 1, of: files.count)
    }
    if generatedShare > 0 {
      var generated = GeneratedVocabularyText(seed: seed)
      var missing =
        generatedShare == 1
        ? Self.generatedByteCount : try Self.generatedByteCount(beside: byteCount, generatedShare)
      while missing > 0 {
        try Interruption.check()
        let text = generated.next()
        trainer.add(text)
        missing -= text.utf8.count
      }
    }
    let pieces = try trainer.vocabulary(
      maximumCount: vocabularySize ?? 0, minimumFrequency: Self.minimumFrequency)
    let leftOut = trainer.leftOut(by: pieces)
    if leftOut.characterCount > 0 {
      let problem =
        "\(counted(leftOut.characterCount, "character")) of the text found no room: "
        + "\(percentage(leftOut.wordShare)) of its words are unknown to the vocabulary. "
        + "--vocabulary-size makes it larger; at most \(WordPieceTrainer.largestAlphabet) "
        + "characters are taken in."
      messages.log.warning("\(problem)")
    } else if let vocabularySize, pieces.count < vocabularySize {
      messages.log.notice(
        "The text gives \(pieces.count) of the \(vocabularySize) pieces that were asked for.")
    }
    return pieces
  }

  /// Bytes of generated text that make up a share of all text.
  private static func generatedByteCount(beside byteCount: Int, _ share: Double) throws -> Int {
    guard let count = Int(exactly: (Double(byteCount) * share / (1 - share)).rounded()) else {
      throw CommandError.usage(
        problem: "a generated share of \(share) is more text than can be counted",
        advice: "Give a smaller --generated-share.")
    }
    return count
  }

  /// BERT's own constants, with the shape that was asked for.
  private func encoder(vocabularySize: Int) -> EncoderConfiguration {
    EncoderConfiguration(
      family: embeddingSize == nil ? .bert : .albert, vocabularySize: vocabularySize,
      hiddenSize: hiddenSize, embeddingSize: embeddingSize, layerCount: layers,
      layerGroupCount: embeddingSize == nil ? layers : layerGroups ?? 1, headCount: heads,
      intermediateSize: intermediateSize ?? 4 * hiddenSize, activation: .gelu,
      maximumPositions: positions, tokenTypeCount: 2, layerNormEpsilon: 1e-12,
      hiddenDropout: 0.1, attentionDropout: 0.1, classifierDropout: 0.1,
      initializerRange: initializerRange)
  }
}
