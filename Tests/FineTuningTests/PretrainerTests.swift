import Foundation
import ModelFile
import ModelSchema
import TensorStorage
import TestSupport
import Testing

@testable import FineTuning

@Suite struct PretrainerTests {
  private let folder: TemporaryFolder
  private let model: ModelFile
  private let data: PretrainingData

  init() throws {
    folder = try TemporaryFolder()
    model = try TinyModel.write(to: folder.path("in.rmtw"), memory: nil, labels: [])
    let tokenizer = try SmallVocabulary.tokenizer()
    data = try PretrainingData(
      text: PretrainingText(
        generatedFrom: 3, tokenizer: tokenizer, positions: 20, tokenCount: 400),
      tokenizer: tokenizer,
      options: PretrainingData.Options(
        masking: MaskingOptions(share: 0.15, hidesWholeWords: false), generatedShare: 0,
        validationSequenceCount: 4))
  }

  private func options(steps: Int = 4, threadCount: Int = 1) -> PretrainingOptions {
    PretrainingOptions(
      stepCount: steps,
      schedule: LearningRateSchedule(shape: .linear, learningRate: 1e-2, warmUpStepCount: 1),
      optimizer: AdamW(
        beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01, decayScope: .matrices),
      clipping: .norm(1), batchSize: 3, dropout: nil, evaluationInterval: 2, saveInterval: 1,
      seed: 11, threadCount: threadCount, elementType: .f32)
  }

  private func path(_ name: String) -> String { folder.path(name) }
  private func state(_ name: String) -> String { path(name) + ".training" }
  private func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }
  private func bytes(_ name: String) throws -> Data {
    try Data(contentsOf: URL(fileURLWithPath: path(name)))
  }

  private func pretrainer(
    _ name: String, options: PretrainingOptions? = nil, resumes: Bool = false,
    collision: AtomicFileWriter.Collision = .keepExisting, model: ModelFile? = nil
  ) throws -> Pretrainer {
    try Pretrainer(
      model: model ?? self.model, data: data, options: options ?? self.options(),
      outputPath: path(name), collision: collision, resumes: resumes)
  }

  @Test func `a run learns, writes the model with its head and removes its state`() throws {
    var steps: [StepReport] = []
    let result = try pretrainer("out", options: options(steps: 60)).run { event in
      if case .step(let report) = event { steps.append(report) }
    }
    #expect(steps.map(\.step) == Array(1...60))
    #expect(steps.allSatisfy { $0.tokenCount == 60 && $0.gradientNorm > 0 })
    #expect(result.evaluations.map(\.step) == Array(stride(from: 2, through: 60, by: 2)))
    let first = try #require(result.evaluations.first), best = try #require(result.best)
    #expect(best.meanLoss < first.meanLoss - 0.3)
    #expect(best.meanLoss == result.evaluations.map(\.meanLoss).min())
    // Two sequences of eighteen tokens are held out, three tokens of each hidden.
    #expect(first.sampleCount == 3 * data.validationSequences(seed: 11).count)
    #expect(!exists(state("out")))
    let trained = try ModelFile(path: path("out"))
    #expect(trained.description.predictsMaskedTokens)
    let step = try #require(trained.provenance.last)
    #expect(step.verb == "pretrain" && step.seed == 11)
    #expect(step.created.map(\.name).contains("cls.predictions.bias"))
    #expect(step.options["learning rate"]?.string == "0.01")
  }

  @Test func `a pretrained model goes on with its head`() throws {
    _ = try pretrainer("once", options: options(steps: 40)).run()
    let once = try ModelFile(path: path("once"))
    var gentle = options(steps: 2)
    gentle.schedule.learningRate = 1e-9
    let result = try pretrainer("twice", options: gentle, model: once).run()
    let twice = try ModelFile(path: path("twice"))
    #expect(twice.provenance.map(\.verb) == ["pretrain", "pretrain"])
    #expect(twice.provenance.last?.created.isEmpty == true)
    let before = try pretrainer("again", options: options(steps: 40)).run().best
    #expect(abs((result.best?.meanLoss ?? 0) - (before?.meanLoss ?? 1)) < 1e-4)
  }

  @Test func `the same seed gives the same bytes with any threads, another seed others`() throws {
    var options = options(threadCount: 2)
    _ = try pretrainer("a", options: options).run()
    options.threadCount = 3
    _ = try pretrainer("b", options: options).run()
    #expect(try bytes("a") == bytes("b"))
    options.seed += 1
    _ = try pretrainer("c", options: options).run()
    #expect(try bytes("a") != bytes("c"))
  }

  @Test func `a run that is stopped at any moment goes on to the same bytes`() throws {
    var pollCount = 0
    _ = try pretrainer("straight").run(shouldStop: {
      pollCount += 1
      return false
    })
    #expect(pollCount >= 8)
    for moment in 1...pollCount {
      var left = moment
      #expect(throws: Interrupted.self) {
        _ = try pretrainer("stopped", resumes: true, collision: .replace).run(shouldStop: {
          left -= 1
          return left == 0
        })
      }
      #expect(exists(state("stopped")))
      _ = try pretrainer("stopped", resumes: true, collision: .replace).run()
      #expect(try bytes("stopped") == bytes("straight"), "stopped at poll \(moment)")
      #expect(!exists(state("stopped")))
    }
  }

  @Test func `a run that is killed after any save goes on to the same bytes`() throws {
    var states: [Data] = []
    _ = try pretrainer("killed").run { event in
      guard case .saved(let path) = event else { return }
      states += [FileManager.default.contents(atPath: path) ?? Data()]
    }
    let expected = try bytes("killed")
    #expect(states.count == 5)
    for (index, saved) in states.enumerated() {
      try saved.write(to: URL(fileURLWithPath: state("killed")))
      if index < states.count - 1 { try FileManager.default.removeItem(atPath: path("killed")) }
      _ = try pretrainer("killed", resumes: true).run()
      #expect(try bytes("killed") == expected, "killed after save \(index)")
    }
  }

  @Test func `a resumed run with another setting is refused by its name`() throws {
    var polls = 0
    #expect(throws: Interrupted.self) {
      _ = try pretrainer("run").run(shouldStop: {
        polls += 1
        return polls == 3
      })
    }
    #expect(throws: FineTuningError.stateExists(path: state("run"))) {
      _ = try pretrainer("run").run()
    }
    var changed = options()
    changed.batchSize = 2
    #expect(
      throws: FineTuningError.settingChanged(
        path: state("run"), name: "batch", saved: "3", given: "2")
    ) { _ = try pretrainer("run", options: changed, resumes: true).run() }
    #expect(exists(state("run")))
  }

  @Test func `a model with memory, positions beyond the table and bad options are refused`() throws
  {
    let attached = try TinyModel.write(to: path("memory.rmtw"))
    #expect(throws: PretrainingError.hasMemory(path: attached.path)) {
      _ = try pretrainer("x", model: attached)
    }
    for change: (inout PretrainingOptions) -> Void in [
      { $0.stepCount = 0 }, { $0.batchSize = 0 }, { $0.dropout = 1 },
      { $0.schedule.learningRate = .nan }, { $0.evaluationInterval = 0 }, { $0.threadCount = 0 },
      { $0.clipping = .norm(0) }, { $0.elementType = .i8 },
    ] {
      var options = options()
      change(&options)
      #expect(throws: FineTuningError.self) { _ = try pretrainer("x", options: options) }
    }
    let long = try PretrainingData(
      text: PretrainingText(
        generatedFrom: 3, tokenizer: SmallVocabulary.tokenizer(), positions: 21, tokenCount: 400),
      tokenizer: SmallVocabulary.tokenizer(), options: data.options)
    #expect(throws: FineTuningError.self) {
      _ = try Pretrainer(
        model: model, data: long, options: options(), outputPath: path("x"),
        collision: .keepExisting, resumes: false)
    }
  }

  @Test func `a run that diverges says so and leaves no state`() throws {
    var options = options(steps: 40)
    options.schedule.learningRate = 1e30
    options.clipping = .none
    #expect(throws: FineTuningError.self) { _ = try pretrainer("wild", options: options).run() }
    #expect(!exists(path("wild")) && !exists(state("wild")))
  }
}
