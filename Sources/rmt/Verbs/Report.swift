import ArgumentParser
import ExperimentReport
import TensorStorage

/// `rmt report`: a page about an experiment.
struct Report: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write a page about an experiment, with charts, that stands alone.",
    discussion: """
      Looks into the experiment's folder for experiment.json, or else recipe.json (the settings), metrics.jsonl \
      (what rmt finetune --log wrote), results.jsonl (what rmt evaluate wrote) and attention.svg, and \
      leaves out with a sentence what is not there. The page is one file of HTML without scripts; \
      charts stand beside the paper's numbers where it has the task.

      Examples:
        rmt report runs/memorize
        rmt report runs/memorize -o memorize.html
      """)

  @Argument(help: "The folder of an experiment.", completion: .directory)
  var folder: String

  @Option(
    name: [.customShort("o"), .customLong("output")],
    help: ArgumentHelp(
      "The page to write; report.html in the folder unless given.", valueName: "report.html"))
  var outputPath: String?

  @OptionGroup var forceOption: ForceOption

  func run() throws {
    let path = outputPath ?? "\(folder.hasSuffix("/") ? folder : folder + "/")report.html"
    let report = try ExperimentReport(folder: folder)
    let inputs = ReportFolder.names.map { "\(folder)/\($0)" }
    try OutputCheck.file(path, inputs: inputs, collision: forceOption.collision)
    var writer = try AtomicFileWriter(path: path, collision: forceOption.collision)
    try writer.write(Array(report.html().utf8))
    try writer.commit()
    try StandardOutput.print(path)
  }
}
