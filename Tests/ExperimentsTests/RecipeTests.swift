import FineTuning
import Foundation
import JSON
import TestSupport
import Testing

@testable import Experiments

@Suite struct RecipeTests {
  /// A recipe with everything that has no default, and changes to it by key path.
  private func recipe(_ changes: (inout JSONObject) -> Void = { _ in }) throws -> Recipe {
    var training: JSONObject = [
      "stages": [["segments": 1, "steps": 5]], "batch": 4, "learningRate": 1e-3, "warmUpSteps": 1,
    ]
    var object: JSONObject = [
      "title": "a title",
      "model": ["checkpoint": "bert", "memoryTokens": 2, "segmentPositions": 64],
      "task": ["name": "memorize"],
    ]
    object["training"] = .object(training)
    changes(&object)
    training = object["training"]?.object ?? training
    return try Recipe(json: .object(object), file: "recipe.json")
  }

  private func change(_ object: inout JSONObject, _ part: String, _ key: String, _ to: JSONValue?) {
    var member = object[part]?.object ?? JSONObject()
    member[key] = to
    object[part] = .object(member)
  }

  @Test func `what is left out has the default that the table names`() throws {
    let recipe = try recipe()
    #expect(recipe.seeds == [0] && recipe.sources.isEmpty && recipe.evaluations.isEmpty)
    #expect(recipe.model.alignment == .right)
    let training = recipe.training
    #expect(training.schedule.shape == .linear && training.clipping == .none)
    #expect(training.optimizer.beta1 == 0.9 && training.optimizer.beta2 == 0.999)
    #expect(training.optimizer.epsilon == 1e-8 && training.optimizer.weightDecay == 0.001)
    #expect(training.targetAccuracy == 0.995 && training.targetEvaluationCount == 3)
    #expect(training.stopsAtChance && training.evaluationInterval == 50)
    #expect(training.dropout == nil && training.elementType == .f32)
    #expect(training.curriculum.stages[0].mixing == .none)
  }

  @Test func `a stage has everything that a stage can have`() throws {
    let recipe = try recipe {
      change(
        &$0, "training", "stages",
        [
          ["segments": 1, "steps": 5, "segmentPositions": [32]],
          [
            "segments": 4, "steps": 6, "mixing": "spread", "segmentPositions": [32, 64],
            "validationSegments": 16, "validationSamples": 9, "learningRate": 0.25, "batch": 7,
            "dropout": 0.5,
            "tokenNoise": 0.5, "askEvery": 3, "questionsPerStory": 4,
            "plainQuestions": 0.25, "skipPositions": true, "ambiguousStories": true,
            "cornerStories": 0.5, "memoryClipNorm": 0.75,
          ],
        ])
    }
    let stages = recipe.training.curriculum.stages
    #expect(stages[0].segmentPositions == 32...32)
    #expect(stages[1].segmentPositions == 32...64 && stages[1].mixing == .spread)
    #expect(stages[1].validationSegmentCount == 16 && stages[1].learningRate == 0.25)
    #expect(stages[0].validationSampleCount == nil && stages[1].validationSampleCount == 9)
    #expect(stages[0].batchSize == nil && stages[1].batchSize == 7)
    #expect(recipe.training.tokenNoise == 0)
    #expect(stages[0].tokenNoise == nil && stages[1].tokenNoise == 0.5)
    #expect(stages[0].askEvery == nil && stages[1].askEvery == 3)
    #expect(stages[0].memoryClipNorm == nil && stages[1].memoryClipNorm == 0.75)
    #expect(stages[0].stories.questionCount == 1 && stages[1].stories.questionCount == 4)
    #expect(!stages[0].skipsPositions && stages[1].skipsPositions)
    #expect(!stages[0].stories.areAmbiguous && stages[1].stories.areAmbiguous)
    #expect(stages[0].stories.cornerShare == 0 && stages[1].stories.cornerShare == 0.5)
    #expect(stages[0].stories.plainShare == 0 && stages[1].stories.plainShare == 0.25)
    #expect(stages[1].dropout == 0.5 && stages[1].number == 2 && stages[1].stepCount == 6)
  }

  /// A change to a recipe that must be refused: the part, the key, its value as JSON, and the place
  /// that the error names.
  struct Refused: Sendable {
    let part: String
    let key: String
    let value: String
    let place: String

    init(_ part: String, _ key: String, _ value: String, at place: String) {
      (self.part, self.key, self.value, self.place) = (part, key, value, place)
    }

    /// One stage with these members.
    static func stage(_ members: String, at key: String) -> Refused {
      Refused("training", "stages", "[{\(members)}]", at: "training.stages[0].\(key)")
    }
  }

  private func error(_ refused: Refused) throws -> RecipeError? {
    let value = try JSONValue(parsing: Array(refused.value.utf8), file: "test")
    do {
      _ = try recipe { change(&$0, refused.part, refused.key, value) }
      return nil
    } catch let error as RecipeError {
      return error
    }
  }

  @Test(arguments: [
    Refused("training", "bach", "3", at: "training.bach"),
    Refused("model", "heads", "3", at: "model.heads"),
    Refused("task", "story", #""x""#, at: "task.story"),
    .stage(#""segments": 1, "steps": 1, "batches": 2"#, at: "batches"),
  ])
  func `an unknown key is named`(refused: Refused) throws {
    guard case .unknownKey("recipe.json", refused.place, let known)? = try error(refused) else {
      Issue.record("another error, or none")
      return
    }
    #expect(!known.isEmpty)
  }

  @Test(arguments: [
    Refused("training", "warmUpSteps", "6", at: "training.warmUpSteps"),
    .stage(#""segments": 1, "steps": 5, "questionsPerStory": 5"#, at: "questionsPerStory"),
    .stage(#""segments": 3, "steps": 5, "askEvery": 3"#, at: "askEvery"),
    .stage(#""segments": 1, "steps": 5, "memoryClipNorm": 1"#, at: "memoryClipNorm"),
    .stage(#""segments": 1, "steps": 5, "mixing": "spread""#, at: "mixing"),
  ])
  func `what could have no effect is refused`(refused: Refused) throws {
    guard case .contradiction("recipe.json", refused.place, _)? = try error(refused) else {
      Issue.record("another error, or none")
      return
    }
  }

  @Test(arguments: [
    Refused("training", "batch", "0", at: "training.batch"),
    Refused("model", "initializerRange", "0", at: "model.initializerRange"),
    .stage(#""segments": 1, "steps": 1, "questionsPerStory": 0"#, at: "questionsPerStory"),
    .stage(#""segments": 1, "steps": 1, "plainQuestions": 1.5"#, at: "plainQuestions"),
    .stage(#""segments": 1, "steps": 1, "cornerStories": -0.5"#, at: "cornerStories"),
    Refused("training", "batch", "1.5", at: "training.batch"),
    Refused("training", "learningRate", #""fast""#, at: "training.learningRate"),
    Refused("training", "learningRate", "-1", at: "training.learningRate"),
    Refused("training", "dropout", "1", at: "training.dropout"),
    Refused("training", "tokenNoise", "-0.1", at: "training.tokenNoise"),
    Refused("training", "dtype", #""f8""#, at: "training.dtype"),
    Refused("training", "stages", "[]", at: "training.stages"),
    .stage(#""segments": 0, "steps": 1"#, at: "segments"),
    .stage(#""segments": 1, "steps": 1, "segmentPositions": [65]"#, at: "segmentPositions"),
    .stage(#""segments": 1, "steps": 1, "askEvery": 0"#, at: "askEvery"),
    .stage(#""segments": 2, "steps": 1, "memoryClipNorm": 0"#, at: "memoryClipNorm"),
    Refused("task", "name", #""sing""#, at: "task.name"),
    Refused("model", "alignment", #""up""#, at: "model.alignment"),
  ])
  func `a value outside its range is named`(refused: Refused) throws {
    guard case .invalid("recipe.json", refused.place, _, _)? = try error(refused) else {
      Issue.record("another error, or none")
      return
    }
  }

  @Test(arguments: [("model", "checkpoint"), ("training", "batch"), ("task", "name")])
  func `a key that is missing is named`(part: String, key: String) {
    #expect(throws: RecipeError.missing(file: "recipe.json", key: "\(part).\(key)")) {
      try recipe { change(&$0, part, key, nil) }
    }
  }

  @Test func `contradictions are named`() {
    func key(_ changes: (inout JSONObject) -> Void) -> String? {
      do {
        _ = try recipe(changes)
        return nil
      } catch {
        guard case .contradiction(_, let key, _)? = error as? RecipeError else { return "\(error)" }
        return key
      }
    }
    #expect(
      key {
        change(&$0, "training", "clipNorm", 1)
        change(&$0, "training", "clipValue", 1)
      } == "training.clipNorm")
    #expect(
      key {
        change(&$0, "training", "lossOnAllSegments", true)
        change(
          &$0, "training", "stages", [["segments": 4, "steps": 1, "askEvery": 2]])
      } == "training.stages[0].askEvery")
    #expect(key { change(&$0, "model", "initializerRange", 0.1) } == "model.initializerRange")
    #expect(key { change(&$0, "task", "stories", "x") } == "task.stories")
    #expect(
      key { $0["evaluations"] = [["segments": [2, 1], "samples": 1]] } == "evaluations[0].segments")
    #expect(key { $0["seeds"] = [1, 1] } == "seeds")
    let source: JSONValue = ["name": "x", "origin": "here"]
    #expect(key { $0["sources"] = [source] } == "sources[0].name")
    #expect(
      key {
        change(&$0, "task", "background", ["x/a"])
        $0["sources"] = [source, source]
      } == "sources[1].name")
    #expect(
      key {
        change(
          &$0, "training", "stages", [["segments": 1, "steps": 1, "segmentPositions": [9, 8]]])
      } == "training.stages[0].segmentPositions")
    #expect(
      key {
        change(
          &$0, "training", "stages",
          [["segments": 2, "steps": 1], ["segments": 1, "steps": 1]])
      } == "training.stages[1].segments")
    #expect(
      key {
        $0["evaluations"] = [
          ["segments": [1, 2], "samples": 1], ["segments": [2], "samples": 3],
        ]
      } == "evaluations[1].segments")
    #expect(
      key {
        $0["task"] = ["name": "reason", "testStories": "x"]
        $0["evaluations"] = [
          ["segments": [2], "samples": 1], ["segments": [2], "samples": 3, "stories": "x"],
        ]
      } == "evaluations[1].segments")
    #expect(
      key {
        $0["task"] = ["name": "babi", "stories": "x"]
        $0["evaluations"] = [
          ["segments": [2], "samples": 1, "stories": "y"], ["segments": [4], "samples": 3],
        ]
      } == "evaluations[1].stories")
  }

  @Test func `other documents of the same lengths are another evaluation`() throws {
    let recipe = try recipe {
      $0["evaluations"] = [
        ["segments": [1, 2], "samples": 1], ["segments": [2], "samples": 3, "seed": 1],
        ["segments": [2], "samples": 3, "factPositions": "random"],
        ["segments": [2], "samples": 3, "stories": "x"],
      ]
      $0["task"] = ["name": "reason"]
    }
    #expect(recipe.evaluations.count == 4)
    #expect(recipe.testStories(ofEvaluation: 3) == ("evaluations[3].stories", "x"))
    #expect(recipe.testStories(ofEvaluation: 2).name == nil)
  }

  @Test func `a target of false lets every stage have all its steps`() throws {
    #expect(
      try recipe { change(&$0, "training", "targetAccuracy", false) }
        .training.targetAccuracy == nil)
    #expect(try error(Refused("training", "targetAccuracy", "true", at: "")) != nil)
    #expect(throws: RecipeError.self) {
      try recipe {
        change(&$0, "training", "targetAccuracy", false)
        change(&$0, "training", "targetEvaluations", 7)
      }
    }
  }

  @Test func `defaults that are written out change no setting, and a value does`() throws {
    let plain = try recipe()
    let explicit = try recipe {
      $0["note"] = "in other words"
      $0["seeds"] = [4]
      change(&$0, "task", "factPositions", "first")
      change(&$0, "model", "alignment", "right")
      for (key, value): (String, JSONValue) in [
        ("beta1", 0.9), ("targetAccuracy", 99.5), ("stopAtChance", false), ("dtype", "f32"),
        (
          "stages",
          [
            [
              "segments": 1, "steps": 5, "batch": 4, "learningRate": 1e-3, "tokenNoise": 0,
              "segmentPositions": [64], "validationSegments": 1,
              "validationSamples": 200,
            ]
          ]
        ),
      ] {
        change(&$0, "training", key, value)
      }
    }
    #expect(explicit.weightSettings(stageCount: 9) == plain.weightSettings(stageCount: 9))
    let other = try recipe { change(&$0, "training", "beta1", 0.8) }
    let difference = try #require(
      SettingsDifference(
        plain.weightSettings(stageCount: 9), other.weightSettings(stageCount: 9)))
    #expect(difference.key == "training.beta1")
    #expect(difference.before == "0.9" && difference.now == "0.8")
    // A value of the run's is told as that, and not as the stages' that have it from there.
    let rate = try recipe { change(&$0, "training", "learningRate", 1e-2) }
    let changed = try #require(
      SettingsDifference(
        plain.weightSettings(stageCount: 9), rate.weightSettings(stageCount: 9)))
    #expect(changed.key == "training.learningRate")
  }

  @Test func `a record is no setting, and has no other members`() throws {
    let record: JSONValue = ["toolVersion": "0", "files": ["bert": "0123456789abcdef"]]
    #expect(
      try recipe { $0["record"] = record }.weightSettings(stageCount: 9)
        == recipe().weightSettings(stageCount: 9))
    #expect(throws: RecipeError.self) { try recipe { $0["record"] = ["file": 1] } }
  }

  @Test(arguments: ["../x", "/x", "a//b", ""])
  func `a source stays in the data folder`(name: String) {
    #expect(throws: RecipeError.self) {
      try recipe { $0["sources"] = [["name": .string(name), "origin": "nowhere"]] }
    }
  }
}
