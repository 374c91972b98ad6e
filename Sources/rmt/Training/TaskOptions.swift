import ArgumentParser

/// A task whose samples the program makes.
enum TaskName: String, CaseIterable, ExpressibleByArgument {
  /// A fact opens the document, a question about it ends it.
  case memorize
}

/// A task in place of a file of documents.
struct TaskOptions: ParsableArguments {
  @Option(help: "A task whose documents the program makes, in place of a file.")
  var task: TaskName?

  @Option(
    help: ArgumentHelp(
      "Text file or folder that fills the task's documents; may be repeated. Sentences of the program's own unless given.",
      valueName: "path"),
    completion: .file())
  var background: [String] = []

  @Option(
    help: ArgumentHelp(
      "The same for evaluation; a part of --background is held out unless given. May be repeated.",
      valueName: "path"),
    completion: .file())
  var evaluationBackground: [String] = []

  func validate() throws {
    if task == nil, !background.isEmpty || !evaluationBackground.isEmpty {
      throw ValidationError("--background fills the documents of a --task; none is given.")
    }
    if background.isEmpty, !evaluationBackground.isEmpty {
      throw ValidationError("--evaluation-background needs --background beside it.")
    }
  }
}
