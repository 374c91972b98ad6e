import TensorStorage
import Tokenizers

/// The text of a pretraining: whole documents to learn from, and others to be measured on.
public struct PretrainingText: Sendable {
  /// Sequences to learn from.
  let training: DocumentSequences
  /// Sequences to be measured on, from other documents.
  let validation: DocumentSequences
  /// What a person should know of it.
  public let notes: [DataNote]
  /// What the text is, for the record.
  public let sources: [String]

  /// Positions of the shortest sequence: two special tokens and one of the text.
  package static let leastPositionCount = 3

  /// The most of a text that may be unknown to the vocabulary.
  private static let largestUnknownShare = 0.5

  /// Text from files and folders; each file is a document.
  ///
  /// Files are found, decoded and held out for validation as for ``BackgroundText``.
  ///
  /// - Parameter positions: of a full sequence, its two special tokens included.
  /// - Throws: ``PretrainingError``, ``BackgroundError``; `FileError` when a file cannot be read.
  public init(
    paths: [String], tokenizer: Tokenizer, positions: Int,
    checkCancellation: () throws -> Void = {}
  ) throws {
    var reader = TextFileReader(tokenizer: tokenizer)
    var documents: [(path: String, tokenIDs: [Int32])] = []
    for path in try TextFolder.files(in: paths) {
      try checkCancellation()
      if let ids = try reader.read(path), !ids.isEmpty { documents.append((path, ids)) }
    }
    let place = paths.joined(separator: ", ")
    let share = reader.unknownShare.fraction
    guard share <= Self.largestUnknownShare else {
      throw PretrainingError.foreignVocabulary(place: place, share: share)
    }
    let length = Self.length(positions)
    var training = DocumentSequences(length: length)
    var validation = DocumentSequences(length: length)
    let division = TextDivision(documents)
    for document in division.training { training.append(document[...]) }
    for document in division.heldOut { validation.append(document[...]) }
    try self.init(
      training, validation, place: place,
      notes: reader.notes(place: place) + [DataNote("Text: \(division.summary)")], sources: paths)
  }

  /// Text of generated sentences; see ``GeneratedText``.
  ///
  /// - Parameter tokenCount: about how many tokens to learn from.
  /// - Throws: ``PretrainingError``.
  public init(
    generatedFrom seed: UInt64, tokenizer: Tokenizer, positions: Int, tokenCount: Int
  ) throws(PretrainingError) {
    var reader = DocumentTokenizer(tokenizer)
    let length = Self.length(positions)
    func sequences(_ split: DataSplit, tokenCount: Int) -> DocumentSequences {
      var text = GeneratedText(seed: seed, split: split)
      var sequences = DocumentSequences(length: length)
      while sequences.tokenIDs.count < max(tokenCount, length) {
        var document: [Int32] = []
        while document.count < length { document += reader.encode(text.paragraph()) }
        sequences.append(document.prefix(length))
      }
      return sequences
    }
    let training = sequences(.training, tokenCount: tokenCount)
    let validation = sequences(
      .validation, tokenCount: tokenCount / TextDivision.heldOutInterval)
    let share = reader.unknownShare.fraction
    guard share <= Self.largestUnknownShare else {
      throw .foreignVocabulary(place: "the generated text", share: share)
    }
    try self.init(
      training, validation, place: "the generated text",
      notes: [DataNote("Text: sentences of the program's own, as no text was named.")]
        + [reader.unknownShare.note(place: "the generated text")].compactMap { $0 },
      sources: ["generated"])
  }

  private init(
    _ training: DocumentSequences, _ validation: DocumentSequences, place: String,
    notes: [DataNote], sources: [String]
  ) throws(PretrainingError) {
    for (part, name) in [(training, "training"), (validation, "validation")] {
      guard part.tokenIDs.count >= part.length else {
        throw .tooShort(
          place: place, part: name, tokenCount: part.tokenIDs.count,
          minimumTokenCount: part.length)
      }
    }
    self.training = training
    self.validation = validation
    self.notes =
      notes + [
        DataNote(
          "Text: \(training.tokenIDs.count) tokens in \(training.count) sequences to learn from, "
            + "\(validation.tokenIDs.count) tokens to be measured on.")
      ]
    self.sources = sources
  }

  private static func length(_ positions: Int) -> Int { max(1, positions - 2) }

  /// A checksum that changes whenever the text or its cutting does.
  var fingerprint: String {
    var fingerprint = Fingerprint()
    for part in [training, validation] {
      fingerprint.combine([part.length, part.count])
      fingerprint.combine(part.tokenIDs)
    }
    return fingerprint.hexadecimal
  }
}
