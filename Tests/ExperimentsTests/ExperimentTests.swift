import Foundation
import JSON
import ModelFile
import TensorStorage
import TestSupport
import Testing

@testable import Experiments

@Suite struct ExperimentTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try writeRecipe()
    for (name, word) in [("speeches", "garden"), ("letters", "office")] {
      try FileManager.default.createDirectory(
        atPath: folder.path(name), withIntermediateDirectories: false)
      for number in 1...2 {
        let text = String(repeating: "the \(word) is in the document . ", count: 20 + number)
        try folder.write(text, to: "\(name)/\(number).txt")
      }
    }
  }

  private func writeRecipe(
    batch: Int = 2, checksum: String? = nil, samples: Int = 3, background: String = "speeches",
    start: String = "checkpoint", initializerRange: Double? = nil, questionsPerStory: Int = 1,
    skipsPositions: Bool = false
  ) throws {
    let source: JSONValue = [
      "name": "speeches", "origin": "a shelf", "checksum": checksum.map { .string($0) } ?? .null,
    ]
    let recipe: JSONValue = [
      "title": "A test", "sources": [source, ["name": "letters", "origin": "a drawer"]],
      "model": [
        "checkpoint": .string(Fixtures.path("bert-tiny")), "memoryTokens": 2,
        "segmentPositions": 40, "start": .string(start),
        "initializerRange": initializerRange.map { .number($0) } ?? .null,
      ],
      "task": [
        "name": "memorize", "background": [.string(background)],
        "evaluationBackground": ["letters"],
      ],
      "training": [
        "stages": [
          [
            "segments": 1, "steps": 2, "questionsPerStory": .integer(questionsPerStory),
            "skipPositions": .bool(skipsPositions),
          ],
          ["segments": 2, "steps": 2, "mixing": "spread", "segmentPositions": [39, 40]],
        ],
        "batch": .integer(batch), "learningRate": 1e-3, "warmUpSteps": 1, "evaluateEvery": 1,
        "validationSamples": 2, "stopAtChance": false,
      ],
      "seeds": [1, 2], "attentionSegments": 2,
      "evaluations": [
        ["segments": [1, 2, 4], "samples": .integer(samples)],
        ["segments": [3], "samples": 2, "factPositions": "random"],
      ],
    ]
    try folder.write(recipe.serialized(pretty: true), to: "recipe.json")
  }

  private func experiment(_ name: String) throws -> Experiment {
    try Experiment(
      recipe: folder.path("recipe.json"), dataFolder: folder.path(""),
      folder: ExperimentFolder(path: folder.path(name)), threadCount: 1)
  }

  /// Everything that an experiment has found, but for seconds and bytes of memory.
  private func findings(_ name: String) throws -> [JSONObject] {
    let text = String(decoding: try folder.bytes("\(name)/results.jsonl"), as: UTF8.self)
    return try text.split(separator: "\n").map { line in
      var row = try #require(JSONValue(parsing: Array(line.utf8), file: name).object)
      (row["seconds"], row["residentBytes"]) = (nil, nil)
      return row
    }
  }

  @Test func `a recipe is run from the checkpoint to its results`() throws {
    try experiment("out").run()
    let rows = try findings("out")
    #expect(rows.map { $0["segments"]?.integer } == [1, 2, 4, 3, 1, 2, 4, 3])
    #expect(rows.map { $0["seed"]?.integer } == [1, 1, 1, 1, 2, 2, 2, 2])
    #expect(rows.map { $0["samples"]?.integer } == [3, 3, 3, 2, 3, 3, 3, 2])
    #expect(rows[3]["factPositions"]?.string == "random")
    let page = String(decoding: try folder.bytes("out/report.html"), as: UTF8.self)
    #expect(page.contains("A test") && page.contains("<svg"))
    let map = String(decoding: try folder.bytes("out/attention.svg"), as: UTF8.self)
    #expect(map.contains("A test document of 2 segments"))
    let metrics = try folder.bytes("out/metrics.jsonl")
    #expect(metrics == (try folder.bytes("out/seed-1/metrics.jsonl")))
    #expect(metrics.count { $0 == UInt8(ascii: "\n") } == 4 + 5)
    // Run again nothing is left to do.
    var parts: [String] = []
    try experiment("out").run { if case .part(let what) = $0 { parts.append(what) } }
    #expect(parts.filter { $0.hasPrefix("seed") } == [])
  }

  @Test func `an experiment that is stopped again and again ends in the same numbers`() throws {
    try experiment("whole").run()
    var (stops, patience) = (0, 1)
    while true {
      var count = 0
      do {
        try experiment("halted").run(shouldStop: {
          count += 1
          return count > patience
        })
        break
      } catch is Interrupted {
        stops += 1
        patience += 7
      }
    }
    #expect(stops > 3)
    #expect(try findings("halted") == findings("whole"))
    for seed in [1, 2] {
      #expect(
        try folder.bytes("halted/seed-\(seed)/trained.rmtw")
          == folder.bytes("whole/seed-\(seed)/trained.rmtw"))
    }
  }

  @Test func `a random start takes shape and vocabulary alone, and another seed other numbers`()
    throws
  {
    try writeRecipe(start: "random")
    try experiment("random").run()
    try writeRecipe()
    try experiment("checkpoint").run()
    func wordEmbeddings(_ path: String) throws -> [UInt8] {
      let model = try ModelFile(path: folder.path(path))
      let parameter = try #require(model.parameters.first)
      return model.bytes(of: parameter).bytes.withUnsafeBytes { Array($0.prefix(64)) }
    }
    let drawn = try wordEmbeddings("random/seed-1/memory.rmtw")
    #expect(drawn == (try wordEmbeddings("random/seed-1/random.rmtw")))
    #expect(drawn != (try wordEmbeddings("random/seed-2/memory.rmtw")))
    #expect(drawn != (try wordEmbeddings("checkpoint/seed-1/memory.rmtw")))
    #expect(
      try wordEmbeddings("checkpoint/seed-1/memory.rmtw")
        == wordEmbeddings("checkpoint/seed-2/memory.rmtw"))
  }

  @Test func `a random start is as wide as the recipe says`() throws {
    try writeRecipe(start: "random")
    try experiment("narrow").run()
    try writeRecipe(start: "random", initializerRange: 0.8)
    try experiment("wide").run()
    func numbers(_ path: String) throws -> [Float] {
      let model = try ModelFile(path: folder.path(path))
      let parameter = try #require(model.parameters.first)
      #expect(parameter.role == .embedding)
      return model.bytes(of: parameter).bytes.withUnsafeBytes {
        Array($0.bindMemory(to: Float.self))
      }
    }
    let (narrow, wide) = (
      try numbers("narrow/seed-1/random.rmtw"), try numbers("wide/seed-1/random.rmtw")
    )
    // The same normal numbers, with σ = 0.8 in place of the checkpoint's 0.2.
    #expect(zip(narrow, wide).allSatisfy { abs($0 * 4 - $1) <= 1e-5 })
    #expect(narrow.contains { abs($0) > 0.2 })
  }

  @Test func `full segments have no positions to skip`() throws {
    try writeRecipe(skipsPositions: true)
    #expect {
      try experiment("out").run()
    } throws: {
      guard
        case .unfit(_, "training.stages[0].skipPositions", _, let advice?, .usage)? =
          $0 as? RecipeError, advice.contains("segmentPositions"), !advice.contains("--")
      else { return false }
      return true
    }
  }

  @Test func `several questions per story are refused where the task has one`() throws {
    try writeRecipe(questionsPerStory: 2)
    #expect {
      try experiment("out").run()
    } throws: {
      guard
        case .unfit(_, "training.stages[0].questionsPerStory", _, let advice?, .usage)? =
          $0 as? RecipeError, !advice.contains("--")
      else { return false }
      return true
    }
  }

  @Test func `other settings are refused by the key that differs`() throws {
    try experiment("out").run()
    try writeRecipe(batch: 3)
    #expect {
      try experiment("out").run()
    } throws: {
      guard case .otherSettings(_, "training.batch", "2", "3")? = $0 as? RecipeError
      else { return false }
      return true
    }
    try writeRecipe(samples: 4)
    #expect {
      try experiment("out").run()
    } throws: {
      guard case .otherSettings(_, "evaluations[0].samples", "3", "4")? = $0 as? RecipeError
      else { return false }
      return true
    }
    try folder.write("changed", to: "speeches/1.txt")
    try writeRecipe()
    #expect {
      try experiment("out").run()
    } throws: {
      guard case .changedFile(_, "task.background[0]", _, _, _)? = $0 as? ExperimentError
      else { return false }
      return true
    }
  }

  @Test func `a source that is missing or has changed is told before anything is made`() throws {
    try writeRecipe(checksum: "0123456789abcdef")
    let found = try SourceChecksum.checksum(of: folder.path("speeches"))
    #expect(
      throws: RecipeError.changedSource(
        path: "\(folder.path(""))/speeches", expected: "0123456789abcdef", found: found)
    ) { try experiment("out").run() }
    try writeRecipe(checksum: found)
    #expect(throws: Never.self) { try experiment("right").run() }
    try FileManager.default.removeItem(atPath: folder.path("letters"))
    #expect {
      try experiment("missing").run()
    } throws: {
      guard case .missingSource(_, "letters", _, "a drawer")? = $0 as? RecipeError
      else { return false }
      return true
    }
    #expect(!FileManager.default.fileExists(atPath: folder.path("missing")))
  }

  @Test func `a folder of other things is left alone`() throws {
    try FileManager.default.createDirectory(
      atPath: folder.path("thesis"), withIntermediateDirectories: false)
    try folder.write("all of it", to: "thesis/draft.txt")
    #expect(throws: RecipeError.foreignFolder(path: folder.path("thesis"))) {
      try experiment("thesis").run()
    }
  }

  @Test func `a folder's checksum knows names and contents`() throws {
    func checksum() throws -> String {
      try SourceChecksum.checksum(of: folder.path("speeches"))
    }
    try FileManager.default.createDirectory(
      atPath: folder.path("speeches/early"), withIntermediateDirectories: false)
    try folder.write("the first speech", to: "speeches/early/1.txt")
    let before = try checksum()
    #expect(try SourceChecksum.checksum(of: folder.path("speeches/")) == before)
    try folder.write("x", to: "speeches/.hidden")
    #expect(try checksum() == before)
    try FileManager.default.moveItem(
      atPath: folder.path("speeches/1.txt"), toPath: folder.path("speeches/3.txt"))
    #expect(try checksum() != before)
  }
}
