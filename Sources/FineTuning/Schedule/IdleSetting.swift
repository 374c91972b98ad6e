/// A setting of a stage, or of a run, that cannot do what it is for, beside what else is set.
package struct IdleSetting: Sendable {
  /// Which it is.
  package enum Name: Sendable {
    case warmUpSteps, questionsPerStory, askEvery, memoryMixup, memoryClipNorm
  }

  /// Which it is.
  package let name: Name
  /// The stage, from 1; `nil` for the run's setting, which no stage has a use for.
  package let stage: Int?
  /// Why, as a clause.
  package let problem: String
}

extension Curriculum {
  /// The settings of its stages that cannot do what they are for.
  ///
  /// - Parameters:
  ///   - warmUpStepCount: steps until a stage's highest learning rate is reached.
  ///   - batchSize: samples in a batch of a stage that names no number of its own.
  ///   - memoryMixup: that of a stage that names none of its own.
  package func idleSettings(
    warmUpStepCount: Int, batchSize: Int, memoryMixup: Double
  ) -> [IdleSetting] {
    let ofStages = stages.flatMap { stage in
      var idle: [IdleSetting] = []
      func add(_ name: IdleSetting.Name, _ problem: String) {
        idle.append(IdleSetting(name: name, stage: stage.number, problem: problem))
      }
      if warmUpStepCount > stage.stepCount {
        add(
          .warmUpSteps,
          "stage \(stage.number) ends after \(stage.stepCount) steps, before the rate has risen")
      }
      let batchSize = stage.batchSize ?? batchSize
      if stage.stories.questionCount > batchSize {
        add(
          .questionsPerStory,
          "a batch of stage \(stage.number) has only \(batchSize) documents, and "
            + "\(stage.stories.questionCount) questions are wanted of each story")
      }
      if let interval = stage.askEvery, let count = stage.segmentCount, interval >= count {
        add(
          .askEvery,
          "documents of up to \(count) \(count == 1 ? "segment" : "segments"), as in stage "
            + "\(stage.number), end before a question after every \(interval)")
      }
      if stage.memoryMixup ?? 0 > 0, let problem = stage.mixupProblem(batchSize: batchSize) {
        add(.memoryMixup, problem)
      }
      if stage.memoryClipNorm != nil, let problem = stage.handOnProblem {
        add(.memoryClipNorm, problem)
      }
      return idle
    }
    // The run's mixup is idle where it is in every stage that has none of its own.
    let problems = stages.filter { $0.memoryMixup == nil }.map {
      $0.mixupProblem(batchSize: $0.batchSize ?? batchSize)
    }
    guard memoryMixup > 0, problems.allSatisfy({ $0 != nil }) else { return ofStages }
    let problem = problems.first.flatMap { $0 } ?? "every stage has a memory mixup of its own"
    return [IdleSetting(name: .memoryMixup, stage: nil, problem: problem)] + ofStages
  }
}

extension Curriculum.Stage {
  /// Why no memory is handed on; `nil` where some are.
  fileprivate var handOnProblem: String? {
    segmentCount == 1 ? "documents of one segment, as in stage \(number), hand no memory on" : nil
  }

  /// Why no memory can be mixed with that of another document; `nil` where it can.
  fileprivate func mixupProblem(batchSize: Int) -> String? {
    if let handOnProblem { return handOnProblem }
    guard batchSize == 1 else { return nil }
    return "a batch of one document, as in stage \(number), has no other memory to mix in"
  }
}
