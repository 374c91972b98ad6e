import JSON
import ModelFile
import Tokenizers

/// Takes the ids of documents from the lines of a file, which have texts or ids.
struct DocumentIDs {
  /// `nil` for a model that reads ids alone.
  private var tokenizer: DocumentTokenizer?
  /// The tokens around a segment, which are left out of documents.
  private let frame: Set<Int32>
  /// Ids go up to this one, which is none.
  private let vocabularySize: Int

  /// The reader of a tokenizer's texts, and of ids below `vocabularySize`.
  init(_ tokenizer: Tokenizer, vocabularySize: Int) {
    self.tokenizer = DocumentTokenizer(tokenizer)
    self.vocabularySize = vocabularySize
    frame = Set(tokenizer.frameIDs)
  }

  /// The reader of a model's documents.
  ///
  /// - Throws: what is wrong with the model's tokenizer.
  init(_ model: ModelFile) throws {
    let tokenizer = try model.tokenizer()
    let tokens = try model.specialTokens()
    self.tokenizer = tokenizer.map { DocumentTokenizer($0) }
    vocabularySize = model.description.encoder.vocabularySize
    frame = Set(
      tokenizer?.frameIDs ?? [tokens?.classification, tokens?.separator].compactMap { $0 })
  }

  /// How much of all texts was unknown.
  var unknownShare: UnknownShare { tokenizer?.unknownShare ?? UnknownShare() }

  /// The ids of a line's document: `ids`, or those of `text`.
  ///
  /// - Throws: ``DocumentError`` when it has neither, or ids that are none.
  mutating func ids(
    of value: JSONValue, file: String, line: Int
  ) throws(DocumentError) -> [Int32] {
    if let list = value["ids"] {
      var ids: [Int32] = []
      for value in list.array ?? [.null] {
        guard let id = value.integer, (0..<vocabularySize).contains(id) else {
          throw .badIDs(file: file, line: line, vocabularySize: vocabularySize)
        }
        if !frame.contains(Int32(id)) { ids.append(Int32(id)) }
      }
      return ids
    }
    guard let text = value["text"]?.string else { throw .noText(file: file, line: line) }
    guard let ids = tokenizer?.encode(text) else { throw .noTokenizer(file: file, line: line) }
    return ids
  }
}
