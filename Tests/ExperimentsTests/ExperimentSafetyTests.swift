import FineTuning
import Foundation
import JSON
import ModelFile
import TensorStorage
import TestSupport
import Testing

@testable import Experiments

/// What an experiment refuses, keeps and tells.
@Suite struct ExperimentSafetyTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Writes a recipe of a few steps, with changes to it.
  private func write(_ changes: (inout JSONObject) -> Void = { _ in }) throws {
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

  private func change(_ object: inout JSONObject, _ part: String, _ key: String, _ to: JSONValue) {
    var member = object[part]?.object ?? JSONObject()
    member[key] = to
    object[part] = .object(member)
  }

  private func experiment() throws -> Experiment {
    try Experiment(
      recipe: folder.path("recipe.json"), dataFolder: nil,
      folder: ExperimentFolder(path: folder.path("out")), threadCount: 1)
  }

  private func exists(_ name: String) -> Bool {
    FileManager.default.fileExists(atPath: folder.path(name))
  }

  /// The key that an error about a recipe names.
  private func blamedKey(_ work: () throws -> Void) -> String? {
    do {
      try work()
      return nil
    } catch {
      switch error as? RecipeError {
      case .unfit(_, let key, _, _)?, .missingFile(_, let key, _)?,
        .contradiction(_, let key, _)?, .otherSettings(_, let key, _, _)?:
        return key
      default: return "\(error)"
      }
    }
  }

  private func writeStories(_ name: String, answer: String) throws {
    let lines = (0..<12).map { number in
      "1 The \(answer) is north of the office.\n"
        + "2 The \(["garden", "hallway"][number % 2]) is south of the office.\n"
        + "3 What is north of the office?\t\(answer)\t1\n"
    }
    try folder.write(lines.joined(), to: name)
  }

  @Test func `the record has the checksum of every file, and runs as a recipe`() throws {
    try folder.write(String(repeating: "the garden is in the office . ", count: 90), to: "text.txt")
    try write { change(&$0, "task", "background", ["text.txt"]) }
    var told: [String: String] = [:]
    try experiment().run {
      if case .checksum(let name, let checksum) = $0 { told[name] = checksum }
    }
    let json = try JSONValue(parsing: folder.bytes("out/experiment.json"), file: "record")
    let checksum = try SourceChecksum.checksum(of: folder.path("text.txt"))
    #expect(json["record"]?["files"]?["text.txt"]?.string == checksum)
    #expect(json["record"]?["files"]?[Fixtures.path("bert-tiny")]?.string != nil)
    #expect(json["record"]?["toolVersion"]?.string == ProvenanceStep.currentToolVersion)
    #expect(told["text.txt"] == checksum && told.count == 2)
    #expect(try Recipe(json: json, file: "record").title == "A test")
    // The file is no source, and is compared all the same.
    try folder.write(String(repeating: "the office is in the garden . ", count: 90), to: "text.txt")
    #expect {
      try experiment().run()
    } throws: {
      guard case .changedFile(_, "task.background[0]", _, checksum, _)? = $0 as? ExperimentError
      else { return false }
      return true
    }
  }

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

  @Test
  func `stories to be measured on may change until there are rows, the others until training`()
    throws
  {
    let out = ExperimentFolder(path: folder.path("out"))
    func begin(train: String = "a", test: String = "b") throws {
      try write {
        $0["task"] = [
          "name": "reason", "stories": .string(train), "testStories": .string(test),
        ]
      }
      let json = try JSONValue(parsing: folder.bytes("recipe.json"), file: "recipe")
      _ = try out.begin(
        Recipe(json: json, file: "recipe"), json: try #require(json.object), files: [])
    }
    try FileManager.default.createDirectory(
      atPath: out.run(seed: 0).path, withIntermediateDirectories: true)
    try begin()
    try begin(train: "c")
    try folder.write("weights", to: "out/seed-0/trained.rmtw")
    #expect(blamedKey { try begin(train: "d") } == "task.stories")
    try begin(train: "c", test: "e")
    try folder.write("{}", to: "out/seed-0/results-1.jsonl")
    #expect(blamedKey { try begin(train: "c", test: "f") } == "task.testStories")
    try begin(train: "c", test: "e")
  }

  @Test func `a fresh run does not speak of a state, and one that is stopped says what to do`()
    throws
  {
    try write()
    var (notes, count): ([String], Int) = ([], 0)
    do {
      try experiment().run(
        report: { if case .training(.step) = $0 { count += 1 } }, shouldStop: { count > 0 })
      Issue.record("it was not stopped")
    } catch let error as Interrupted {
      #expect(error.advice?.contains("run the same command again") == true)
      #expect(error.advice?.contains("--") == false)
    }
    #expect(exists("out/seed-0/trained.rmtw.training"))
    try experiment().run {
      switch $0 {
      case .note(let text), .training(.note(let text)), .evaluation(.note(let text)):
        notes.append(text)
      default: break
      }
    }
    #expect(notes.contains { $0.hasPrefix("Going on from") })
    #expect(!notes.contains { $0.contains("There is no state") })
    #expect(try folder.bytes("out/metrics.jsonl").count { $0 == UInt8(ascii: "\n") } == 4)
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder.path("out/seed-0/events"))
        .count == 2)
  }

  @Test func `stages that no seed has begun may change, be added and be left out`() throws {
    func write(stages: JSONValue..., batch: Int = 2) throws {
      try self.write {
        change(&$0, "training", "stages", .array(stages))
        change(&$0, "training", "batch", .integer(batch))
      }
    }
    let (first, second, third): (JSONValue, JSONValue, JSONValue) = (
      ["segments": 1, "steps": 2], ["segments": 2, "steps": 2], ["segments": 3, "steps": 9]
    )
    try write(stages: first, third)
    var count = 0
    #expect(throws: Interrupted.self) {
      try experiment().run(
        report: { if case .training(.step) = $0 { count += 1 } }, shouldStop: { count > 0 })
    }
    try write(stages: first, second, batch: 3)
    #expect(blamedKey { try experiment().run() } == "training.batch")
    try write(stages: second, third)
    #expect(blamedKey { try experiment().run() } == "training.stages[0].segments")
    try write(stages: first, second)
    try experiment().run()
    let trained = try folder.bytes("out/seed-0/trained.rmtw")
    // All stages of a trained seed are begun.
    try write(stages: first, second, third)
    #expect(blamedKey { try experiment().run() } == "training.stages")
    try FileManager.default.removeItem(atPath: folder.path("out"))
    try write(stages: first, second)
    try experiment().run()
    #expect(try folder.bytes("out/seed-0/trained.rmtw") == trained)
  }

  @Test func `a damaged state is told with advice for an experiment`() throws {
    try write()
    var count = 0
    #expect(throws: Interrupted.self) {
      try experiment().run(
        report: { if case .training(.step) = $0 { count += 1 } }, shouldStop: { count > 0 })
    }
    try folder.write("no state", to: "out/seed-0/trained.rmtw.training")
    #expect {
      try experiment().run()
    } throws: { error in
      guard let error = error as? any DescribedError, error.place?.hasSuffix(".training") == true
      else { return false }
      return !error.description.contains("--resume")
    }
  }

  @Test func `a seed that does not learn is kept as a failure, and the others go on`() throws {
    try write {
      $0["seeds"] = [1, 2]
      change(&$0, "training", "learningRate", 1e30)
    }
    func failedSeeds() throws -> [UInt64] {
      do {
        try experiment().run()
        return []
      } catch ExperimentError.failedSeeds(_, let failures) {
        return failures.map(\.seed)
      }
    }
    #expect(try failedSeeds() == [1, 2])
    #expect(exists("out/report.html") && exists("out/seed-2/failure.json"))
    #expect(!exists("out/results.jsonl") && !exists("out/seed-1/trained.rmtw"))
    // Again nothing is trained: it would fail again.
    let before = try folder.bytes("out/seed-1/metrics.jsonl")
    #expect(try failedSeeds() == [1, 2])
    #expect(try folder.bytes("out/seed-1/metrics.jsonl") == before)
  }

  @Test func `a seed at chance goes on once that is allowed`() throws {
    try write { change(&$0, "training", "stopAtChance", true) }
    #expect {
      try experiment().run()
    } throws: {
      guard case .failedSeeds(_, let failures)? = $0 as? ExperimentError else { return false }
      return failures.map(\.seed) == [0]
    }
    #expect(exists("out/report.html") && exists("out/seed-0/failure.json"))
    try write()
    #expect(throws: Never.self) { try experiment().run() }
    #expect(!exists("out/seed-0/failure.json") && exists("out/results.jsonl"))
  }

  @Test func `what the recipe no longer makes is taken away, and a state that is done with`() throws
  {
    try write { $0["attentionSegments"] = 1 }
    try experiment().run()
    #expect(exists("out/attention.svg"))
    try folder.write("left over", to: "out/seed-0/trained.rmtw.training")
    try write { $0["evaluations"] = .null }
    try experiment().run()
    #expect(!exists("out/attention.svg") && !exists("out/results.jsonl"))
    #expect(!exists("out/seed-0/trained.rmtw.training"))
  }

  @Test func `rows of another model are not taken for this one's`() throws {
    try write()
    try experiment().run()
    let text = String(decoding: try folder.bytes("out/seed-0/results-1.jsonl"), as: UTF8.self)
    let range = try #require(text.range(of: #""model":"checksum "#))
    let cut = text[..<range.upperBound] + "0" + text[range.upperBound...]
    try folder.write(String(cut), to: "out/seed-0/results-1.jsonl")
    #expect(blamedKey { try experiment().run() } == "the trained model")
  }

  @Test func `a folder is one run's alone`() throws {
    try write()
    let path = folder.path("out")
    try experiment().run { event in
      guard case .training(.stage) = event else { return }
      #expect(throws: ExperimentError.inUse(folder: path)) { try experiment().run() }
    }
    #expect(throws: Never.self) { try experiment().run() }
  }
}
