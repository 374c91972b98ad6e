import FineTuning
import Foundation
import JSON
import TensorStorage
import TestSupport

@testable import Experiments

/// Tests of an experiment that takes no time.
protocol SmallExperiment {
  /// Where it is run.
  var folder: TemporaryFolder { get }
}

extension SmallExperiment {
  /// Writes a recipe of a few steps, with changes to it.
  func write(_ changes: (inout JSONObject) -> Void = { _ in }) throws {
    var recipe: JSONObject = [
      "title": "A test",
      "model": [
        "checkpoint": .string(Fixtures.path("bert-tiny")), "memoryTokens": 2,
        "segmentPositions": 40,
      ],
      "task": ["name": "memorize"],
      "training": [
        "stages": [["segments": 1, "steps": 2]], "batch": 2, "learningRate": 1e-3,
        "warmUpSteps": 1, "evaluateEvery": 1, "validationSamples": 2, "stopAtChance": false,
      ],
      "evaluations": [["segments": [1], "samples": 2]],
    ]
    changes(&recipe)
    try folder.write(
      JSONValue.object(recipe).serialized(pretty: true), to: "recipe.json")
  }

  func change(_ object: inout JSONObject, _ part: String, _ key: String, _ to: JSONValue) {
    var member = object[part]?.object ?? JSONObject()
    member[key] = to
    object[part] = .object(member)
  }

  /// Makes the recipe's model one whose vocabulary and segments have room for stories.
  func takeStories(_ recipe: inout JSONObject) {
    change(&recipe, "model", "segmentPositions", 64)
    change(&recipe, "model", "checkpoint", .string(Fixtures.path("../../Weights/bert-nano")))
  }

  func experiment() throws -> Experiment {
    try Experiment(
      recipe: folder.path("recipe.json"), dataFolder: nil,
      folder: ExperimentFolder(path: folder.path("out")), threadCount: 1)
  }

  func exists(_ name: String) -> Bool {
    FileManager.default.fileExists(atPath: folder.path(name))
  }

  /// The key that an error about a recipe names.
  func blamedKey(_ work: () throws -> Void) -> String? {
    do {
      try work()
      return nil
    } catch {
      switch error as? RecipeError {
      case .unfit(_, let key, _, _, _)?, .missingFile(_, let key, _)?,
        .contradiction(_, let key, _)?, .otherSettings(_, let key, _, _)?:
        return key
      default: return "\(error)"
      }
    }
  }

  /// Writes stories that are told.
  func writeStories(_ stories: [Story], to name: String) throws {
    let lines = stories.map {
      "1 \($0.facts[0])\n2 \($0.facts[1])\n3 \($0.question)\t\($0.answer)\t1\n"
    }
    try folder.write(lines.joined(), to: name)
  }

  /// Writes stories with one answer.
  func writeStories(_ name: String, answer: String) throws {
    let lines = (0..<12).map { number in
      "1 The \(answer) is north of the office.\n"
        + "2 The \(["garden", "hallway"][number % 2]) is south of the office.\n"
        + "3 What is north of the office?\t\(answer)\t1\n"
    }
    try folder.write(lines.joined(), to: name)
  }
}
