import FineTuning
import JSON

extension Recipe {
  /// Everything that trained weights depend on but seeds and the content of files, under the recipe's
  /// keys: two recipes that say the same in other words have the same settings.
  ///
  /// `stopAtChance` is left out: it decides whether a run ends, not what it learns.
  ///
  /// - Parameter stageCount: the stages whose settings count; no others have been begun.
  func weightSettings(stageCount: Int) -> JSONObject {
    [
      "model": model.settings, "task": task.weightSettings,
      "training": training.settings(
        stageCount: stageCount, segmentPositions: model.segmentPositions),
    ]
  }

  /// Every file and folder that the recipe reads: the key that names it, the name, and whether
  /// weights depend on it, or rows of results alone.
  var files: [(key: String, name: String, shapesWeights: Bool)] {
    var files = [(key: "model.checkpoint", name: model.checkpoint, shapesWeights: true)]
    func add(_ key: String, _ names: [String]) {
      for (index, name) in names.enumerated() { files.append(("\(key)[\(index)]", name, true)) }
    }
    add("task.background", task.background)
    add("task.evaluationBackground", task.evaluationBackground)
    if let name = task.stories { files.append(("task.stories", name, true)) }
    if let name = task.validationStories { files.append(("task.validationStories", name, true)) }
    for (key, name) in testStories { files.append((key, name, false)) }
    return files
  }

  /// The stories that evaluations measure on: the key that names each file, and the file's name.
  var testStories: [(key: String, name: String)] {
    [("task.testStories", task.testStories)].compactMap { key, name in name.map { (key, $0) } }
      + evaluations.enumerated().compactMap { index, evaluation in
        evaluation.stories.map { (Self.storiesKey(ofEvaluation: index), $0) }
      }
  }

  /// The stories that an evaluation measures on, and the key that says so.
  func testStories(ofEvaluation index: Int) -> (key: String, name: String?) {
    evaluations[index].stories.map { (Self.storiesKey(ofEvaluation: index), $0) }
      ?? ("task.testStories", task.testStories)
  }

  static func storiesKey(ofEvaluation index: Int) -> String {
    "evaluations[\(index)].stories"
  }
}

extension RecipeModel {
  fileprivate var settings: JSONValue {
    var object: JSONObject = [
      "checkpoint": .string(checkpoint), "start": .string(start.rawValue),
      "memoryTokens": .integer(memoryTokenCount), "segmentPositions": .integer(segmentPositions),
      "alignment": .string(alignment.rawValue),
    ]
    // Only where it is given: experiments that began before there was this key go on.
    if let initializerRange { object["initializerRange"] = .number(initializerRange) }
    return .object(object)
  }
}

extension RecipeTask {
  fileprivate var weightSettings: JSONValue {
    [
      "name": .string(name.rawValue),
      "factPositions": .string((factPositions ?? name.trainingFactPositions).rawValue),
      "background": .array(background.map { .string($0) }),
      "evaluationBackground": .array(evaluationBackground.map { .string($0) }),
      "stories": stories.map { .string($0) } ?? .null,
      "validationStories": validationStories.map { .string($0) } ?? .null,
    ]
  }
}

extension RecipeTraining {
  fileprivate func settings(stageCount: Int, segmentPositions: Int) -> JSONValue {
    var object: JSONObject = [
      "batch": .integer(batchSize),
      "learningRate": .number(schedule.learningRate),
      "warmUpSteps": .integer(schedule.warmUpStepCount),
      "schedule": .string(schedule.shape.rawValue),
      "beta1": .number(optimizer.beta1), "beta2": .number(optimizer.beta2),
      "epsilon": .number(optimizer.epsilon), "weightDecay": .number(optimizer.weightDecay),
      "decay": .string(optimizer.decayScope.rawValue), "dropout": .number(orNull: dropout),
      "tokenNoise": .number(tokenNoise),
      "lossOnAllSegments": .bool(lossOnAllSegments),
      "evaluateEvery": .integer(evaluationInterval),
      "validationSamples": .integer(validationSampleCount),
      "targetAccuracy": targetAccuracy.map { .number($0 * 100) } ?? false,
      "targetEvaluations": .integer(targetEvaluationCount), "dtype": .string(elementType.rawValue),
    ]
    switch clipping {
    case .none: break
    case .norm(let limit): object["clipNorm"] = .number(limit)
    case .value(let limit): object["clipValue"] = .number(limit)
    }
    // The last, for where a value of the run's differs it is not a stage's that is to be named.
    object["stages"] = .array(
      curriculum.stages.prefix(stageCount).map {
        settings(of: $0, segmentPositions: segmentPositions)
      })
    return .object(object)
  }

  /// What holds in a stage, whether it says so or the run does.
  private func settings(of stage: Curriculum.Stage, segmentPositions: Int) -> JSONValue {
    let positions = stage.segmentPositions ?? segmentPositions...segmentPositions
    var object: JSONObject = [
      "segments": stage.segmentCount.map { .integer($0) } ?? .null,
      "steps": .integer(stage.stepCount), "mixing": .string(stage.mixing.rawValue),
      "segmentPositions": [.integer(positions.lowerBound), .integer(positions.upperBound)],
      "validationSegments": (stage.validationSegmentCount ?? stage.segmentCount).map {
        .integer($0)
      } ?? .null,
      "validationSamples": .integer(stage.validationSampleCount ?? validationSampleCount),
      "learningRate": .number(stage.learningRate ?? schedule.learningRate),
      "batch": .integer(stage.batchSize ?? batchSize),
      "dropout": .number(orNull: stage.dropout ?? dropout),
      "tokenNoise": .number(stage.tokenNoise ?? tokenNoise),
      "askEvery": stage.askEvery.map { .integer($0) } ?? .null,
    ]
    // As `initializerRange`.
    if let norm = stage.memoryClipNorm { object["memoryClipNorm"] = .number(norm) }
    let stories = stage.stories
    if stories.questionCount > 1 { object["questionsPerStory"] = .integer(stories.questionCount) }
    if stage.skipsPositions { object["skipPositions"] = true }
    if stories.areAmbiguous { object["ambiguousStories"] = true }
    if stories.cornerShare > 0 { object["cornerStories"] = .number(stories.cornerShare) }
    if stories.plainShare > 0 { object["plainQuestions"] = .number(stories.plainShare) }
    return .object(object)
  }
}

extension JSONValue {
  fileprivate static func number(orNull number: Double?) -> JSONValue {
    number.map { .number($0) } ?? .null
  }
}
