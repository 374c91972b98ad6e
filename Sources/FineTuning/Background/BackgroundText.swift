import TensorStorage
import Tokenizers

/// The text in which a task hides its facts: one part to train on and another to be measured on.
public struct BackgroundText: Sendable {
  /// What training samples are filled with; nothing where none are made.
  public let training: TokenLoop
  /// What validation and test samples are filled with; shares no text with ``training``.
  public let evaluation: TokenLoop
  /// What a person should know of it: which files are held out, how files were decoded.
  public let notes: [DataNote]

  /// Background from files and folders that the user names.
  ///
  /// Folders are walked; hidden files and files with NUL bytes are no text and left out. Files are
  /// taken in the order of their paths, decoded as UTF-8 or else as Windows-1252, tokenised once and
  /// joined. Without `evaluationPaths` every tenth of them is held out for evaluation, the last one when
  /// there are fewer than ten, the last tenth of the tokens when there is a single one; files that say
  /// the same count as one.
  ///
  /// - Parameters:
  ///   - minimumTokenCount: what each part must hold, one segment; below that a sample would repeat the
  ///     same few words.
  ///   - trains: whether training samples are made; without, `paths` may be empty.
  /// - Throws: ``BackgroundError``; `FileError` when a file cannot be read.
  public init(
    paths: [String], evaluationPaths: [String] = [], tokenizer: Tokenizer,
    minimumTokenCount: Int, trains: Bool = true, checkCancellation: () throws -> Void = {}
  ) throws {
    var reader = TextFileReader(tokenizer: tokenizer)
    let (files, evaluationFiles) = (
      try TextFolder.files(in: paths), try TextFolder.files(in: evaluationPaths)
    )
    if let shared = Set(files).intersection(evaluationFiles).min() {
      throw BackgroundError.sharedText(path: shared, trainingPath: shared)
    }
    var trainingIDs: [Int32] = []
    var evaluationIDs: [Int32] = []
    var texts: [(path: String, tokenIDs: [Int32])] = []
    /// The first file with a text. Tokens tell a text in whatever way its file is named or saved.
    var firstPaths: [[Int32]: String] = [:]
    for path in files {
      try checkCancellation()
      guard let ids = try reader.read(path), !ids.isEmpty else { continue }
      if firstPaths[ids] == nil { firstPaths[ids] = path }
      texts.append((path, ids))
    }
    var heldOut = ""
    if !evaluationPaths.isEmpty {
      trainingIDs = texts.flatMap(\.tokenIDs)
      for path in evaluationFiles {
        try checkCancellation()
        guard let ids = try reader.read(path), !ids.isEmpty else { continue }
        if let trainingPath = firstPaths[ids] {
          throw BackgroundError.sharedText(path: path, trainingPath: trainingPath)
        }
        evaluationIDs += ids
      }
    } else {
      let division = TextDivision(texts)
      trainingIDs = division.training.flatMap(\.self)
      evaluationIDs = division.heldOut.flatMap(\.self)
      heldOut = "Background: \(division.summary)"
      if !trains {
        heldOut += " Where the model learned with other text held out, it has read this."
      }
    }
    let place = (paths.isEmpty ? evaluationPaths : paths).joined(separator: ", ")
    let evaluationPart: BackgroundError.Part = evaluationPaths.isEmpty ? .heldOut : .evaluation
    let parts: [([Int32], BackgroundError.Part)] =
      (trains ? [(trainingIDs, .training)] : []) + [(evaluationIDs, evaluationPart)]
    for (ids, part) in parts where ids.count < max(1, minimumTokenCount) {
      throw BackgroundError.tooShort(
        place: part == .evaluation ? evaluationPaths.joined(separator: ", ") : place, part: part,
        tokenCount: ids.count, minimumTokenCount: max(1, minimumTokenCount))
    }
    training = TokenLoop(trains ? trainingIDs : [])
    evaluation = TokenLoop(evaluationIDs)
    notes = (heldOut.isEmpty ? [] : [DataNote(heldOut)]) + reader.notes(place: place)
  }

  /// Background of generated sentences; see ``GeneratedText``.
  ///
  /// - Throws: ``BackgroundError/foreignVocabulary(share:)`` when the model's vocabulary does not
  ///   know the generator's words.
  public init(
    generatedFrom seed: UInt64, tokenizer: Tokenizer, tokenCount: Int
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
  }

  /// A checksum that changes whenever the text does.
  package var fingerprint: String {
    var fingerprint = Fingerprint()
    fingerprint.combine(training.tokenIDs)
    fingerprint.combine(evaluation.tokenIDs)
    return fingerprint.hexadecimal
  }
}
