import ModelFile
import RecurrentMemory
import Tokenizers

// README.md shows what stands between the two rulers.
// ────────────────────────────────────────────────────────────────────────────────────────────────
/// The labels of a document of any length, each with its probability.
func classify(_ text: String, with path: String) throws -> [(label: String, probability: Double)] {
  let model = try ModelFile(path: path)
  guard let tokenizer = try model.tokenizer() else { throw RecurrenceError.noTokenizer }
  let tokens = tokenizer.encodeDocument(text)
  guard !tokens.isEmpty else { throw RecurrenceError.emptyDocument }
  let reader = try RecurrentReader(model: model, threadCount: 4)
  for piece in Segmentation.pieces(tokenCount: tokens.count, memory: reader.memoryConfiguration) {
    try reader.read(tokens[piece])  // reader.memory is now what the model remembers
  }
  return zip(model.description.labels, reader.probabilities()).map { ($0, $1) }
}
// ────────────────────────────────────────────────────────────────────────────────────────────────
