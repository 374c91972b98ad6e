import FineTuning
import Foundation
import JSON
import ModelFile
import TestSupport
import Testing

@testable import ExperimentReport
@testable import Experiments

/// What `Weights/` tells of its models is what its files say.
@Suite struct ZooTests {
  private static let zoo = Fixtures.path("../../Weights")
  /// The folders that keep results.
  private static let measured = [
    "rmt-nano-memorize", "rmt-nano-detect", "rmt-nano-reason", "rmt-minilm-memorize",
    "rmt-minilm-detect", "rmt-minilm-reason",
  ]
  private static let largestModelByteCount = 4_000_000

  private static func recipe(_ name: String) throws -> Recipe {
    let path = "\(zoo)/\(name)/recipe.json"
    return try Recipe(json: JSONValue(contentsOf: path, maximumByteCount: 1 << 20), file: path)
  }

  private static func results(_ name: String) throws -> [AccuracyResult] {
    try #require(ReportFolder(path: "\(zoo)/\(name)").results)
  }

  private static func lines(_ path: String) throws -> [String] {
    try String(contentsOfFile: "\(zoo)/\(path)", encoding: .utf8)
      .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  }

  @Test(arguments: measured + ["demo"])
  func `a recipe can be read and says where its checkpoint is from`(name: String) throws {
    let recipe = try Self.recipe(name)
    // Beside the recipe, or one of the sources that a person brings.
    let checkpoint = recipe.model.checkpoint
    #expect(
      FileManager.default.fileExists(atPath: "\(Self.zoo)/\(name)/\(checkpoint)")
        || recipe.sources.contains { $0.name == checkpoint && $0.checksum != nil })
  }

  @Test(arguments: measured)
  func `the results are those that the recipe asks for, one of each`(name: String) throws {
    let recipe = try Self.recipe(name)
    let results = try Self.results(name)
    var found = 0
    for seed in recipe.seeds {
      for evaluation in recipe.evaluations {
        for count in evaluation.segmentCounts {
          let matching = results.filter {
            $0.model.trainingSeed == seed && $0.documents.seed == evaluation.seed
              && $0.segmentCount == count && $0.storiesFile == evaluation.stories
              && $0.factPositions == evaluation.factPositions.rawValue
          }
          #expect(
            matching.map(\.sampleCount) == [evaluation.sampleCount], "seed \(seed), \(count)")
          found += matching.count
        }
      }
    }
    #expect(found == results.count)
    #expect(
      results.allSatisfy {
        $0.task == recipe.task.name.rawValue
          && $0.segmentPositions == recipe.model.segmentPositions
      })
  }

  @Test(arguments: measured.filter { $0.hasPrefix("rmt-nano") })
  func `the weights that are kept are small, and those that were measured`(name: String) throws {
    let path = "\(Self.zoo)/\(name)/model.rmtw"
    let attributes = try FileManager.default.attributesOfItem(atPath: path)
    #expect(attributes[.size] as? Int ?? .max <= Self.largestModelByteCount)
    let checksum = try ModelFile(path: path).fingerprint
    #expect(
      try Self.results(name).contains { $0.model.checksum == "checksum \(checksum)" })
  }

  /// A row of a card's table that tells right answers: which results it speaks of.
  private struct CardRow {
    let label: String
    let cells: [String]

    init?(_ line: String) {
      guard line.hasPrefix("|") else { return nil }
      let parts = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
      guard parts.count > 1 else { return nil }
      (label, cells) = (parts[0], Array(parts[1...]))
    }

    /// Whether a result is one of those that the label names.
    func speaks(of result: AccuracyResult) -> Bool {
      let positions =
        label.contains("anywhere") ? "anywhere" : label.contains("any segment") ? "random" : "first"
      return result.model.trainingSeed == (label.contains("seed 2") ? 2 : 1)
        && result.factPositions == positions
        && (result.storiesFile != nil) == label.contains("bAbI")
    }
  }

  /// A number as cards write it, with commas between thousands.
  private static func number(_ text: some StringProtocol) -> Double? {
    Double(text.replacingOccurrences(of: ",", with: ""))
  }

  @Test(arguments: measured)
  func `the card's table is that of the results`(name: String) throws {
    let results = try Self.results(name)
    let rows = try Self.lines("\(name)/README.md").compactMap(CardRow.init)
    let counts = try #require(rows.first { $0.label == "segments" }).cells
      .compactMap { Self.number($0).map { Int($0) } }
    let published = try #require(PublishedAccuracy(task: results[0].task))
    var told = 0
    for row in rows {
      for (count, cell) in zip(counts, row.cells) where cell != "–" {
        let matching = results.filter { $0.segmentCount == count && row.speaks(of: $0) }
        let comment: Comment = "\(row.label), \(count): \(cell)"
        if row.label == "tokens" {
          #expect(
            Self.number(cell) == Double(results[0].tokenCount / results[0].sampleCount * count),
            comment)
        } else if row.label.hasPrefix("right answers") {
          let parts = cell.components(separatedBy: " of ").map(Self.number)
          #expect(parts.first == Double(matching.reduce(0) { $0 + $1.correctCount }), comment)
          #expect(parts.last == Double(matching.reduce(0) { $0 + $1.sampleCount }), comment)
          told += 1
        } else if row.label.hasPrefix("the paper") {
          let percentage = published.accuracy(segmentCount: count).map { 100 * $0 }
          #expect(abs((Self.number(cell) ?? .nan) - (percentage ?? .nan)) < 1e-9, comment)
        }
      }
    }
    #expect(told >= counts.count)
  }

  /// The folder that a table of the zoo's page calls "Memorize, nano" and the like.
  private static func folder(called name: String) throws -> String {
    let size = name.contains("all-MiniLM-L6-v2") ? "minilm" : "nano"
    let tasks = ["Memorize": "memorize", "Detect": "detect", "Reasoning": "reason"]
    let task = tasks[String(name.prefix { $0 != "," })]
    return "rmt-\(size)-\(try #require(task, "\(name)"))"
  }

  /// The cells of a line of a table, the first one empty or not.
  private static func cells(_ line: String) -> [String] {
    line.split(separator: "|", omittingEmptySubsequences: false).dropFirst()
      .map { $0.trimmingCharacters(in: .whitespaces) }
  }

  @Test func `the zoo's own table is that of the results`() throws {
    let lines = try Self.lines("README.md")
    let head = try #require(lines.first { $0.hasPrefix("| | seed |") })
    let counts = head.split(separator: "|").compactMap {
      Self.number($0.trimmingCharacters(in: .whitespaces).split(separator: " ").first ?? "")
    }.map { Int($0) }
    #expect(counts == [8, 64, 512, 4096])
    var folder = ""
    var told = 0
    for line in lines.drop(while: { $0 != head }).dropFirst(2).prefix(while: { $0.hasPrefix("|") })
    {
      // An empty first cell stands for the model above.
      let cells = Self.cells(line)
      if !cells[0].isEmpty { folder = try Self.folder(called: cells[0]) }
      let results = try Self.results(folder)
      for (count, cell) in zip(counts, cells[2...]) where cell != "–" {
        let matching = results.filter {
          $0.segmentCount == count && $0.model.trainingSeed.map(String.init) == cells[1]
            && $0.factPositions == "first" && $0.storiesFile == nil
        }
        let right = matching.reduce(0) { $0 + $1.correctCount }
        let all = matching.reduce(0) { $0 + $1.sampleCount }
        #expect(cell.hasPrefix("\(right) of \(all)"), "\(folder), \(line)")
        told += 1
      }
    }
    #expect(told == 34)
  }

  @Test func `the minutes that measuring takes are those of the results`() throws {
    let lines = try Self.lines("README.md").drop { $0 != "| | training | measuring |" }
    let rows = lines.dropFirst(2).prefix { $0.hasPrefix("|") }.map(Self.cells)
    #expect(rows.count == Self.measured.count)
    for row in rows {
      let name = try Self.folder(called: row[0])
      let recipe = try Self.recipe(name)
      let results = try Self.results(name)
      let minutes = recipe.seeds.map { seed in
        recipe.evaluations.reduce(0) { sum, evaluation in
          let seconds = results.filter {
            $0.model.trainingSeed == seed && $0.documents.seed == evaluation.seed
              && $0.factPositions == evaluation.factPositions.rawValue
              && $0.storiesFile == evaluation.stories
              && evaluation.segmentCounts.contains($0.segmentCount)
          }.map(\.seconds)
          // A longer document goes on where a shorter one ended, but with facts in random segments.
          return sum
            + (evaluation.factPositions == .first
              ? seconds.max() ?? 0 : seconds.reduce(0, +)) / 60
        }
      }.map { Int($0.rounded()) }.sorted()
      let ends = [minutes[0], minutes[minutes.count - 1]].map(String.init)
      #expect(row[2] == (ends[0] == ends[1] ? ends[0] : ends.joined(separator: " to ")), "\(name)")
    }
  }

  @Test func `the table of keys names every key that a recipe knows`() throws {
    let lines = try Self.lines("README.md").drop { $0 != "## The keys of a recipe" }
    let table = lines.filter { $0.hasPrefix("| `") }.joined()
    let recipe = try JSONValue(
      contentsOf: "\(Self.zoo)/rmt-nano-reason/recipe.json", maximumByteCount: 1 << 20)
    let object = try #require(recipe.object)
    /// What is known beside a member that is not.
    func known(_ change: (inout JSONObject) -> Void) -> [String] {
      var changed = object
      change(&changed)
      do {
        _ = try Recipe(json: .object(changed), file: "recipe.json")
        return []
      } catch RecipeError.unknownKey(_, _, let known) {
        return known
      } catch {
        return []
      }
    }
    func element(_ list: JSONValue?) throws -> JSONObject {
      var first = try #require(list?.array?.first?.object)
      first["other"] = 1
      return first
    }
    var keys = known { $0["other"] = 1 }
    for part in ["model", "task", "training"] {
      var member = try #require(object[part]?.object)
      member["other"] = 1
      keys += known { $0[part] = .object(member) }
    }
    for part in ["sources", "evaluations"] {
      let changed = try element(object[part])
      keys += known { $0[part] = [.object(changed)] }
    }
    var training = try #require(object["training"]?.object)
    training["stages"] = [.object(try element(training["stages"]))]
    keys += known { $0["training"] = .object(training) }
    #expect(keys.count > 60)
    for key in keys where !["model", "task", "training"].contains(key) {
      #expect(
        ["`\(key)`", ".\(key)`", "`\(key)[]`", ".\(key)[]`"].contains { table.contains($0) },
        "\(key)")
    }
  }
}
