import ArgumentParser
import FineTuning
import JSON
import ModelFile
import ModelSchema
import RecurrentMemory
import TensorStorage

/// `rmt finetune`: trains a model with memory over documents of several segments.
struct Finetune: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Train a model with memory on documents of several segments.",
    discussion: """
      Stages go from short to long documents, each from the best weights of the stage before: \
      --segments 1,2,4 trains on one, then two, then four segments. Data is a file of documents, \
      one a line: {"text": "…", "label": "yes"}, or a task whose documents the program makes:

        memorize  a fact opens the document, the question about it ends it
        detect    the same with the fact somewhere in the document
        reason    two relations of places, the question is about one of them
        babi      the sentences and questions of a file in the form of the bAbI tasks

      The stories that a model trains on are named in its file, and rmt evaluate leaves them out. \
      Without --evaluation-stories a tenth of --stories is held out.

      Every --evaluate-every steps the model is measured, and before a later stage's first; the output \
      holds the weights that did best in the last stage. While it trains, the run's state is kept beside the output, in \
      OUTPUT.training. After Ctrl-C, or when the machine went down, the same command with --resume \
      goes on from there as if nothing had happened, to the same bits; stages that had not begun may \
      then be others (name --warmup-steps where the shortest stage changes). When the loss is no longer \
      a number training ends with an error, and the best weights so far are in OUTPUT.best, or the first free of OUTPUT.best-2, OUTPUT.best-3, …: the error says where. \
      --log and --tensorboard keep what is measured; a run that goes on leaves no step there twice.

      Examples:
        rmt finetune memory.rmtw --train train.jsonl --eval eval.jsonl \\
          -o tuned.rmtw
        rmt finetune memory.rmtw --task memorize -o tuned.rmtw \\
          --segments 1,2,4 --segment-positions 64 \\
          --learning-rate 1e-4 --steps 200
      """)

  @Argument(
    help: ArgumentHelp("A native file with memory and labels.", valueName: "file.rmtw"),
    completion: .file())
  var path: String

  @Option(
    name: [.customShort("o"), .customLong("output")],
    help: ArgumentHelp("The native file to write.", valueName: "file.rmtw"))
  var outputPath: String

  @OptionGroup(title: "Data") var data: TrainingDataOptions
  @OptionGroup(title: "Curriculum") var curriculum: CurriculumOptions
  @OptionGroup(title: "Optimizer") var optimizer: OptimizerOptions
  @OptionGroup(title: "Course of training") var course: CourseOptions
  @OptionGroup(title: "Run") var training: RunOptions
  @OptionGroup var forceOption: ForceOption
  @OptionGroup var output: JSONOption
  @OptionGroup var messages: MessageOptions

  func run() throws {
    let inputs = [path] + data.inputPaths
    try training.check(outputPath, inputs: inputs, collision: forceOption.collision)
    let model = try ModelFile(path: path)
    let memory = try model.memory(segmentPositions: curriculum.segmentPositions)
    let tuner = try FineTuner(
      model: model, data: try data.load(for: model, memory: memory, seed: training.seed),
      options: try options(memory: memory), outputPath: outputPath,
      collision: forceOption.collision, resumes: training.resume)
    // Data and options are good, so a log is not left empty by a run that never was.
    let reporter = TrainingReporter(
      messages: messages, printsLines: !output.json && !messages.quiet,
      recorders: try training.recorders(replaces: forceOption.force),
      takesShorterDocuments: data.train != nil)
    let start = ContinuousClock.now
    let result = try tuner.run(
      report: reporter.report, shouldStop: { Interruption.isRequested })
    reporter.finish()
    try show(result, seconds: (ContinuousClock.now - start).inSeconds)
  }

  private func options(memory: MemoryConfiguration) throws -> FineTuningOptions {
    let stages = try curriculum.curriculum(
      learningRates: optimizer.learningRate.elements, batchSizes: optimizer.batch.elements,
      dropouts: optimizer.dropout?.elements, tokenNoises: data.tokenNoise.elements,
      validationSampleCounts: data.evaluationSamples?.elements ?? [])
    let shortest = stages.stages.map(\.stepCount).min() ?? 1
    return FineTuningOptions(
      memory: memory, curriculum: stages,
      schedule: optimizer.schedule(shortestStage: shortest), optimizer: optimizer.adamW,
      clipping: optimizer.clipping, batchSize: optimizer.batch.elements[0],
      accumulationCount: optimizer.accumulate, dropout: optimizer.dropout?.elements[0],
      backpropagation: course.bptt, lossOnAllSegments: course.loss == .all,
      evaluationInterval: training.evaluateEvery,
      targetAccuracy: course.targetAccuracy.map { $0 / 100 },
      targetEvaluationCount: course.targetEvaluations ?? 1,
      stopsAtChance: course.stopAtChance, saveInterval: training.saveEvery, seed: training.seed,
      threadCount: training.threads.orEveryCore,
      elementType: training.dtype.elementType)
  }

  private func show(_ result: FineTuningResult, seconds: Double) throws {
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
              "stage": .integer($0.stage), "step": .integer($0.step),
              "samples": .integer($0.sampleCount), "correct": .integer($0.correctCount),
              "accuracy": .number($0.accuracy), "loss": .number($0.meanLoss),
            ]
          }),
      ]
      try StandardOutput.print(json.serialized(pretty: true))
    } else {
      let accuracy = best.map { ", accuracy \(percentage($0.accuracy))" } ?? ""
      try StandardOutput.print(
        "\(result.outputPath): \(counted(result.stepCount, "step"))\(accuracy), \(durationText(seconds))"
      )
    }
  }
}
