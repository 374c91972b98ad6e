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
      --load-memory then goes on in the middle of the document.

      Examples:
        rmt run tuned.rmtw letter.txt contract.txt
        rmt run tuned.rmtw part1.txt --save-memory reader.safetensors
        rmt run tuned.rmtw part2.txt --load-memory reader.safetensors
      """)

  @Argument(help: ArgumentHelp("A native file.", valueName: "file.rmtw"), completion: .file())
  var path: String

  @Argument(help: "Text files; - is standard input.", completion: .file())
  var documents: [String]

  @Option(
    help: ArgumentHelp("Write the memory after the document to this file.", valueName: "file"))
  var saveMemory: String?

  @Option(
    help: ArgumentHelp("Start from the memory in this file.", valueName: "file"),
    completion: .file())
  var loadMemory: String?

  @OptionGroup var forceOption: ForceOption
  @OptionGroup var output: JSONOption
  @OptionGroup var messages: MessageOptions

  func validate() throws {
    guard !documents.isEmpty else { throw ValidationError("Name at least one document.") }
    if documents.count > 1, saveMemory != nil || loadMemory != nil {
      throw ValidationError("A saved memory belongs to one document; give exactly one.")
    }
    if documents.count(where: { $0 == "-" }) > 1 {
      throw ValidationError("Standard input can be read once.")
    }
  }

  func run() throws {
  }
}
