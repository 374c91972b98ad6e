import ArgumentParser
import JSON
import ModelFile
import RecurrentMemory
import Safetensors
import TensorStorage
import Tokenizers

/// `rmt encode`: hidden states of a text as a safetensors file.
struct Encode: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write a text's hidden states, memory and logits to a safetensors file.",
    discussion: """
      The file holds last_hidden_state [1, T, d] and pooler_output [1, d]. For a model with memory \
      both are of the last segment, memory [N, m, d] is the memory after each of the N segments, \
      and logits [1, labels] are there when the model has labels.

      A model without memory reads one text of at most as many tokens as it has positions; a longer \
      one is refused and never cut. --ids are taken as they are, special tokens included, by a \
      model without memory; a model with memory places its own and drops those among the ids.

      Examples:
        rmt encode bert.rmtw --text "The garden is north of the office." -o states.safetensors
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

  @OptionGroup var forceOption: ForceOption
  @OptionGroup var messages: MessageOptions

  func validate() throws {
    guard [text != nil, file != nil, ids != nil].count(where: { $0 }) == 1 else {
      throw ValidationError("Give exactly one of --text, --file and --ids.")
    }
  }

  func run() throws {
  }
}
