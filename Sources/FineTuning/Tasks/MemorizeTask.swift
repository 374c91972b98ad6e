import Tokenizers

/// The Memorize task: remember a fact from the first tokens to the end of a long document.
///
/// A sample of N segments of S tokens is
/// `fact tokens · background · question tokens`, S·N tokens together: the fact opens segment 0 and
/// the question ends the last segment. Name, action and place are drawn uniformly; the place is the
/// answer, so chance is one in six. Sample i of a (seed, split, step) is a pure function of these.
/// With other fact positions background comes before it: such documents are ``DetectTask``'s, drawn
/// from streams of their own.
/// Source: "Scaling Transformer to 1M tokens and beyond with RMT", arXiv 2304.11062, §4.1.
public struct MemorizeTask: LongDocumentTask {
  /// Who moves.
  public static let names = ["Mary", "John", "Daniel", "Sandra"]
  /// How.
  public static let actions = ["moved", "went", "went back", "journeyed", "travelled"]
  /// Where to: the answers, in the order of the paper's labels.
  public static let places = ["bathroom", "hallway", "garden", "office", "bedroom", "kitchen"]

  /// What `--task` calls it.
  public let name = "memorize"
  private let documents: MovementDocuments

  /// The task for a model.
  ///
  /// - Parameters:
  ///   - modelLabels: names of the model's classes; the six places are found by name.
  ///   - factPositions: where the fact is; in the paper it is the document's first tokens.
  /// - Throws: ``TaskError``.
  public init(
    modelLabels: [String], tokenizer: Tokenizer, background: BackgroundText,
    factPositions: FactPositions = .first
  ) throws(TaskError) {
    documents = try MovementDocuments(
      purpose: .memorize, modelLabels: modelLabels, tokenizer: tokenizer, background: background,
      factPositions: factPositions)
  }

  /// One in as many as there are places.
  public var chanceAccuracy: Double { 1 / Double(Self.places.count) }

  /// What fills the document.
  public var background: BackgroundText { documents.background }

  /// Document tokens that the longest fact and the longest question take.
  public var leastSegmentSize: Int { documents.leastSegmentSize }

  /// What the documents depend on: the background, and where the fact is.
  public var settings: [(name: String, value: String)] { documents.settings }

  /// What a person should know of the background.
  public var notes: [DataNote] { background.notes }

  /// The document at a place, of exactly S·N tokens; segments below ``leastSegmentSize`` trap.
  public func document(at place: DocumentPlace, length: DocumentLength) -> TaskDocument {
    documents.document(at: place, length: length)
  }
}
