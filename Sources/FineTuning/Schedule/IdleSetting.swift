/// A setting of a stage, or of a run, that cannot do what it is for, beside what else is set.
package struct IdleSetting: Sendable {
  /// Which it is.
  package enum Name: Sendable {
    case warmUpSteps, questionsPerStory, askEvery, memoryClipNorm
  }

  /// Which it is.
  package let name: Name
  /// The stage, from 1.
  package let stage: Int
  /// Why, as a clause.
  package let problem: String
}

extension Curriculum {
  /// The settings of its stages that cannot do what they are for.
  ///
  /// - Parameters:
  ///   - warmUpStepCount: steps until a stage's highest learning rate is reached.
  ///   - batchSize: samples in a batch of a stage that names no number of its own.
  package func idleSettings(warmUpStepCount: Int, batchSize: Int) -> [IdleSetting] {
    stages.flatMap { stage in
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
      if stage.memoryClipNorm != nil, stage.segmentCount == 1 {
        add(
          .memoryClipNorm,
          "documents of one segment, as in stage \(stage.number), hand no memory on")
      }
      return idle
    }
  }
}
