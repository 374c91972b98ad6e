import ArgumentParser
import JSON
import ModelFile
import RecurrentMemory
import TensorStorage
import Tokenizers

/// `rmt run`: reads documents of any length and names their class.
struct Run: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Read documents of any length: label and probabilities.",
    discussion: """
      A document is a text file, or - for standard input. --save-memory keeps what the model \
      remembers at the document's end, and --load-memory starts another document from it: a text \
      can be read in parts, today and tomorrow. Ctrl-C saves the memory too; the same command with \
      --load-memory then goes on in the middle of the document. --ids are a document's tokens; a \
      model that was converted without its tokenizer reads nothing else.

      Examples:
        rmt run tuned.rmtw letter.txt contract.txt
        rmt run tuned.rmtw part1.txt --save-memory reader.safetensors
        rmt run tuned.rmtw part2.txt --load-memory reader.safetensors
        rmt run tuned.rmtw --ids 7592,2088
      """)

  @Argument(help: ArgumentHelp("A native file.", valueName: "file.rmtw"), completion: .file())
  var path: String

  @Argument(help: "Text files; - is standard input.", completion: .file())
  var documents: [String] = []

  @Option(help: ArgumentHelp("Token ids in place of documents.", valueName: "7592,2088"))
  var ids: CommaSeparated<Int32>?

  @Option(
    help: ArgumentHelp("Write the memory after the document to this file.", valueName: "file"))
  var saveMemory: String?

  @Option(
    help: ArgumentHelp("Start from the memory in this file.", valueName: "file"),
    completion: .file())
  var loadMemory: String?

  @Option(help: ArgumentHelp("Threads; all cores unless given.", valueName: "n"))
  var threads: Int?

  @OptionGroup var forceOption: ForceOption
  @OptionGroup var output: JSONOption
  @OptionGroup var messages: MessageOptions

  func validate() throws {
    guard documents.isEmpty == (ids != nil) else {
      throw ValidationError("Name at least one document, or give --ids.")
    }
    if documents.count > 1, saveMemory != nil || loadMemory != nil {
      throw ValidationError("A saved memory belongs to one document; give exactly one.")
    }
    if let threads, !(1...1024).contains(threads) {
      throw ValidationError("--threads must lie between 1 and 1024.")
    }
    if documents.count(where: { $0 == "-" }) > 1 {
      throw ValidationError("Standard input can be read once.")
    }
  }

  func run() throws {
    let model = try ModelFile(path: path)
    let memory = try model.memory(segmentPositions: nil)
    if let saveMemory {
      try OutputCheck.file(saveMemory, inputs: [path] + documents, collision: memoryCollision)
    }
    let saved = try loadMemory.map { try SavedMemory(path: $0, for: model) }
    let reading = DocumentReading(
      model: model, memory: memory,
      reader: try RecurrentReader(model: model, threadCount: threads.orEveryCore),
      showsProgress: !messages.quiet, log: messages.log)
    if let ids {
      return try read(
        Document(ids: EncoderInput(ids: ids.elements, model: model)), reading, from: saved)
    }
    guard let tokenizer = try model.tokenizer() else { throw RecurrenceError.noTokenizer }
    var firstFailure: (any DescribedError)?
    for path in documents {
      do {
        let document = try Document(path: path, tokenizer: tokenizer, log: messages.log)
        try read(document, reading, from: saved)
      } catch let error as any DescribedError where error.isAboutOneInput && documents.count > 1 {
        // The other documents are read all the same; the exit code is that of the first failure.
        StandardError.print("rmt: \(error)")
        firstFailure = firstFailure ?? error
      }
    }
    if let firstFailure { throw ExitCode(firstFailure.kind.exitCode) }
  }

  private func read(
    _ document: Document, _ reading: DocumentReading, from saved: SavedMemory?
  ) throws {
    let outcome = try reading.read(document, from: saved)
    if let saveMemory { try outcome.memory.write(to: saveMemory, collision: memoryCollision) }
    guard let result = outcome.result else {
      throw Interrupted(
        advice: saveMemory.map {
          "The memory so far is in \($0); the same call with --load-memory \($0) goes on."
        } ?? "With --save-memory a later run could go on here.")
    }
    try StandardOutput.print(
      output.json ? result.json.serialized(pretty: documents.count <= 1) : result.text)
  }

  /// A memory that is loaded and saved under one name is meant to be replaced.
  private var memoryCollision: AtomicFileWriter.Collision {
    saveMemory == loadMemory ? .replace : forceOption.collision
  }
}
