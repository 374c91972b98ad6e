import FineTuning
import Foundation
import JSON
import ModelFile
import TensorStorage
import TestSupport
import Testing

@testable import Experiments

/// What an experiment refuses, keeps and tells.
@Suite struct ExperimentSafetyTests: SmallExperiment {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

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

  @Test func `of a checkpoint's folder that counts which goes into the model`() throws {
    for name in try FileManager.default.contentsOfDirectory(atPath: Fixtures.path("bert-tiny")) {
      try FileManager.default.createDirectory(
        atPath: folder.path("bert"), withIntermediateDirectories: true)
      try FileManager.default.copyItem(
        atPath: "\(Fixtures.path("bert-tiny"))/\(name)", toPath: folder.path("bert/\(name)"))
    }
    try write { change(&$0, "model", "checkpoint", "bert") }
    try experiment().run()
    try folder.write("What it is.", to: "bert/README.md")
    #expect(throws: Never.self) { try experiment().run() }
    let config = String(decoding: try folder.bytes("bert/config.json"), as: UTF8.self)
    try folder.write(config + "\n", to: "bert/config.json")
    #expect {
      try experiment().run()
    } throws: {
      guard case .changedFile(_, "model.checkpoint", _, _, _)? = $0 as? ExperimentError
      else { return false }
      return true
    }
  }

  @Test func `stories to train on may change until training, those to be measured on may later`()
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
      _ = try out.check(Recipe(json: json, file: "recipe"), files: [])
      try out.keep(try #require(json.object), files: [])
    }
    try FileManager.default.createDirectory(
      atPath: out.run(seed: 0).path, withIntermediateDirectories: true)
    try begin()
    try begin(train: "c")
    try folder.write("weights", to: "out/seed-0/trained.rmtw")
    #expect(blamedKey { try begin(train: "d") } == "task.stories")
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
    #expect(blamedKey { try experiment().run() } == "training.stages[2]")
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
      } catch ExperimentError.failedSeeds(_, _, let failures) {
        return failures.map(\.seed)
      }
    }
    #expect(try failedSeeds() == [1, 2])
    #expect(exists("out/report.html") && exists("out/seed-2/failure.json"))
    #expect(!exists("out/results.jsonl") && !exists("out/seed-1/trained.rmtw"))
    let page = String(decoding: try folder.bytes("out/report.html"), as: UTF8.self)
    #expect(page.contains("The experiment trained 2 models, of which 0 learned"))
    #expect(page.contains("Seed 2 did not learn: stage 1, step "))
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
      guard let error = $0 as? ExperimentError, case .failedSeeds(_, 1, let failures) = error,
        let advice = error.advice
      else { return false }
      return failures.map(\.seed) == [0] && advice.contains("Likely causes: ")
        && advice.contains(#""stopAtChance": false"#) && !advice.contains("other seeds")
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

  @Test func `another recipe takes a folder without training, and removes its models alone`() throws
  {
    let out = ExperimentFolder(path: folder.path("out"))
    let made = ["model.rmtw", "seed-7/random.rmtw", "seed-7/memory.rmtw"]
    let foreign = ["precious.rmtw", "keep/memory.rmtw", "seed-7/copy.rmtw", "seed-x/memory.rmtw"]
    for name in made + foreign {
      let path = folder.path("out/\(name)")
      try FileManager.default.createDirectory(
        atPath: Experiment.folder(of: path), withIntermediateDirectories: true)
      try folder.write("weights", to: "out/\(name)")
    }
    func begin(segmentPositions: Int) throws -> [String] {
      try write { change(&$0, "model", "segmentPositions", .integer(segmentPositions)) }
      let json = try JSONValue(parsing: folder.bytes("recipe.json"), file: "recipe")
      defer { try? out.keep(json.object ?? JSONObject(), files: []) }
      return try out.check(Recipe(json: json, file: "recipe"), files: [])
    }
    #expect(try begin(segmentPositions: 40).isEmpty)
    #expect(made.allSatisfy { exists("out/\($0)") })
    #expect(try begin(segmentPositions: 44).contains { $0.contains("made anew") })
    #expect(made.allSatisfy { !exists("out/\($0)") })
    #expect(foreign.allSatisfy { exists("out/\($0)") })
  }

  @Test func `a folder in one that is read is refused before anything is written`() throws {
    let texts = folder.path("texts")
    try FileManager.default.createDirectory(atPath: texts, withIntermediateDirectories: true)
    try folder.write("The garden is in the office.", to: "texts/a.txt")
    try FileManager.default.createSymbolicLink(
      atPath: folder.path("link"), withDestinationPath: texts)
    try write { change(&$0, "task", "background", ["texts"]) }
    for name in ["texts", "texts/new/out", "link/out", "texts/../texts/out"] {
      let path = folder.path(name)
      #expect(throws: RecipeError.outputInInput(folder: path, input: texts)) {
        try Experiment(
          recipe: folder.path("recipe.json"), dataFolder: nil, folder: ExperimentFolder(path: path),
          threadCount: 1
        ).run()
      }
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: texts) == ["a.txt"])
    #expect(!ExperimentFolder(path: folder.path("texts-2")).lies(in: texts))
  }
}
