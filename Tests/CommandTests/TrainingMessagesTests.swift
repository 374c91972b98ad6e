@testable import FineTuning
import TestSupport
import Testing

@testable import rmt

@Suite("What a person reads of a training run")
struct TrainingMessagesTests {
  private func finetune(
    _ folder: TemporaryFolder, _ options: String..., steps: String = "1"
  ) throws -> CommandRun {
    let arguments = [
      "finetune", "memory.rmtw", "--train", "train.jsonl", "--eval", "eval.jsonl", "-o",
      "tuned.rmtw", "--batch", "1", "--steps", steps, "--threads", "1",
    ]
    let run = try CommandRun(arguments + options, in: folder)
    #expect(run.exitCode == 0, "\(run.errors)")
    return run
  }

  @Test func `text that the vocabulary does not know is warned of`() throws {
    let folder = try TemporaryFolder()
    try folder.attachTinyMemory()
    try folder.writeDocuments()
    try folder.write(#"{"text": "☃ ☃ ☃", "label": "yes"}"#, to: "train.jsonl")
    let run = try finetune(folder)
    #expect(run.errors.contains("rmt: warning: train.jsonl: 100.0 %"), "\(run.errors)")
    #expect(run.output.contains("tuned.rmtw: 1 step, "), "\(run.output)")
  }

  @Test func `a stage of documents says that shorter ones are in it`() throws {
    let folder = try TemporaryFolder()
    try folder.attachTinyMemory()
    try folder.writeDocuments()
    let run = try finetune(folder, "--segments", "1,2")
    #expect(run.output.contains("stage 2 of 2: up to 2 segments, 1 step"), "\(run.output)")
    #expect(run.errors.contains("rmt: warning: train.jsonl: "), "\(run.errors)")
    #expect(run.errors.contains("are left out"), "\(run.errors)")
  }

  @Test func `a long stage is evaluated without being asked`() throws {
    let folder = try TemporaryFolder()
    try folder.attachTinyMemory()
    try folder.writeDocuments()
    let run = try finetune(folder, "--segments", "1", steps: "101")
    #expect(run.output.contains("step 100 of 101: accuracy"), "\(run.output)")
    #expect(run.output.contains("step 101 of 101: accuracy"), "\(run.output)")
  }

  @Test func `a sign of life shows loss, rate and time left`() {
    let report = StepReport(
      stage: 1, step: 60, runStep: 60, stepCount: 100, meanLoss: 0.5, accuracy: 0,
      learningRate: 1e-5,
      gradientNorm: 1, tokenCount: 1, seconds: 1)
    #expect(
      TrainingReporter.stepLine(report, stepsBefore: 40, seconds: 10)
        == "  step 60 of 100: training loss 0.5000, 2.00 steps/s, 0:20 left")
  }

  @Test func `evaluations in a row need an accuracy to reach`() throws {
    let folder = try TemporaryFolder()
    try folder.fail(
      64, saying: ["--target-evaluations", "--target-accuracy"], "finetune", "x", "--task",
      "memorize", "-o", "y", "--target-evaluations", "2")
  }

  @Test func `as many evaluations as asked for end a stage`() throws {
    let folder = try TemporaryFolder()
    try folder.attachTinyMemory()
    try folder.writeDocuments()
    let run = try finetune(
      folder, "--segments", "1", "--evaluate-every", "1", "--target-accuracy", "60",
      "--target-evaluations", "3", "--learning-rate", "0.01", "--dropout", "0", "--no-clip",
      steps: "400")
    let evaluations = run.output.split(separator: "\n").filter { $0.contains(": accuracy ") }
    #expect(
      run.output.contains("target reached at step \(evaluations.count) of 400"), "\(run.output)")
    #expect(evaluations.count >= 3 && evaluations.count < 400)
    try folder.fail(
      64, saying: ["target accuracy is 1.0 %", "guessing"], "finetune", "memory.rmtw", "--train",
      "train.jsonl", "--eval", "eval.jsonl", "-o", "other.rmtw", "--target-accuracy", "0.995")
  }

  @Test func `what cannot do what it is for is told`() throws {
    let folder = try TemporaryFolder()
    try folder.attachTinyMemory()
    try folder.writeDocuments()
    let run = try finetune(folder, "--segments", "1", "--warmup-steps", "50", steps: "2")
    #expect(
      run.errors.contains("note: Stage 1 ends after 2 steps, before the rate has risen."),
      "\(run.errors)")
  }

  @Test func `the state of a run is no model, and the message says what it is`() throws {
    let folder = try TemporaryFolder()
    try folder.attachTinyMemory()
    try folder.writeDocuments()
    let stopped = try CommandRun(
      [
        "finetune", "memory.rmtw", "--train", "train.jsonl", "--eval", "eval.jsonl", "-o",
        "tuned.rmtw", "--batch", "1", "--steps", "100000", "--evaluate-every", "1",
      ], in: folder, interruptedWhen: { $0.contains("step 1 ") })
    #expect(stopped.exitCode == 130, "\(stopped.errors)")
    try folder.fail(
      65, saying: ["tuned.rmtw.training", "finetune --resume"], "attach", "tuned.rmtw.training",
      "-o", "x.rmtw", "--memory-tokens", "2")
  }

  @Test func `a row of an evaluation names the lengths that are in it`() {
    let evaluation = Evaluation(
      sampleCount: 4, correctCount: 3, meanLoss: 0.5, tokenCount: 40, seconds: 1)
    let table = EvaluationTable(
      rows: [1...1, 2...4].map {
        EvaluationRow(segmentCounts: $0, evaluation: evaluation, residentByteCount: nil)
      })
    let rows = table.text.split(separator: "\n").dropFirst()
    #expect(rows.map { $0.drop { $0 == " " }.prefix(6) } == ["1     ", "2 to 4"].map { $0[...] })
    #expect(table.json["rows"]?.array?.last?["leastSegments"]?.integer == 2)
    #expect(table.json["rows"]?.array?.last?["segments"]?.integer == 4)
  }
}
