import ArgumentParser
import FineTuning
import JSON
import ModelFile
import RecurrentMemory
import TensorStorage

/// `rmt pretrain`: masked language modelling over plain text.
struct Pretrain: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Pretrain a BERT on plain text, by masked language modelling.",
    discussion: """
      Documents are cut into sequences; in each 15 % of the tokens are chosen, most of them hidden, \
      and the model learns to name them. With --generated-share some sequences are little stories \
      in the words of the tasks: people move, places lie beside each other, questions are answered.

      The output holds the weights with the lowest loss on the held-out text, and the head that \
      names tokens, so that pretraining can go on from it later; `rmt attach` drops the head. While \
      it trains, the run's state is kept in OUTPUT.training, from which the same command with \
      --resume goes on to the same bits. When the loss is no longer a number it ends with an error, and the \
      best weights so far are in OUTPUT.best, or the first free of OUTPUT.best-2, OUTPUT.best-3, ….

      Example:
        rmt create -o random.rmtw --vocabulary-from books \\
          --generated-share 0.2 --vocabulary-size 4000 \\
          --hidden-size 128 --layers 4 --heads 4
        rmt pretrain random.rmtw --text books --generated-share 0.2 \\
          -o nano.rmtw --steps 4000
      """)

  @Argument(
    help: ArgumentHelp("A native file without memory and labels.", valueName: "file.rmtw"),
    completion: .file())
  var path: String

  @Option(
    name: [.customShort("o"), .customLong("output")],
    help: ArgumentHelp("The native file to write.", valueName: "file.rmtw"))
  var outputPath: String

  @OptionGroup(title: "Data") var data: PretrainingDataOptions
  @OptionGroup(title: "Optimizer") var optimizer: PretrainingOptimizerOptions
  @OptionGroup(title: "Run") var training: RunOptions
  @OptionGroup var forceOption: ForceOption
  @OptionGroup var output: JSONOption
  @OptionGroup var messages: MessageOptions

  func run() throws {
    try training.check(
      outputPath, inputs: [path] + data.text, collision: forceOption.collision)
    let model = try ModelFile(path: path)
    try Pretrainer.check(model)
    guard let tokenizer = try model.tokenizer() else { throw RecurrenceError.noTokenizer }
    let limit = model.description.encoder.maximumPositions
    guard limit >= PretrainingText.leastPositionCount else {
      throw CommandError.badData(
        place: path,
        problem: "the model has \(counted(limit, "position")), but a sequence takes two special "
          + "tokens and one of the text",
        advice: "Take a model with at least \(PretrainingText.leastPositionCount) positions.")
    }
    let positions = data.positions ?? limit
    guard positions <= limit else {
      throw FineTuningError.invalidOption(
        name: "positions", value: "\(positions)", expected: "at most the model's \(limit)")
    }
    let pretrainer = try Pretrainer(
      model: model,
      data: try data.load(positions: positions, tokenizer: tokenizer, seed: training.seed),
      options: optimizer.options(training), outputPath: outputPath,
      collision: forceOption.collision, resumes: training.resume)
    // Data and options are good, so a log is not left empty by a run that never was.
    let reporter = TrainingReporter(
      messages: messages, printsLines: !output.json && !messages.quiet,
      recorders: try training.recorders(replaces: forceOption.force), takesShorterDocuments: false)
    let start = ContinuousClock.now
    let result = try pretrainer.run(
      report: reporter.report, shouldStop: { Interruption.isRequested })
    reporter.finish()
    try show(result, seconds: (ContinuousClock.now - start).inSeconds)
  }

  private func show(_ result: PretrainingResult, seconds: Double) throws {
    let best = result.best
    if output.json {
      let json: JSONValue = [
        "file": .string(result.outputPath), "steps": .integer(result.stepCount),
        "seconds": .number(seconds),
        "accuracy": best.map { .number($0.accuracy) } ?? .null,
        "loss": best.map { .number($0.meanLoss) } ?? .null,
        "evaluations": .array(
          result.evaluations.map {
            [
              "step": .integer($0.step), "tokens": .integer($0.sampleCount),
              "correct": .integer($0.correctCount), "accuracy": .number($0.accuracy),
              "loss": .number($0.meanLoss),
            ]
          }),
      ]
      try StandardOutput.print(json.serialized(pretty: true))
    } else {
      let loss =
        best.map {
          ", loss \(decimal($0.meanLoss, digits: 4)), \(percentage($0.accuracy)) of the tokens named"
        } ?? ""
      try StandardOutput.print(
        "\(result.outputPath): \(counted(result.stepCount, "step"))\(loss), "
          + durationText(seconds))
    }
  }
}
