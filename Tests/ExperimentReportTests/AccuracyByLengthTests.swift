import FineTuning
import JSON
import TestSupport
import Testing

@testable import ExperimentReport

@Suite struct AccuracyByLengthTests {
  private func row(_ lines: [String]) throws -> AccuracyByLength.Row {
    let results = try lines.map {
      try AccuracyResult(json: JSONValue(parsing: Array($0.utf8), file: "results.jsonl"))
    }
    return try #require(AccuracyByLength.gathered(results).first?.rows.first)
  }

  private func line(
    model: Int, documents: Int, correct: Int, samples: Int = 100
  ) -> String {
    TemporaryFolder.result(segments: 8, correct: correct, seed: model, documentSeed: documents)
      .replacing("\"samples\":100", with: "\"samples\":\(samples)")
  }

  @Test func `two models on the same documents are pooled, with the interval of the documents`()
    throws
  {
    let row = try row([
      line(model: 1, documents: 7, correct: 97), line(model: 2, documents: 7, correct: 99),
    ])
    #expect(row.sampleCount == 200 && row.correctCount == 196 && row.accuracy == 0.98)
    #expect(row.documentCount == 100 && row.modelCount == 2)
    #expect(row.countText == "100 × 2 models")
    #expect(row.interval == WilsonInterval(successCount: 98, trialCount: 100))
  }

  @Test func `the same model on the same documents counts once, the larger measurement`() throws {
    let row = try row([
      line(model: 1, documents: 7, correct: 97),
      line(model: 1, documents: 7, correct: 12, samples: 12),
      line(model: 1, documents: 7, correct: 97),
    ])
    #expect(row.results.count == 1 && row.sampleCount == 100 && row.countText == "100")
  }

  @Test func `other documents are more documents`() throws {
    let row = try row([
      line(model: 1, documents: 7, correct: 97), line(model: 1, documents: 8, correct: 99),
    ])
    #expect(row.documentCount == 200 && row.modelCount == 1)
    #expect(row.interval == WilsonInterval(successCount: 196, trialCount: 200))
    let background = line(model: 1, documents: 7, correct: 97)
      .replacing("{", with: "{\"background\":\"checksum 1\",")
    let other = background.replacing("checksum 1", with: "checksum 2")
    #expect(try self.row([background, other]).documentCount == 200)
  }

  private func named(
    _ stories: String, file: String?, model: Int = 1, correct: Int = 97
  ) -> String {
    line(model: model, documents: 7, correct: correct).replacing(
      "{",
      with: "{\"stories\":\"\(stories)\"," + (file.map { "\"storiesFile\":\"\($0)\"," } ?? ""))
  }

  private func groups(_ lines: [String]) throws -> [AccuracyByLength] {
    AccuracyByLength.gathered(
      try lines.map {
        try AccuracyResult(json: JSONValue(parsing: Array($0.utf8), file: "results.jsonl"))
      })
  }

  @Test func `stories are told apart by what they are, and known by their files' names`() throws {
    let groups = try groups([
      named("generated", file: nil), named("8, checksum a", file: "qa4.txt"),
      named("9, checksum b", file: "qa4.txt"), named("7, checksum c", file: "other.txt"),
      // The file had another name, or none was told, when the other models were measured.
      named("7, checksum c", file: "renamed.txt", model: 2),
      named("7, checksum c", file: nil, model: 3),
    ])
    #expect(
      groups.map(\.storiesName) == [
        "generated", "qa4.txt, 8, checksum a", "qa4.txt, 9, checksum b", "renamed.txt",
      ])
    #expect(groups[3].rows[0].modelCount == 3 && groups[3].rows[0].documentCount == 100)
    #expect(groups[0].factsText == "facts in the first segment, stories: generated")
    let divisions = try self.groups([
      named("generated, checksum a", file: nil), named("8, checksum a", file: "qa4.txt"),
    ])
    #expect(divisions.map(\.storiesName) == ["generated", "qa4.txt"])
    let several = try self.groups([
      named("generated, checksum a", file: nil), named("generated, checksum b", file: nil),
    ])
    #expect(several.map(\.storiesName) == ["generated, checksum a", "generated, checksum b"])
    let own = try self.groups([named("generated", file: nil)])
    #expect(own[0].storiesName == nil && own[0].factsText == "facts in the first segment")
    #expect(throws: LineProblem.self) {
      try self.groups([named("8", file: "x").replacing("\"x\"", with: "3")])
    }
  }

  @Test func `models on different documents are not multiplied`() throws {
    let row = try row([
      line(model: 1, documents: 7, correct: 97), line(model: 2, documents: 8, correct: 99),
    ])
    #expect(row.documentCount == 200 && row.countText == "200, 2 models")
  }

  @Test func `the page says documents times models, and whose curves it shows`() throws {
    let folder = try TemporaryFolder()
    try folder.writeExperiment()
    try folder.write(
      [line(model: 1, documents: 7, correct: 97), line(model: 2, documents: 7, correct: 99)]
        .joined(separator: "\n"), to: "results.jsonl")
    try folder.write("{\"title\":\"t\",\"seeds\":[1,2]}", to: "experiment.json")
    let html = try ExperimentReport(folder: folder.path).html()
    #expect(html.contains("<td class=\"number\">100 × 2 models</td>"))
    #expect(
      html.contains(
        "100 documents of 8 segments (3,992 tokens), read by 2 models: 196 of 200 answers are "
          + "right, 98.0\u{A0}%"))
    #expect(html.contains("The interval counts documents, not answers"))
    #expect(html.contains("The experiment trained 2 models"))
    let without = try TemporaryFolder()
    try without.write(folder.bytes("metrics.jsonl"), to: "metrics.jsonl")
    #expect(try !ExperimentReport(folder: without.path).html().contains("The experiment trained"))
  }

  @Test func `how to repeat it names sources and what must lie beside the recipe`() throws {
    let folder = try TemporaryFolder()
    try folder.write(
      "{\"title\":\"t\",\"sources\":[{\"name\":\"texts\",\"origin\":\"o\"}],"
        + "\"model\":{\"checkpoint\":\"../bert-nano\"},"
        + "\"task\":{\"background\":[\"texts/a\",\"own.txt\"],\"stories\":\"qa4.txt\"}}",
      to: "experiment.json")
    let html = try ExperimentReport(folder: folder.path).html()
    #expect(html.contains("TEXTS is the folder with the sources: texts."))
    #expect(html.contains("there must be: ../bert-nano, own.txt, qa4.txt."))
    #expect(html.contains("rmt experiment recipe.json --data TEXTS -o OUTPUT"))
  }
}
