import FineTuning
import JSON
import ModelFile
import TestSupport
import Testing

@testable import Experiments

/// What does not fit together is told by the recipe's key.
@Suite struct ExperimentFitTests: SmallExperiment {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test func `a path that leads nowhere is told by its key, and nothing is made`() throws {
    for (key, part, value) in [
      ("task.background[0]", "background", ["nowhere"] as JSONValue),
      ("model.checkpoint", "", .null),
    ] {
      try write {
        if part.isEmpty {
          change(&$0, "model", "checkpoint", "nowhere")
        } else {
          change(&$0, "task", part, value)
        }
      }
      #expect(blamedKey { try experiment().run() } == key)
      #expect(!exists("out"))
    }
  }

  @Test func `stories that do not fit are told by their key before anything is made`() throws {
    try writeStories("train.txt", answer: "kitchen")
    try folder.write("1 Mary went home.\n2 Where is Mary?\thome\t1\n", to: "other.txt")
    for (task, stories, test, key) in [
      ("reason", "other.txt", "train.txt", "task.stories"),
      ("reason", "train.txt", "other.txt", "task.testStories"),
      ("reason", "train.txt", "train.txt", "task.testStories"),
    ] {
      try write {
        $0["task"] = [
          "name": .string(task), "stories": .string(stories), "testStories": .string(test),
        ]
      }
      #expect(blamedKey { try experiment().run() } == key)
      #expect(!exists("out"))
    }
  }

  @Test(arguments: [
    ("model.segmentPositions", "model", "segmentPositions", "4096"),
    ("model.memoryTokens", "model", "memoryTokens", "60"),
    ("model.segmentPositions", "model", "segmentPositions", "8"),
    ("training.targetAccuracy", "training", "targetAccuracy", "0.995"),
    (
      "training.stages[1].segmentPositions", "training", "stages",
      #"[{"segments": 1, "steps": 1}, {"segments": 1, "steps": 1, "segmentPositions": [7]}]"#
    ),
  ])
  func `what does not fit the model is told by its key, and the folder takes the mended recipe`(
    key: String, part: String, member: String, value: String
  ) throws {
    let json = try JSONValue(parsing: Array(value.utf8), file: "value")
    try write { change(&$0, part, member, json) }
    #expect(blamedKey { try experiment().run() } == key)
    #expect(!exists("out/seed-0/trained.rmtw"))
    try write()
    #expect(throws: Never.self) { try experiment().run() }
    // What was made for the recipe before is made anew.
    let attached = try ModelFile(path: folder.path("out/seed-0/memory.rmtw"))
    #expect(attached.description.memory?.segmentPositions == 40)
  }

  @Test func `background is told by the key that names it`() throws {
    let text = String(repeating: "the garden is in the office . ", count: 90)
    try folder.write(text, to: "text.txt")
    try folder.write("the garden", to: "short.txt")
    for (background, evaluation, key) in [
      ("short.txt", "text.txt", "task.background"),
      ("text.txt", "short.txt", "task.evaluationBackground"),
      ("text.txt", "text.txt", "task.evaluationBackground"),
    ] {
      try write {
        change(&$0, "task", "background", [.string(background)])
        change(&$0, "task", "evaluationBackground", [.string(evaluation)])
      }
      #expect(blamedKey { try experiment().run() } == key)
    }
  }

  @Test func `an answer that no label stands for is told by the stories' key`() throws {
    try writeStories("cellar.txt", answer: "cellar")
    try writeStories("kitchen.txt", answer: "kitchen")
    for (stories, test, key) in [
      ("cellar.txt", "kitchen.txt", "task.stories"),
      ("kitchen.txt", "cellar.txt", "task.testStories"),
    ] {
      try write {
        $0["task"] = ["name": "reason", "stories": .string(stories), "testStories": .string(test)]
        takeStories(&$0)
      }
      #expect(blamedKey { try experiment().run() } == key)
    }
  }

  @Test func `stories that choose the best weights are told by their own key`() throws {
    try writeStories("train.txt", answer: "kitchen")
    try folder.write("1 Mary went home.\n2 Where is Mary?\thome\t1\n", to: "other.txt")
    try writeStories("test.txt", answer: "garden")
    for validation in ["other.txt", "train.txt"] {
      try write {
        $0["task"] = [
          "name": "reason", "stories": "train.txt", "validationStories": .string(validation),
          "testStories": "test.txt",
        ]
        takeStories(&$0)
      }
      #expect(blamedKey { try experiment().run() } == "task.validationStories")
    }
  }

  @Test func `a model trained on generated stories is measured on those and on a file's`() throws {
    let generated = try StoryCollection(generatedFor: [], allowsTrainingStories: false)
    func writeRecipe(evaluations: [JSONValue], testStories: JSONValue = .null) throws {
      try write {
        $0["task"] = ["name": "reason"]
        if !testStories.isNull { change(&$0, "task", "testStories", testStories) }
        takeStories(&$0)
        $0["evaluations"] = .array(evaluations)
      }
    }
    func evaluation(stories: String) -> JSONValue {
      ["segments": [1], "samples": 2, "stories": .string(stories)]
    }
    let own: JSONValue = ["segments": [1], "samples": 2]
    let tested = generated.stories(of: .test)
    try writeStories(
      Array(tested.prefix(8) + generated.stories(of: .training).prefix(4)), to: "stories.txt")
    try writeRecipe(evaluations: [own, evaluation(stories: "stories.txt")])
    var notes: [String] = []
    try experiment().run { if case .note(let text) = $0 { notes.append(text) } }
    let rows = try Experiment.rows(folder.path("out/results.jsonl"))
    #expect(rows.map { $0["storiesFile"]?.string } == [nil, "stories.txt"])
    #expect(rows.map { $0["stories"]?.string?.hasPrefix("generated") } == [true, false])
    #expect(
      notes.contains { $0.contains("4 of 12 stories are among those that the model trains on") })
    let report = String(decoding: try folder.bytes("out/report.html"), as: UTF8.self)
    #expect(report.contains("first, stories.txt"))
    #expect(report.contains("Weights/bert-nano, stories.txt."))
    // Rows are those of the file that is named, and of what it held; what is refused leaves no trace.
    let record = try folder.bytes("out/experiment.json")
    try writeStories(Array(tested.prefix(6)), to: "fewer.txt")
    try writeRecipe(evaluations: [own, evaluation(stories: "fewer.txt")])
    #expect(blamedKey { try experiment().run() } == "evaluations[1].stories")
    try writeRecipe(evaluations: [own, ["segments": [1], "samples": 2, "seed": 1]])
    #expect(blamedKey { try experiment().run() } == "evaluations[1].seed")
    try writeRecipe(
      evaluations: [own, evaluation(stories: "stories.txt")], testStories: "fewer.txt")
    #expect(blamedKey { try experiment().run() } == "task.testStories")
    let kept = try folder.bytes("stories.txt")
    try writeStories(Array(tested.prefix(7)), to: "stories.txt")
    try writeRecipe(evaluations: [own, evaluation(stories: "stories.txt")])
    #expect {
      try experiment().run()
    } throws: {
      guard case .changedFile(_, "evaluations[1].stories", _, _, _)? = $0 as? ExperimentError
      else { return false }
      return true
    }
    #expect(try folder.bytes("out/experiment.json") == record)
    // The same stories under another name are the same documents.
    try folder.write(kept, to: "renamed.txt")
    try writeRecipe(evaluations: [own, evaluation(stories: "renamed.txt")])
    #expect(throws: Never.self) { try experiment().run() }
  }

  @Test func `a change of finished results is refused before another seed trains`() throws {
    try write()
    try experiment().run()
    let record = try folder.bytes("out/experiment.json")
    try write {
      $0["seeds"] = [1, 0]
      $0["evaluations"] = [["segments": [1], "samples": 2, "seed": 7]]
    }
    #expect(blamedKey { try experiment().run() } == "evaluations[0].seed")
    #expect(!exists("out/seed-1"))
    #expect(try folder.bytes("out/experiment.json") == record)
  }

  @Test func `stories of an evaluation that do not fit are told by its key`() throws {
    try writeStories("cellar.txt", answer: "cellar")
    try folder.write("1 Mary went home.\n2 Where is Mary?\thome\t1\n", to: "other.txt")
    for (task, name) in [
      ("reason", "cellar.txt"), ("reason", "other.txt"), ("reason", "nowhere.txt"),
      ("memorize", "cellar.txt"),
    ] {
      try write {
        $0["task"] = ["name": .string(task)]
        $0["evaluations"] = [["segments": [1], "samples": 2, "stories": .string(name)]]
      }
      #expect(blamedKey { try experiment().run() } == "evaluations[0].stories")
      #expect(!exists("out"))
    }
  }

  @Test func `more segments than a picture has room for are refused before training`() throws {
    // Four layers.
    try write {
      $0["attentionSegments"] = 49
      change(&$0, "model", "checkpoint", .string(Fixtures.path("../../Weights/bert-nano")))
    }
    #expect(blamedKey { try experiment().run() } == "attentionSegments")
    #expect(!exists("out/seed-0/trained.rmtw"))
  }
}
