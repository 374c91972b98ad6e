import Tokenizers

/// The Detect & Memorize task: find a fact somewhere in a long document and remember it to the end.
///
/// A sample is N segments of S tokens of background in which the fact takes the place of the tokens
/// from k·S on, k uniform over the segments, or with ``FactPositions/anywhere`` of any others of the
/// segment, and the question that of the last ones. Facts, questions and answers are
/// ``MemorizeTask``'s. There the model may learn that the document's first tokens are what matters; here
/// it must see in every segment whether it holds one. With facts in segment 0 both tasks' documents are
/// alike, and only a model's training tells them apart.
/// Source: "Scaling Transformer to 1M tokens and beyond with RMT", arXiv 2304.11062, §4.2.
public struct DetectTask: LongDocumentTask {
  /// What `--task` calls it.
  public let name = "detect"
  private let documents: MovementDocuments

  /// The task for a model.
  ///
  /// - Parameter modelLabels: names of the model's classes; the six places are found by name.
  /// - Throws: ``TaskError``.
  public init(
    modelLabels: [String], tokenizer: Tokenizer, background: BackgroundText,
    factPositions: FactPositions
  ) throws(TaskError) {
    documents = try MovementDocuments(
      purpose: .detect, modelLabels: modelLabels, tokenizer: tokenizer, background: background,
      factPositions: factPositions)
  }

  /// What fills the document.
  public var background: BackgroundText { documents.background }

  /// Document tokens that the longest fact and the longest question take.
  public var leastSegmentSize: Int { documents.leastSegmentSize }

  /// One in as many as there are places.
  public var chanceAccuracy: Double { 1 / Double(MemorizeTask.places.count) }

  /// What the documents depend on: the background, and where the fact is.
  public var settings: [(name: String, value: String)] { documents.settings }

  /// What a person should know of the background.
  public var notes: [DataNote] { background.notes }

  /// The document at a place, of exactly S·N tokens; segments below ``leastSegmentSize`` trap.
  public func document(at place: DocumentPlace, length: DocumentLength) -> TaskDocument {
    documents.document(at: place, length: length)
  }
}
