import JSON
import TensorStorage
import TestSupport
import Testing

@testable import ExperimentReport

@Suite struct ExperimentReportTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func html() throws -> String { try ExperimentReport(folder: folder.path).html() }

  @Test func `the page shows every part of the experiment and stands alone`() throws {
    try folder.writeExperiment()
    let html = try html()
    #expect(html.hasPrefix("<!DOCTYPE html>\n<html lang=\"en\">"))
    #expect(html.contains("<h1>A &lt;small&gt; model</h1>"))
    #expect(html.contains("Task: Memorize"))
    #expect(
      html.contains(
        "Of 200 documents of 4,096 segments (2,043,904 tokens) 196 are answered right: 98.0\u{A0}%")
    )
    #expect(html.contains("the paper reports 90.56\u{A0}%"))
    #expect(html.contains("<th>learning rate</th><td>0.0005</td>"))
    #expect(html.contains("<th>segments</th><th>steps</th>"))
    #expect(html.contains("4 optimizer steps in 2 stages"))
    #expect(html.contains(">stage 1</text>") && html.contains(">2</text>"))
    let sections = ["Accuracy by length", "Learning", "Settings", "How to repeat it"]
    let places = sections.compactMap { html.range(of: "<h2>\($0)</h2>")?.lowerBound }
    #expect(places.count == 4 && places == places.sorted())
    #expect(html.contains("chance, 16.7\u{A0}%"))
    #expect(html.contains("facts opening random segments"))
    #expect(html.contains("<td class=\"number\">200</td>"))
    #expect(html.contains("64 MB"))
    #expect(html.contains("src=\"data:image/svg+xml;base64,PHN2Zy"))
    #expect(html.contains(">rmt experiment recipe.json -o OUTPUT<"))
    #expect(!html.contains("class=\"missing\""))
    for outside in ["<script", "<link", "http://", "https://", "url(", "@import"] {
      #expect(!html.contains(outside), "\(outside)")
    }
    let start = try #require(html.range(of: "<body>")?.lowerBound)
    let end = try #require(html.range(of: "</body>")?.upperBound)
    #expect(MarkupCheck.fault(in: String(html[start..<end])) == nil)
  }

  @Test func `the same folder gives the same bytes`() throws {
    try folder.writeExperiment()
    #expect(try html() == html())
  }

  @Test(arguments: ReportFolder.names.filter { $0 != "recipe.json" })
  func `each part may be missing, and a sentence says so`(name: String) throws {
    try folder.writeExperiment()
    let other = try TemporaryFolder()
    for file in ReportFolder.names where file != name && file != "recipe.json" {
      try other.write(try folder.bytes(file), to: file)
    }
    let html = try ExperimentReport(folder: other.path).html()
    #expect(html.contains("class=\"missing\"") || html.contains("is no result"))
    #expect(html.contains(name == "experiment.json" ? "rmt-tests-" : "A &lt;small&gt; model"))
    #expect(html.contains("no \(name)"))
  }

  @Test func `results alone, of a task that the paper does not have`() throws {
    try folder.write(
      TemporaryFolder.result(segments: 2, correct: 30, task: "babi & more"), to: "results.jsonl")
    let html = try html()
    #expect(html.contains("Task: babi &amp; more"))
    #expect(!html.contains("the paper reports") && !html.contains("chance"))
  }

  @Test func `the paper's accuracy stands beside facts in the first segment alone`() throws {
    for (positions, isThere) in [("first", true), ("random", false)] {
      try folder.write(
        TemporaryFolder.result(segments: 4096, correct: 30, positions: positions),
        to: "results.jsonl")
      let html = try html()
      #expect(html.contains("the paper reports 90.56\u{A0}%") == isThere)
      #expect(html.contains("<td class=\"number\">90.56\u{A0}%</td>") == isThere)
      #expect(html.contains("paper, BERT-base on Memorize") == isThere)
      #expect(html.contains("chance, 16.7\u{A0}%"))
    }
  }

  @Test func `what the other models of an experiment took is told`() throws {
    try folder.write("{\"title\":\"t\",\"seeds\":[1,2,3]}", to: "experiment.json")
    let first = [TemporaryFolder.step(1, stage: 1), TemporaryFolder.step(2, stage: 1)]
    try folder.write(first.joined(separator: "\n"), to: "metrics.jsonl")
    try folder.write(first.joined(separator: "\n"), to: "seed-1/metrics.jsonl")
    try folder.write(TemporaryFolder.step(1, stage: 1), to: "seed-2/metrics.jsonl")
    let html = try html()
    #expect(html.contains("what follows is that of seed 1. 2 optimizer steps in 1 stage"))
    #expect(html.contains("<p>Seed 2: 1 optimizer step in 1 stage, 100 tokens"))
    #expect(!html.contains("Seed 1: ") && !html.contains("Seed 3: "))
    try folder.write("[]", to: "seed-2/metrics.jsonl")
    #expect(throws: ReportError.self) { try self.html() }
  }

  @Test func `empty files are as good as none`() throws {
    for name in ["metrics.jsonl", "results.jsonl"] { try folder.write("\n", to: name) }
    #expect(try html().contains("there is no result to tell"))
  }

  @Test func `a folder without an experiment is refused, and one that is not there`() throws {
    #expect(throws: ReportError.nothingToShow(folder: folder.path)) { try html() }
    #expect(throws: FileError.self) { try ExperimentReport(folder: folder.path("no")) }
    try folder.write("text", to: "file")
    #expect(throws: FileError.self) { try ExperimentReport(folder: folder.path("file")) }
  }

  @Test(arguments: [
    ("results.jsonl", TemporaryFolder.resultLine + "\n{\"task\"", 2),
    ("results.jsonl", "[]", 1),
    (
      "results.jsonl",
      TemporaryFolder.resultLine.replacing("\"correct\":99", with: "\"correct\":101"), 1
    ),
    (
      "results.jsonl",
      TemporaryFolder.resultLine.replacing("\"samples\":100", with: "\"samples\":-1"), 1
    ),
    (
      "results.jsonl",
      TemporaryFolder.resultLine.replacing("\"segments\":8", with: "\"segments\":0.5"), 1
    ),
    ("results.jsonl", TemporaryFolder.resultLine.replacing("\"seed\":1", with: "\"seed\":-1"), 1),
    (
      "results.jsonl",
      TemporaryFolder.resultLine.replacing("\"seconds\":1.5", with: "\"seconds\":null"), 1
    ),
    ("metrics.jsonl", TemporaryFolder.step(1, stage: 1) + "\n\n{\"event\":\"step\"}\n", 3),
    ("metrics.jsonl", "not JSON", 1),
  ])
  func `a broken line is named`(file: String, text: String, line: Int) throws {
    try folder.write(text, to: file)
    let error = #expect(throws: ReportError.self) { try html() }
    #expect(error?.place == "\(folder.path(file)), line \(line)")
  }

  @Test func `settings that are no object are refused`() throws {
    try folder.write("[1]", to: "experiment.json")
    #expect(throws: ReportError.self) { try html() }
    try folder.write("{\"a\": 1, \"a\": 2}", to: "experiment.json")
    #expect(throws: JSONError.self) { try html() }
  }

  @Test func `documents of a file have no task and no seed, and may lack a length`() throws {
    let line = TemporaryFolder.resultLine
      .replacing(
        "\"task\":\"memorize\",\"factPositions\":\"first\"", with: "\"documents\":\"a.jsonl\""
      )
      .replacing("\"seed\":1,", with: "")
    let empty = line.replacing(
      "\"samples\":100,\"correct\":99", with: "\"samples\":0,\"correct\":0"
    )
    .replacing("\"segments\":8", with: "\"segments\":16")
    try folder.write("\(line)\n\(empty)", to: "results.jsonl")
    let html = try html()
    #expect(html.contains("Task: a.jsonl"))
    #expect(html.contains("Of 100 documents of 8 segments"))
  }

  @Test func `memory that the system did not tell is left out`() throws {
    try folder.write(
      TemporaryFolder.resultLine.replacing("64000000", with: "null"), to: "results.jsonl")
    #expect(try html().contains("The system did not tell"))
  }

  @Test func `the paper's numbers stand by length`() throws {
    let memorize = try #require(PublishedAccuracy(task: "memorize"))
    // One, two, four … 4,096 segments, copied from the paper by hand.
    for (task, percentages) in [
      ("memorize", "100 100 100 100 99.98 99.23 98.23 96.5 95.21 93.19 92.69 90.41 90.56"),
      ("detect", "100 100 100 100 99.9 99.81 99.71 98.85 98.47 98.56 97.08 97.08 96.07"),
      ("reason", "54.4 100 99.9 97.35 93.18 91.55 89.32 87.35 87.57 84.83 83.52 83.45 81.9"),
    ] {
      let table = try #require(PublishedAccuracy(task: task))
      for (doublings, percentage) in percentages.split(separator: " ").enumerated() {
        let accuracy = try #require(table.accuracy(segmentCount: 1 << doublings))
        #expect(abs(100 * accuracy - (Double(percentage) ?? .nan)) < 1e-9)
      }
    }
    #expect(memorize.accuracy(segmentCount: 3) == nil)
    #expect(PublishedAccuracy(task: "other") == nil)
  }

  @Test func `names of settings become words`() {
    #expect(SettingsTable.words("weightDecay") == "weight decay")
    #expect(SettingsTable.words("beta1") == "beta1")
    #expect(SettingsTable.words("all-MiniLM-L6-v2") == "all-MiniLM-L6-v2")
    let keys = (0..<9).map { (name: "k\($0)", value: JSONValue.integer($0)) }
    let stage = JSONValue.object(JSONObject(members: keys) ?? JSONObject())
    #expect(
      SettingsTable.markup(["stages": [stage, ["k8": 5]]]).serialized
        .contains("<tr><th>k8</th><td>8</td><td>5</td></tr>"))
    let table = SettingsTable.markup([
      "rate": 0.001, "list": [1, "two", nil, true], "none": nil, "empty": [], "object": [:],
      "mixed": [[1], 2],
    ]).serialized
    #expect(table.contains("<td>1, two, none, yes</td>"))
    #expect(MarkupCheck.fault(in: table) == nil)
  }

  @Test func `a second run in one log is drawn behind the first`() throws {
    try folder.write(
      [
        TemporaryFolder.step(1, stage: 1), TemporaryFolder.step(2, stage: 1),
        TemporaryFolder.evaluation(2, stage: 1), TemporaryFolder.step(1, stage: 1),
      ].joined(separator: "\n"), to: "metrics.jsonl")
    let records = try #require(try ReportFolder(path: folder.path).metrics)
    let curve = TrainingCurve(records)
    #expect(curve.stages.map { $0.loss.map(\.x) } == [[1, 2], [3]])
    #expect(curve.stages.map { $0.evaluationLoss.map(\.x) } == [[2], []])
    #expect(curve.stages.map(\.start) == [0, 2])
    #expect(curve.stepCount == 3 && curve.seconds == 0.75)
  }
}
