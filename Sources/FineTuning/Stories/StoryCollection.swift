import JSON
import ModelFile

/// The stories of a task: some to train on, others to be measured on.
public struct StoryCollection: Sendable {
  /// What stories a task takes.
  public enum Form: Sendable {
    /// Two relations of places and a question about one, as in bAbI's task 4.
    case twoArgumentRelations
    /// Sentences and a question.
    case any
  }

  /// What a person should know: what was held out or left out.
  public let notes: [DataNote]
  /// What the stories are: a resumed run must find the same.
  let settings: [(name: String, value: String)]
  /// What the stories are that train, or where none do those that are measured on.
  var summary: String? { settings.first { $0.name == "stories" }?.value }
  /// The files.
  let sourcePaths: [String]
  /// What the file of a model that trains on them is to remember.
  let record: JSONObject
  /// The stories as a person knows them: the file, or a word for those made here.
  let source: String
  private let parts: [DataSplit: [Story]]
  /// The files that the stories were read from.
  private let files: [StoryFile]
  /// Whether the program makes the stories, and can make further ones to train on.
  private(set) var isGenerated = false

  /// Of ten narratives that train, one is held out to measure on.
  package static let heldOutInterval = 10

  /// Stories to train on and to be measured on while training.
  ///
  /// Without `evaluationPath` a tenth of the distinct narratives is held out: those with the
  /// smallest checksums, wherever they stand in the file, with all their copies and all their
  /// questions. Stories to be measured on that also occur among those that train, as a question
  /// with the same facts before it, are left out, as are those that the model trained on before.
  ///
  /// - Parameters:
  ///   - provenance: the history of the model that is to train, which names those.
  ///   - allowsTrainingStories: whether to measure on stories that train all the same.
  /// - Throws: ``StoryError``; `FileError`.
  public init(
    trainingPath path: String, evaluationPath: String?, form: Form,
    provenance: [ProvenanceStep], allowsTrainingStories: Bool,
    checkCancellation: () throws -> Void = {}
  ) throws {
    let file = try Self.read(path, form, checkCancellation)
    var training = file.stories
    let candidates: [Story]
    var files = [file]
    var notes = file.notes
    let measuredSource: String
    if let evaluationPath {
      let evaluation = try Self.read(evaluationPath, form, checkCancellation)
      files.append(evaluation)
      notes += evaluation.notes
      candidates = evaluation.stories
      guard allowsTrainingStories || candidates.fingerprint != training.fingerprint else {
        throw StoryError.trainedFile(file: evaluationPath)
      }
      measuredSource = evaluationPath
    } else {
      (training, candidates) = try file.holdingOut(oneIn: Self.heldOutInterval)
      notes.append(
        DataNote(
          "\(path): \(candidates.count) of \(file.stories.count) stories are held out to be "
            + "measured on."))
      measuredSource = "\(path), the part held out"
    }
    let evaluation = try Self.unseen(
      candidates, by: TrainedStories(training, after: provenance), source: measuredSource,
      allowsTrainingStories: allowsTrainingStories, notes: &notes)
    self.init(
      parts: [.training: training, .validation: evaluation], files: files, source: path,
      notes: notes,
      settings: [
        ("stories", "\(training.count), checksum \(training.fingerprint)"),
        ("evaluation stories", "\(evaluation.count), checksum \(evaluation.fingerprint)"),
      ],
      sourcePaths: [path] + (evaluationPath.map { [$0] } ?? []),
      record: TrainedStories.record(file: file.stories, trained: training))
  }

  /// Stories to measure a finished model on: those that it neither trained on nor was chosen by.
  ///
  /// - Parameters:
  ///   - provenance: the model's history, which names the stories that it trained on.
  ///   - allowsTrainingStories: whether to measure on those too.
  /// - Throws: ``StoryError``; `FileError`.
  public init(
    testPath path: String, form: Form, provenance: [ProvenanceStep], allowsTrainingStories: Bool,
    checkCancellation: () throws -> Void = {}
  ) throws {
    let file = try Self.read(path, form, checkCancellation)
    let trained = TrainedStories(provenance: provenance)
    guard allowsTrainingStories || !trained.isFile(of: file.stories) else {
      throw StoryError.trainedFile(file: path)
    }
    var notes = file.notes
    let test = try Self.unseen(
      file.stories, by: trained, source: path, allowsTrainingStories: allowsTrainingStories,
      notes: &notes)
    self.init(
      parts: [.test: test], files: [file], source: path, notes: notes,
      settings: [("stories", "\(test.count), checksum \(test.fingerprint)")],
      sourcePaths: [path], record: JSONObject())
  }

  /// Two-argument relations of the program's own, in three parts that share no placement.
  ///
  /// - Parameter provenance: the history of the model that is to be measured on them: what it
  ///   trained on is left out of the test.
  /// - Throws: ``StoryError/onlyTrainedStories(source:count:)``.
  public init(
    generatedFor provenance: [ProvenanceStep], allowsTrainingStories: Bool
  ) throws {
    let source = "the program's own stories"
    var notes = [DataNote("Stories: two-argument relations of the program's own.")]
    let test = try Self.unseen(
      RelationStories.stories(of: .test), by: TrainedStories(provenance: provenance),
      source: source, allowsTrainingStories: allowsTrainingStories, notes: &notes)
    self.init(
      parts: [
        .training: RelationStories.stories(of: .training),
        .validation: RelationStories.stories(of: .validation), .test: test,
      ],
      files: [], source: source, notes: notes,
      settings: [("stories", "generated, checksum \(test.fingerprint)")], sourcePaths: [],
      record: TrainedStories.generatedRecord)
    isGenerated = true
  }

  private init(
    parts: [DataSplit: [Story]], files: [StoryFile], source: String, notes: [DataNote],
    settings: [(name: String, value: String)], sourcePaths: [String], record: JSONObject
  ) {
    self.parts = parts
    self.files = files
    self.source = source
    self.notes = notes
    self.settings = settings
    self.sourcePaths = sourcePaths
    self.record = record
  }

  /// The stories of a part; none of a part that the collection was not made for.
  package func stories(of split: DataSplit) -> [Story] { parts[split] ?? [] }

  /// Every answer, the paper's places first, in label order, then the others sorted.
  package var answers: [String] {
    let answers = Set(parts.values.joined().map(\.answer))
    return MovementTask.places.filter(answers.contains)
      + answers.subtracting(MovementTask.places).sorted()
  }

  /// Makes sure that every answer is one of a model's labels.
  ///
  /// - Throws: ``StoryError/unknownAnswers(_:file:line:labels:)`` with all that are none.
  package func checkAnswers(among labels: [String]) throws(StoryError) {
    let unknown = answers.filter { !labels.contains($0) }
    for file in files {
      for (story, line) in zip(file.stories, file.questionLines)
      where unknown.contains(story.answer) {
        throw .unknownAnswers(unknown, file: file.path, line: line, labels: labels)
      }
    }
  }

  private static func read(
    _ path: String, _ form: Form, _ checkCancellation: () throws -> Void
  ) throws -> StoryFile {
    let file = try StoryFile(path: path, checkCancellation: checkCancellation)
    if form == .twoArgumentRelations { try file.checkRelations() }
    return file
  }

  /// The stories that have no part in the training, with a note on the others.
  private static func unseen(
    _ stories: [Story], by trained: TrainedStories, source: String, allowsTrainingStories: Bool,
    notes: inout [DataNote]
  ) throws(StoryError) -> [Story] {
    if !trained.isComplete {
      notes.append(
        DataNote(
          "\(source): the model's file does not tell all stories that it trained on; some of them "
            + "may be measured on.",
          isWarning: true))
    }
    let unseen = stories.filter { !trained.contains($0) }
    guard unseen.count < stories.count else { return stories }
    let seenCount = stories.count - unseen.count
    let clause =
      "\(source): \(seenCount) of \(stories.count) stories are among those that the model trains on or is "
      + "chosen by"
    if allowsTrainingStories {
      notes.append(DataNote("\(clause) and are measured on all the same.", isWarning: true))
      return stories
    }
    guard !unseen.isEmpty else {
      throw .onlyTrainedStories(source: source, count: stories.count)
    }
    notes.append(DataNote("\(clause) and are left out; \(unseen.count) remain."))
    return unseen
  }
}
