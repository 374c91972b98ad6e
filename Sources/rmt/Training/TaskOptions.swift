import ArgumentParser
import FineTuning

/// A task in place of a file of documents.
struct TaskOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "A task whose documents the program makes, in place of a file: a fact in long text and a question at its end (memorize, detect), two facts of which the question needs one (reason), stories of a file (babi)."
    ))
  var task: TaskName?

  @Option(
    help: ArgumentHelp(
      "Facts opening the first segment, the published protocol (first), each opening a random one (random), or anywhere in it (anywhere). Unless given, rmt evaluate takes first; rmt finetune takes first for memorize and random for the others.",
      valueName: "positions"))
  var factPositions: FactPositions?

  @Option(
    help: ArgumentHelp(
      "Stories in the form of the bAbI tasks, for babi; two-argument relations (qa4) for reason, which makes its own unless given.",
      valueName: "file"),
    completion: .file())
  var stories: String?

  @Flag(help: "Measure also on stories that the model trained on or was chosen by.")
  var allowTrainingStories = false

  @Option(
    help: ArgumentHelp(
      "Text file or folder that fills the task's documents; may be repeated. Sentences of the program's own unless given.",
      valueName: "path"),
    completion: .file())
  var background: [String] = []

  @Option(
    help: ArgumentHelp(
      "The same to be measured on; a part of --background is held out unless given. May be repeated.",
      valueName: "path"),
    completion: .file())
  var evaluationBackground: [String] = []

  /// The files and folders that the task is made from.
  var inputPaths: [String] { background + evaluationBackground + [stories].compactMap { $0 } }

  func validate() throws {
    if task == nil, !background.isEmpty || !evaluationBackground.isEmpty {
      throw ValidationError("--background fills the documents of a --task; none is given.")
    }
    if task == nil, factPositions != nil {
      throw ValidationError("--fact-positions is for a --task; none is given.")
    }
    if task == .babi, stories == nil {
      throw ValidationError("--task babi takes its facts and questions from --stories FILE.")
    }
    guard task?.takesStories == true || (stories == nil && !allowTrainingStories) else {
      throw ValidationError("--stories and what belongs to it are for --task reason and babi.")
    }
  }
}

extension TaskName: ExpressibleByArgument {}

extension FactPositions: ExpressibleByArgument {}
