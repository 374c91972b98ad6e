import TensorStorage
import Tokenizers

/// The text in which a task hides its facts: one part to train on and another to be measured on.
public struct BackgroundText: Sendable {
  /// What training samples are filled with.
  public let training: TokenLoop
  /// What validation and test samples are filled with; shares no text with ``training``.
  public let evaluation: TokenLoop
  /// What a person should know of it: which files are held out, how files were decoded.
  public let notes: [DataNote]
  /// What the text is, for the record.
  public let sources: [String]

  /// The share of the files, or of a single file, that is held out for evaluation: one in ten.
  package static let heldOutInterval = 10

  /// Whether one of several files is held out: every tenth, or the last of fewer than ten.
  static func isHeldOut(_ index: Int, of count: Int) -> Bool {
    count < heldOutInterval ? index == count - 1 : index % heldOutInterval == heldOutInterval - 1
  }

  /// Background from files and folders that the user names.
  ///
  /// Folders are walked; hidden files and files with NUL bytes are no text and left out. Files are
  /// taken in the order of their paths, decoded as UTF-8 or else as Windows-1252, tokenised once and
  /// joined. Without `evaluationPaths` every tenth file is held out for evaluation, the last one when
  /// there are fewer than ten, the last tenth of the tokens when there is a single file.
  ///
  /// - Parameter minimumTokenCount: what each part must hold, one segment; below that a sample would
  ///   repeat the same few words.
  /// - Throws: ``BackgroundError``; `FileError` when a file cannot be read.
  public init(
    paths: [String], evaluationPaths: [String] = [], tokenizer: WordPieceTokenizer,
    minimumTokenCount: Int, checkCancellation: () throws -> Void = {}
  ) throws {
    var reader = TextFileReader(tokenizer: tokenizer)
    let (files, evaluationFiles) = (
      try TextFolder.files(in: paths), try TextFolder.files(in: evaluationPaths)
    )
    var trainingIDs: [Int32] = []
    var evaluationIDs: [Int32] = []
    var texts: [(path: String, tokenIDs: [Int32])] = []
    for path in files {
      try checkCancellation()
      if let ids = try reader.read(path) { texts.append((path, ids)) }
    }
    var heldOut = ""
    if !evaluationPaths.isEmpty {
      if let shared = Set(files).intersection(evaluationFiles).min() {
        throw BackgroundError.sharedFile(path: shared)
      }
      trainingIDs = texts.flatMap(\.tokenIDs)
      for path in evaluationFiles {
        try checkCancellation()
        evaluationIDs += try reader.read(path) ?? []
      }
    } else if texts.count == 1, let text = texts.first {
      let split = text.tokenIDs.count - text.tokenIDs.count / Self.heldOutInterval
      trainingIDs = Array(text.tokenIDs[..<split])
      evaluationIDs = Array(text.tokenIDs[split...])
      heldOut = "\(text.path): the last tenth is held out for evaluation."
    } else {
      for (index, text) in texts.enumerated() {
        if Self.isHeldOut(index, of: texts.count) {
          evaluationIDs += text.tokenIDs
        } else {
          trainingIDs += text.tokenIDs
        }
      }
      let count = max(1, texts.count / Self.heldOutInterval)
      heldOut =
        "Background: \(count) of \(texts.count) files \(count == 1 ? "is" : "are") held out for "
        + "evaluation (\(texts.count < Self.heldOutInterval ? "the last" : "every tenth"))."
    }
    let place = paths.joined(separator: ", ")
    for (ids, part) in [(trainingIDs, "training"), (evaluationIDs, "evaluation")]
    where ids.count < max(1, minimumTokenCount) {
      throw BackgroundError.tooShort(
        place: part == "training" || evaluationPaths.isEmpty
          ? place : evaluationPaths.joined(separator: ", "),
        part: part, tokenCount: ids.count, minimumTokenCount: max(1, minimumTokenCount))
    }
    training = TokenLoop(trainingIDs)
    evaluation = TokenLoop(evaluationIDs)
    notes = (heldOut.isEmpty ? [] : [DataNote(heldOut)]) + reader.notes(place: place)
    sources = paths + evaluationPaths
  }

  /// Background of generated sentences; see ``GeneratedText``.
  ///
  /// - Throws: ``BackgroundError/foreignVocabulary(share:)`` when the model's vocabulary does not
  ///   know the generator's words.
  public init(
    generatedFrom seed: UInt64, tokenizer: WordPieceTokenizer, tokenCount: Int
  ) throws(BackgroundError) {
    var reader = DocumentTokenizer(tokenizer)
    func loop(_ split: DataSplit) throws(BackgroundError) -> TokenLoop {
      var text = GeneratedText(seed: seed, split: split)
      var ids: [Int32] = []
      while ids.count < max(1, tokenCount) { ids += reader.encode(text.paragraph()) }
      let share = reader.unknownShare.fraction
      guard share <= 0.5 else { throw .foreignVocabulary(share: share) }
      return TokenLoop(ids)
    }
    training = try loop(.training)
    evaluation = try loop(.validation)
    notes =
      [DataNote("Background: sentences of the program's own, as no text was named.")]
      + [reader.unknownShare.note(place: "the generated background")].compactMap { $0 }
    sources = ["generated"]
  }

  /// A checksum that changes whenever the text does.
  package var fingerprint: String {
    var fingerprint = Fingerprint()
    fingerprint.combine(training.tokenIDs)
    fingerprint.combine(evaluation.tokenIDs)
    return fingerprint.hexadecimal
  }
}
