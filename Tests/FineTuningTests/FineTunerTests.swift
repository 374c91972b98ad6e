import Foundation
import ModelFile
import ModelSchema
import TensorStorage
import TestSupport
import Testing

@testable import FineTuning

@Suite struct FineTunerTests {
  private let folder: TemporaryFolder
  private let model: ModelFile
  private let data: TaskData

  init() throws {
    folder = try TemporaryFolder()
    model = try TinyModel.write(to: folder.path("in.rmtw"))
    data = try TinyModel.memorize()
  }

  private func path(_ name: String) -> String { folder.path(name) }
  private func state(_ name: String) -> String { path(name) + ".training" }
  private func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }
  private func bytes(_ name: String) throws -> Data {
    try Data(contentsOf: URL(fileURLWithPath: path(name)))
  }

  private func tuner(
    _ name: String, options: FineTuningOptions? = nil, resumes: Bool = false,
    collision: AtomicFileWriter.Collision = .keepExisting
  ) throws -> FineTuner {
    try FineTuner(
      model: model, data: data, options: try options ?? TinyModel.options(),
      outputPath: path(name), collision: collision, resumes: resumes)
  }

  @Test func `a run writes a model with its history and removes its state`() throws {
    var stages: [Int] = []
    var steps: [StepReport] = []
    let result = try tuner("out").run { event in
      switch event {
      case .stage(let stage, _, _): stages.append(stage.number)
      case .step(let report): steps.append(report)
      default: break
      }
    }
    #expect(stages == [1, 2])
    #expect(steps.map(\.step) == [1, 2, 3, 1, 2, 3])
    #expect(steps.map(\.learningRate) == [0, 1e-2, 5e-3, 0, 1e-2, 5e-3])
    #expect(steps.map(\.tokenCount) == [44, 44, 44, 88, 88, 88])
    #expect(steps.allSatisfy { $0.meanLoss.isFinite && $0.gradientNorm > 0 })
    #expect(result.stepCount == 6)
    #expect(result.evaluations.map(\.step) == [2, 3, 0, 2, 3])
    #expect(!exists(state("out")))
    let tuned = try ModelFile(path: path("out"))
    #expect(tuned.description == model.description)
    #expect(tuned.provenance.map(\.verb) == ["finetune"])
    #expect(tuned.provenance[0].sources.map(\.name) == ["in.rmtw"])
    #expect(tuned.provenance[0].seed == 11)
    #expect(tuned.provenance[0].options["learning rate"]?.string == "0.01")
    let evaluator = try Evaluator(model: tuned, memory: TinyModel.memory, threadCount: 2)
    let stage = try TinyModel.options().curriculum.stages[1]
    let measured = try evaluator.evaluate(data.validationSamples(for: stage, seed: 11))
    #expect(measured.correctCount == result.best?.correctCount)
    #expect(abs(measured.meanLoss - (result.best?.meanLoss ?? 0)) < 1e-5)
    #expect(measured.tokenCount == 6 * 22)
  }

  @Test func `the result's file tells the task and the stories that it trained on`() throws {
    let lines = (0..<20).map {
      "1 Mary went to the garden.\n2 Where is Mary?\t\(MovementTask.places[$0 % 6])\t1\n"
    }
    let path = try folder.write(
      (lines.joined() + "1 John moved to the office.\n2 Where is John?\toffice\t1\n").utf8,
      to: "stories.txt")
    let tokenizer = try SmallVocabulary.tokenizer()
    let stories = try StoryCollection(
      trainingPath: path, evaluationPath: nil, form: .any, provenance: [],
      allowsTrainingStories: false)
    let task = try StoryTask.babi(
      modelLabels: MovementTask.places, tokenizer: tokenizer,
      background: try TaskDocuments.background(tokenizer), stories: stories,
      factPositions: .random, segmentSize: TinyModel.memory.segmentSize)
    let data = try TaskData(
      task: task, memory: TinyModel.memory, validationSampleCount: 2)
    _ = try FineTuner(
      model: model, data: data, options: try TinyModel.options(), outputPath: self.path("out"),
      collision: .keepExisting, resumes: false
    ).run()
    let step = try #require(try ModelFile(path: self.path("out")).provenance.last)
    #expect(step.sources.map(\.name) == ["in.rmtw", "stories.txt"])
    #expect(step.options["task"]?.string == "babi")
    #expect(step.options["fact positions"]?.string == "random")
    #expect(step.options["stories"]?.string?.contains("checksum") == true)
    let trained = TrainedStories(provenance: [step])
    #expect(trained.isComplete)
    #expect(stories.stories(of: .training).allSatisfy(trained.contains))
    #expect(!stories.stories(of: .validation).contains(where: trained.contains))
  }

  @Test func `the same seed gives the same bytes with any threads, another seed others`() throws {
    var options = try TinyModel.options(threadCount: 2)
    _ = try tuner("a", options: options).run()
    options.threadCount = 3
    _ = try tuner("b", options: options).run()
    #expect(try bytes("a") == bytes("b"))
    options.seed += 1
    _ = try tuner("c", options: options).run()
    #expect(try bytes("a") != bytes("c"))
  }

  @Test func `a run that is stopped at any moment goes on to the same bytes`() throws {
    var pollCount = 0
    _ = try tuner("straight").run(shouldStop: {
      pollCount += 1
      return false
    })
    #expect(pollCount > 15)
    for moment in 1...pollCount {
      var left = moment
      #expect(throws: Interrupted.self) {
        _ = try tuner("stopped", resumes: true, collision: .replace).run(shouldStop: {
          left -= 1
          return left == 0
        })
      }
      #expect(exists(state("stopped")))
      _ = try tuner("stopped", resumes: true, collision: .replace).run()
      #expect(try bytes("stopped") == bytes("straight"), "stopped at poll \(moment)")
      #expect(!exists(state("stopped")))
    }
  }

  @Test func `a run that is killed after any save goes on to the same bytes`() throws {
    var states: [Data] = []
    _ = try tuner("killed").run { event in
      guard case .saved(let path) = event else { return }
      states += [FileManager.default.contents(atPath: path) ?? Data()]
    }
    let expected = try bytes("killed")
    // Six steps and two ends of stages.
    #expect(states.count == 8)
    for (index, saved) in states.enumerated() {
      try saved.write(to: URL(fileURLWithPath: state("killed")))
      // After the last save the output may or may not be there.
      if index < states.count - 1 { try FileManager.default.removeItem(atPath: path("killed")) }
      _ = try tuner("killed", resumes: true).run()
      #expect(try bytes("killed") == expected, "killed after save \(index)")
    }
  }

  @Test func `a resumed run with another setting is refused by its name`() throws {
    #expect(throws: Interrupted.self) {
      _ = try tuner("out").run(shouldStop: { true })
    }
    var options = try TinyModel.options()
    options.optimizer.weightDecay = 0.5
    #expect(
      throws: FineTuningError.settingChanged(
        path: state("out"), name: "weight decay", saved: "0.001", given: "0.5")
    ) { _ = try tuner("out", options: options, resumes: true).run() }
    let other = try TinyModel.write(to: path("other.rmtw"), seed: 2)
    let error = #expect(throws: FineTuningError.self) {
      _ = try FineTuner(
        model: other, data: data, options: try TinyModel.options(), outputPath: path("out"),
        collision: .keepExisting, resumes: true
      ).run()
    }
    #expect(error?.problem.contains("model") == true)
    #expect(throws: FineTuningError.stateExists(path: state("out"))) {
      _ = try tuner("out").run()
    }
  }

  @Test func `stages that a stopped run has not begun may be others, to the bytes of a fresh run`()
    throws
  {
    func stop(_ name: String, afterSteps limit: Int) throws {
      var count = 0
      #expect(throws: Interrupted.self) {
        _ = try tuner(name).run(
          report: { if case .step = $0 { count += 1 } }, shouldStop: { count == limit })
      }
    }
    let others = try TinyModel.options(segments: [1, 3, 4], steps: [3, 4, 2])
    _ = try tuner("fresh", options: others).run()
    try stop("changed", afterSteps: 2)
    #expect(try FineTuner.begunStageCount(stateAt: state("changed")) == 1)
    _ = try tuner("changed", options: others, resumes: true).run()
    #expect(try bytes("changed") == bytes("fresh"))
    try stop("fewer", afterSteps: 2)
    let fewer = try TinyModel.options(segments: [1], steps: [3])
    #expect(try tuner("fewer", options: fewer, resumes: true).run().stepCount == 3)
    try stop("begun", afterSteps: 4)
    #expect(try FineTuner.begunStageCount(stateAt: state("begun")) == 2)
    for (options, name, saved, given) in [
      (others, "segments", "1,2", "1,3,4"), (fewer, "segments", "1,2", "1"),
      (try TinyModel.options(steps: [3, 4]), "steps", "3,3", "3,4"),
    ] {
      #expect(
        throws: FineTuningError.settingChanged(
          path: state("begun"), name: name, saved: saved, given: given)
      ) { _ = try tuner("begun", options: options, resumes: true).run() }
    }
  }

  @Test func `a run may be resumed with replay, to the same bytes, but not truncated`() throws {
    var options = try TinyModel.options(segments: [2, 5], steps: [2])
    options.backpropagation = .full
    _ = try tuner("full", options: options).run()
    var left = 5
    #expect(throws: Interrupted.self) {
      _ = try tuner("replay", options: options).run(shouldStop: {
        left -= 1
        return left == 0
      })
    }
    options.backpropagation = .truncated(1)
    #expect(
      throws: FineTuningError.settingChanged(
        path: state("replay"), name: "truncation", saved: "none", given: "1")
    ) { _ = try tuner("replay", options: options, resumes: true).run() }
    options.backpropagation = .replay
    _ = try tuner("replay", options: options, resumes: true).run()
    #expect(try bytes("replay") == bytes("full"))
    options.backpropagation = .truncated(1)
    _ = try tuner("truncated", options: options).run()
    #expect(try bytes("truncated") != bytes("full"))
  }

  @Test func `a finished run has nothing to resume`() throws {
    _ = try tuner("out", resumes: true).run()
    let finished = try bytes("out")
    #expect(throws: FineTuningError.nothingToResume(path: path("out"))) {
      _ = try tuner("out", resumes: true).run()
    }
    #expect(try bytes("out") == finished)
  }

  @Test func `a damaged state is refused`() throws {
    #expect(throws: Interrupted.self) {
      _ = try tuner("out").run(shouldStop: { true })
    }
    let url = URL(fileURLWithPath: state("out"))
    var saved = try Data(contentsOf: url)
    saved[saved.count - 9] ^= 1
    try saved.write(to: url)
    let error = #expect(throws: FineTuningError.self) {
      _ = try tuner("out", resumes: true).run()
    }
    #expect(error?.problem.contains("damaged") == true)
    #expect(error?.advice?.contains("--force") == true)
    try Data(contentsOf: URL(fileURLWithPath: model.path)).write(to: url)
    #expect(
      throws: FineTuningError.notTrainingState(path: state("out"), reason: "it is a model file")
    ) { _ = try tuner("out", resumes: true).run() }
  }

  @Test func `an output that exists is kept unless it is to be replaced`() throws {
    try folder.write("mine".utf8, to: "out")
    let error = #expect(throws: FileError.self) { _ = try tuner("out").run() }
    #expect(error?.kind == .usage)
    #expect(try bytes("out") == Data("mine".utf8))
    _ = try tuner("out", collision: .replace).run()
    #expect(try bytes("out") != Data("mine".utf8))
  }

  @Test func `loss that is no number ends the run and keeps the best weights`() throws {
    var options = try TinyModel.options(segments: [1], steps: [6])
    options.evaluationInterval = 1
    options.schedule = LearningRateSchedule(
      shape: .constant, learningRate: 1e38, warmUpStepCount: 1)
    let error = #expect(throws: FineTuningError.self) {
      _ = try tuner("out", options: options).run()
    }
    guard case .diverged(1, let step, _, path("out.best"))? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(step >= 2)
    #expect(error?.problem.contains("is no longer a finite number; training cannot go on") == true)
    #expect(!exists(path("out")) && !exists(state("out")))
    #expect(try ModelFile(path: path("out.best")).provenance.count == 1)
    // What a person begins anew from is not replaced when that does not work either, nor is a link
    // that leads nowhere.
    let before = try bytes("out.best")
    try FileManager.default.createSymbolicLink(
      atPath: path("out.best-2"), withDestinationPath: "nothing")
    let again = #expect(throws: FineTuningError.self) {
      _ = try tuner("out", options: options, collision: .replace).run()
    }
    guard case .diverged(1, _, _, path("out.best-3"))? = again else {
      Issue.record("\(String(describing: again))")
      return
    }
    #expect(try bytes("out.best") == before)
  }

  @Test func `accumulated batches give the step of one large batch`() throws {
    var options = try TinyModel.options(segments: [2], steps: [3])
    func losses() throws -> [Double] {
      var losses: [Double] = []
      _ = try tuner("out", options: options, collision: .replace).run { event in
        if case .step(let report) = event { losses.append(report.meanLoss) }
      }
      return losses
    }
    let accumulated = try losses()
    (options.batchSize, options.accumulationCount) = (4, 1)
    let whole = try losses()
    #expect(zip(accumulated, whole).allSatisfy { abs($0 - $1) < 1e-5 })
    #expect(accumulated.count == 3)
  }

  @Test func `a model learns labelled documents`() throws {
    let lines = MovementTask.places.map { "{\"text\": \"the \($0) .\", \"label\": \"\($0)\"}\n" }
    let documents = try LabeledDocuments(
      path: try folder.write(lines.joined().utf8, to: "train.jsonl"), labels: MovementTask.places,
      tokenizer: try SmallVocabulary.tokenizer())
    var options = try TinyModel.options(segments: [], steps: [40])
    options.dropout = 0
    options.batchSize = 6
    options.accumulationCount = 1
    options.evaluationInterval = nil
    options.elementType = .bf16
    let result = try FineTuner(
      model: model,
      data: DocumentData(training: documents, validation: documents, segmentSize: 11),
      options: options, outputPath: path("out"), collision: .keepExisting, resumes: false
    ).run()
    #expect(result.best?.accuracy == 1)
    #expect(result.evaluations.count == 1)
    let tuned = try ModelFile(path: path("out"))
    #expect(tuned.elementType == .bf16)
    #expect(tuned.provenance[0].sources.map(\.name) == ["in.rmtw", "train.jsonl", "train.jsonl"])
  }

  @Test func `a model without memory or labels is told what to do`() throws {
    for (memory, labels) in [(nil, ["a"]), (TinyModel.memory, [])] {
      let bare = try TinyModel.write(to: path("bare"), memory: memory, labels: labels)
      let error = #expect(throws: FineTuningError.self) {
        _ = try FineTuner(
          model: bare, data: data, options: try TinyModel.options(), outputPath: path("out"),
          collision: .keepExisting, resumes: false)
      }
      #expect(error?.advice?.contains("rmt attach") == true)
    }
  }
}
