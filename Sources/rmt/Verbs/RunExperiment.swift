import ArgumentParser
import Experiments
import FineTuning
import JSON
import TensorStorage

/// `rmt experiment`: a recipe from the checkpoint to the report.
struct RunExperiment: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "experiment",
    abstract: "Run a recipe: convert, train, evaluate, report.",
    discussion: """
      A recipe is a JSON file that holds a whole experiment: checkpoint, task, curriculum, optimizer, \
      seeds and evaluations; Weights/README.md explains its keys. Everything that it makes goes into \
      one folder, with a report.html at the end.

      After Ctrl-C, or when the machine went down, the same command goes on where it was. A folder \
      whose experiment was begun with other settings is refused: results are not mixed.

      Example:
        rmt experiment Weights/rmt-nano-memorize/recipe.json --data texts -o memorize
      """)

  @Argument(help: ArgumentHelp("The recipe.", valueName: "recipe.json"), completion: .file())
  var recipe: String

  @Option(
    name: [.customShort("o"), .customLong("output")],
    help: ArgumentHelp("The folder for everything it makes.", valueName: "folder"))
  var outputPath: String

  @Option(
    help: ArgumentHelp(
      "The folder with the sources that the recipe names; the recipe's own unless given.",
      valueName: "folder"),
    completion: .directory)
  var data: String?

  @Option(help: ArgumentHelp("Threads; all cores unless given.", valueName: "n"))
  var threads: Int?

  @OptionGroup var messages: MessageOptions

  func validate() throws {
    if let threads, !(1...1024).contains(threads) {
      throw ValidationError("--threads must lie between 1 and 1024.")
    }
  }

  func run() throws {
    let experiment = try Experiment(
      recipe: recipe, dataFolder: data, folder: ExperimentFolder(path: outputPath),
      threadCount: threads.orEveryCore)
    let reporter = ExperimentReporter(messages: messages)
    try experiment.run(report: reporter.report, shouldStop: { Interruption.isRequested })
    reporter.finish()
    try StandardOutput.print("\(experiment.folder.report)")
  }
}
