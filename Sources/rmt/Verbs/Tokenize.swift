import ArgumentParser
import JSON
import ModelFile
import RecurrentMemory

/// `rmt tokenize`: the ids that a model reads a document as.
struct Tokenize: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show the ids, or the pieces, that a model reads a document as.",
    discussion: """
      One line a document, without the special tokens that frame a segment. Where many pieces are \
      [UNK], the vocabulary does not fit the text.

      Examples:
        rmt tokenize bert.rmtw letter.txt
        rmt tokenize bert.rmtw letter.txt --pieces
      """)

  @Argument(help: ArgumentHelp("A native file.", valueName: "file.rmtw"), completion: .file())
  var path: String

  @Argument(help: "Text files; - is standard input.", completion: .file())
  var documents: [String]

  @Flag(help: "Show the pieces in place of their ids.")
  var pieces = false

  @OptionGroup var output: JSONOption
  @OptionGroup var messages: MessageOptions

  func validate() throws {
    guard !documents.isEmpty else { throw ValidationError("Name at least one document.") }
  }

  func run() throws {
    guard let tokenizer = try ModelFile(path: path).tokenizer() else {
      throw RecurrenceError.noTokenizer
    }
    for name in documents {
      try Interruption.check()
      let document = try Document(path: name, tokenizer: tokenizer, log: messages.log)
      var tokens = document.tokens(from: 0)
      let ids = try tokens.next(document.tokenCount)
      let words = pieces ? ids.map { tokenizer.tokens[Int($0)] } : []
      if output.json {
        var result: JSONObject = [
          "document": .string(name), "ids": .array(ids.map { .integer(Int($0)) }),
        ]
        if pieces { result["pieces"] = .array(words.map { .string($0) }) }
        try StandardOutput.print(JSONValue.object(result).serialized(pretty: false))
      } else {
        try StandardOutput.print((pieces ? words : ids.map(String.init)).joined(separator: " "))
      }
    }
  }
}
