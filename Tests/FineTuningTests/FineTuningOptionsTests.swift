import Testing

@testable import FineTuning

@Suite struct FineTuningOptionsTests {
  @Test func `values out of range are refused by name`() throws {
    let changes: [(name: String, change: (inout FineTuningOptions) -> Void)] = [
      ("memory tokens", { $0.memory.tokenCount = 3 }),
      ("segment positions", { $0.memory.segmentPositions = 5 }),
      ("segment positions", { $0.memory.segmentPositions = 21 }),
      ("learning rate", { $0.schedule.learningRate = 0 }),
      ("learning rate", { $0.schedule.learningRate = .nan }),
      ("warm-up", { $0.schedule.warmUpStepCount = -1 }),
      ("beta 1", { $0.optimizer.beta1 = 1 }),
      ("beta 2", { $0.optimizer.beta2 = -0.1 }),
      ("epsilon", { $0.optimizer.epsilon = 0 }),
      ("weight decay", { $0.optimizer.weightDecay = -1 }),
      ("clipping", { $0.clipping = .norm(0) }),
      ("clipping", { $0.clipping = .value(.infinity) }),
      ("batch", { $0.batchSize = 0 }),
      ("accumulation", { $0.accumulationCount = 0 }),
      ("accumulation", { $0.accumulationCount = 1 << 20 }),
      ("dropout", { $0.dropout = 1 }),
      (
        "token noise",
        {
          var stage = Curriculum.Stage(segmentCount: 4, stepCount: 1)
          stage.tokenNoise = 1.5
          $0.curriculum = try! Curriculum(stages: [stage])
        }
      ),
      (
        "corner stories",
        {
          var stage = Curriculum.Stage(segmentCount: 4, stepCount: 1)
          stage.stories.cornerShare = 1.1
          $0.curriculum = try! Curriculum(stages: [stage])
        }
      ),
      (
        "plain questions",
        {
          var stage = Curriculum.Stage(segmentCount: 4, stepCount: 1)
          stage.stories.plainShare = .nan
          $0.curriculum = try! Curriculum(stages: [stage])
        }
      ),
      (
        "ask every",
        {
          var stage = Curriculum.Stage(segmentCount: 4, stepCount: 1)
          stage.askEvery = 2
          $0.curriculum = try! Curriculum(stages: [stage])
          $0.lossOnAllSegments = true
        }
      ),
      (
        "memory clip norm",
        {
          var stage = Curriculum.Stage(segmentCount: 4, stepCount: 1)
          stage.memoryClipNorm = .nan
          $0.curriculum = try! Curriculum(stages: [stage])
        }
      ),
      ("truncation", { $0.backpropagation = .truncated(0) }),
      ("evaluation interval", { $0.evaluationInterval = 0 }),
      ("target accuracy", { $0.targetAccuracy = 1.5 }),
      ("target evaluations", { $0.targetEvaluationCount = 0 }),
      ("save interval", { $0.saveInterval = 0 }),
      ("threads", { $0.threadCount = 0 }),
      ("type", { $0.elementType = .i8 }),
    ]
    try TinyModel.options().validate(for: TinyModel.description)
    for (name, change) in changes {
      var options = try TinyModel.options()
      change(&options)
      let error = #expect(throws: FineTuningError.self) {
        try options.validate(for: TinyModel.description)
      }
      guard case .invalidOption(name, _, _)? = error else {
        Issue.record("\(name): \(String(describing: error))")
        continue
      }
    }
  }

  @Test func `every setting has a name of its own`() throws {
    let names = try TinyModel.options().settings.map(\.name)
    #expect(Set(names).count == names.count)
  }
}
