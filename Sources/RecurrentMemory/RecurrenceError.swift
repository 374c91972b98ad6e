import TensorStorage

/// A model or a document cannot be read recurrently.
public enum RecurrenceError: DescribedError, Hashable {
  /// The model has no memory tokens.
  case noMemory
  /// The model has no classification head.
  case noLabels
  /// The model's file holds no tokenizer.
  case noTokenizer
  /// Segments of this many positions cannot be used.
  case segmentPositions(Int, memoryTokens: Int, limit: Int)
  /// More ids than the position table has rows.
  case tooManyPositions(Int, limit: Int)
  /// An id is outside the vocabulary.
  case tokenOutOfRange(Int32, limit: Int)
  /// The model has a memory of another size already.
  case otherMemory(found: Int, wanted: Int)
  /// A saved memory has another size than the model's.
  case memorySize(found: [Int], expected: [Int])
  /// The document has no tokens.
  case emptyDocument

  /// The family for the exit code.
  public var kind: FailureKind {
    switch self {
    case .emptyDocument, .tokenOutOfRange, .memorySize: .badData
    default: .usage
    }
  }

  /// Errors of a model or a document; the caller knows which one it gave.
  public var place: String? { nil }

  /// What happened, and what was expected.
  public var problem: String {
    switch self {
    case .noMemory: "the model has no memory tokens"
    case .noLabels: "the model has no labels"
    case .noTokenizer: "the model's file holds no tokenizer"
    case .segmentPositions(let positions, let memoryTokens, let limit):
      "segments of \(positions) positions do not fit: \(memoryTokens) memory tokens, 3 special "
        + "tokens and at least 1 token of the document are needed, and the position table ends "
        + "at \(limit)"
    case .tooManyPositions(let count, let limit):
      "\(count) tokens are more than the \(limit) positions that the model can read at once"
    case .tokenOutOfRange(let token, let limit):
      "token id \(token) is outside the vocabulary of \(limit)"
    case .otherMemory(let found, let wanted):
      "the model has \(found) memory tokens already, \(wanted) were asked for"
    case .memorySize(let found, let expected):
      "the memory has shape \(found), the model's is \(expected)"
    case .emptyDocument: "the document holds no tokens"
    }
  }

  /// What to do about it.
  public var advice: String? {
    switch self {
    case .noMemory, .noLabels, .tooManyPositions:
      "Run `rmt attach` first: it gives the model memory tokens and labels."
    case .otherMemory: "Attach to the model as it was converted, or ask for as many tokens."
    case .noTokenizer:
      "Convert the checkpoint again from a folder that holds its vocabulary, or give ids in place of "
        + "texts (--ids, \"ids\" in JSONL) to a model that knows its [CLS] and [SEP] (rmt attach "
        + "--frame-ids)."
    case .segmentPositions: "Choose another --segment-positions or fewer memory tokens."
    case .tokenOutOfRange: nil
    case .memorySize: "Load a memory that this model saved."
    case .emptyDocument: "Give a document with text in it."
    }
  }
}
