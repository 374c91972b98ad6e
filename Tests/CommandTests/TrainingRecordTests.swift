import Foundation
import JSON
import TestSupport
import Testing
import TrainingRecords

@Suite("What a training run records")
struct TrainingRecordTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try folder.attachTinyMemory()
    try folder.writeDocuments()
  }

  private func arguments(_ more: String...) -> [String] {
    [
      "finetune", "memory.rmtw", "--train", "train.jsonl", "--eval", "eval.jsonl", "--segments",
      "1,2", "--batch", "4", "--steps", "200", "--evaluate-every", "50", "--save-every", "30",
      "--seed", "7", "--threads", "1",
    ] + more
  }

  /// Stage, step, loss of each record, and whether it is an evaluation: all but the times.
  private func lines(_ name: String) throws -> [String] {
    try folder.text(name).split(separator: "\n").map {
      let json = try JSONValue(parsing: Array($0.utf8), file: name)
      let loss = json["loss"]?.double ?? json["evaluationLoss"]?.double ?? .nan
      return "\(json["event"]?.string ?? "?") \(json["runStep"]?.integer ?? -1) \(loss)"
    }
  }

  @Test func `a run that was interrupted records every step once`() throws {
    let whole = try CommandRun(arguments("-o", "whole.rmtw", "--log", "whole.jsonl"), in: folder)
    #expect(whole.exitCode == 0, "\(whole.errors)")
    let options = ["-o", "parts.rmtw", "--log", "parts.jsonl", "--tensorboard", "events"]
    let stopped = try CommandRun(
      arguments() + options, in: folder, interruptedWhen: { $0.contains("step 50 ") })
    #expect(stopped.exitCode == 130, "\(stopped.errors)")
    // As if the machine had gone down later than the last saving.
    let log = try folder.text("parts.jsonl")
    let last = try #require(log.split(separator: "\n").last)
    let later = last.replacing(/"runStep":\d+/, with: "\"runStep\":399")
    try folder.write(log + later + "\n{\"event\"", to: "parts.jsonl")

    let resumed = try CommandRun(arguments() + options + ["--resume"], in: folder)
    #expect(resumed.exitCode == 0, "\(resumed.errors)")
    let expected = try lines("whole.jsonl")
    #expect(try lines("parts.jsonl") == expected)
    // Two stages of 200 steps, measured every 50; the second also before its first step.
    #expect(expected.count == 400 + 8 + 1)
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path("events"))
    #expect(names.count == 2)
    #expect(names.allSatisfy { $0.hasPrefix("events.out.tfevents.") })
  }

  @Test func `records of another run are kept`() throws {
    try folder.write([1], to: "events/events.out.tfevents.1.other")
    let short = [
      "finetune", "memory.rmtw", "--train", "train.jsonl", "--eval", "eval.jsonl", "-o",
      "tuned.rmtw", "--steps", "1", "--batch", "2", "--tensorboard", "events",
    ]
    let refused = try CommandRun(short, in: folder)
    #expect(refused.exitCode == 64 && refused.errors.contains("another run"), "\(refused.errors)")
    #expect(!folder.holds("tuned.rmtw"))
    let forced = try CommandRun(short + ["--force"], in: folder)
    #expect(forced.exitCode == 0, "\(forced.errors)")
    #expect(try folder.bytes("events/events.out.tfevents.1.other") == [1])
    try folder.fail(
      74, saying: ["no/where"], "finetune", "memory.rmtw", "--train", "train.jsonl", "--eval",
      "eval.jsonl", "-o", "other.rmtw", "--tensorboard", "no/where")
  }
}
