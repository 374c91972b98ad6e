import Foundation
import JSON
import TestSupport
import Testing

@testable import rmt

@Suite("Evaluation") struct EvaluationTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    let words = """
      mary john daniel sandra moved went back journeyed travelled to the bathroom hallway garden \
      office bedroom kitchen . where is ? , ' abcdefghijklmnopqrstuvwxyz
      """
    try folder.write(words, to: "words.txt")
    try folder.write([String](repeating: words, count: 40).joined(separator: "\n"), to: "text.txt")
    try folder.succeed(
      "create", "--vocabulary-from", "words.txt", "--vocabulary-size", "200", "--hidden-size", "16",
      "--layers", "2", "--heads", "2", "--positions", "40", "-o", "random.rmtw")
    try folder.succeed(
      "attach", "random.rmtw", "-o", "memory.rmtw", "--memory-tokens", "2", "--labels",
      "bathroom,hallway,garden,office,bedroom,kitchen")
  }

  private func rows(_ name: String) throws -> [JSONValue] {
    try folder.text(name).split(separator: "\n").map {
      try JSONValue(parsing: Array($0.utf8), file: name)
    }
  }

  /// What two runs must have in common.
  private func results(_ rows: [JSONValue]) -> [[JSONValue?]] {
    let members = ["segments", "samples", "correct", "meanLoss", "tokens", "seed", "task"]
    return rows.map { row in members.map { row[$0] } }
  }

  @Test func `a run that is killed or interrupted goes on with --resume to the same rows`() throws {
    func arguments(_ output: String, _ more: String...) -> [String] {
      [
        "evaluate", "memory.rmtw", "--task", "memorize", "--background", "text.txt", "--segments",
        "1...600", "--samples", "8", "--seed", "5", "-o", output,
      ] + more
    }
    let whole = try CommandRun(arguments("whole.jsonl"), in: folder)
    #expect(whole.exitCode == 0, "\(whole.errors)")
    let expected = try results(rows("whole.jsonl"))
    #expect(expected.map { $0[0]?.integer } == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 600])

    let call = arguments("killed.jsonl").map { "'\($0)'" }.joined(separator: " ")
    let killed = try CommandRun(
      shell: """
        "$RMT" \(call) 2>/dev/null & process=$!
        until [ -s killed.jsonl ]; do sleep 0.01; done
        kill -9 $process
        wait $process
        """, in: folder)
    #expect(killed.exitCode == 137, "\(killed.errors)")
    #expect(try rows("killed.jsonl").count < expected.count)
    try folder.fail(
      64, saying: ["killed.jsonl.evaluating", "seed 5", "6", "--force"], "evaluate", "memory.rmtw",
      "--task", "memorize", "--segments", "1...600", "--samples", "8", "--seed", "6",
      "--background", "text.txt", "--resume", "-o", "killed.jsonl")
    let resumed = try CommandRun(
      arguments("killed.jsonl", "--resume", "--threads", "1"), in: folder)
    #expect(resumed.exitCode == 0, "\(resumed.errors)")
    #expect(try results(rows("killed.jsonl")) == expected)
    #expect(!folder.holds("killed.jsonl.evaluating"))

    let stopped = try CommandRun(
      arguments("stopped.jsonl", "--verbose"), in: folder, interruptedWhen: { $0.contains("4 seg") }
    )
    #expect(stopped.exitCode == 130, "\(stopped.errors)")
    #expect(stopped.errors.contains("--resume"), "\(stopped.errors)")
    let finished = try CommandRun(arguments("stopped.jsonl", "--resume"), in: folder)
    #expect(finished.exitCode == 0, "\(finished.errors)")
    #expect(try results(rows("stopped.jsonl")) == expected)

    try folder.fail(
      64, saying: ["whole.jsonl", "exists"], "evaluate", "memory.rmtw", "--task", "memorize",
      "--segments", "1", "-o", "whole.jsonl")
  }

  @Test func `a file's documents have their rows, with resident memory`() throws {
    let lines = (1...6).map {
      let text = [String](repeating: "mary went to the garden .", count: $0 * $0).joined(
        separator: " ")
      return #"{"text": "\#(text)", "label": "garden"}"#
    }
    try folder.write(lines.joined(separator: "\n"), to: "documents.jsonl")
    let json = try folder.succeed(
      "evaluate", "memory.rmtw", "--eval", "documents.jsonl", "--json", "-o", "rows.jsonl"
    ).json
    let printed = try #require(json["rows"]?.array)
    #expect(try results(rows("rows.jsonl")).map { $0[..<5] } == results(printed).map { $0[..<5] })
    #expect(printed.compactMap { $0["samples"]?.integer }.reduce(0, +) == 6)
    #expect(printed.allSatisfy { ($0["residentBytes"]?.integer ?? 1) > 0 })
    #expect(try rows("rows.jsonl").allSatisfy { $0["documents"]?.string == "documents.jsonl" })
  }

  @Test func `segments longer than the position table are refused`() throws {
    try folder.fail(
      64, saying: ["41 positions", "--segment-positions"], "evaluate", "memory.rmtw", "--task",
      "memorize", "--segments", "1", "--segment-positions", "41")
  }

  @Test func `a range of segments doubles from its lower end to its upper one`() {
    #expect(SegmentCounts(argument: "1...8")?.elements == [1, 2, 4, 8])
    #expect(SegmentCounts(argument: "3...20,50")?.elements == [3, 6, 12, 20, 50])
    #expect(SegmentCounts(argument: "5...5")?.elements == [5])
    for text in ["", "1...", "...4", "8...1", "0...4", "1..4", "1....4", "1...4...8", "1,,2"] {
      #expect(SegmentCounts(argument: text) == nil, "\(text)")
    }
    #expect(SegmentCounts(argument: "1...9223372036854775807") == nil)
  }
}
