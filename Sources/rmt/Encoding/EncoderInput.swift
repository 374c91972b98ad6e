import JSON
import ModelFile
import RecurrentMemory
import TensorStorage
import Tokenizers

/// The tokens that `rmt encode` was given, as text, file or ids.
struct EncoderInput {
  /// What to call it in a message.
  let name: String
  /// Ids as a model without memory sees them, special tokens in place.
  let framedTokens: [Int32]
  /// Ids as a model with memory wants them, without the tokens that frame a segment.
  let documentTokens: [Int32]

  /// Ids that are taken as they are.
  ///
  /// - Throws: ``CommandError`` when an id is outside the vocabulary.
  init(ids: [Int32], model: ModelFile) throws {
    name = "--ids"
    let rowCount = model.description.encoder.vocabularySize
    if let wrong = ids.first(where: { $0 < 0 || Int($0) >= rowCount }) {
      throw CommandError.badData(
        place: name, problem: "token id \(wrong) is outside the vocabulary of \(rowCount)",
        advice: "Ids go from 0 to \(rowCount - 1).")
    }
    framedTokens = ids
    let frame = model.description.memory?.frame
    documentTokens =
      try model.tokenizer()?.removingFrame(from: ids)
      ?? ids.filter { ![frame?.classification, frame?.separator].contains(Int($0)) }
  }

  /// A text.
  ///
  /// - Throws: `RecurrenceError` when the model has no tokenizer.
  init(text: String, name: String, model: ModelFile) throws {
    guard let tokenizer = try model.tokenizer() else { throw RecurrenceError.noTokenizer }
    self.name = name
    let special = tokenizer.specialTokens
    framedTokens = [special.classification] + tokenizer.encode(text) + [special.separator]
    documentTokens = tokenizer.encodeDocument(text)
    guard !documentTokens.isEmpty else { throw CommandError.emptyDocument(path: name) }
  }
}
