import Foundation
import TestSupport
import Testing

@Suite("Interrupted training")
struct InterruptedTrainingTests {
  @Test func `Ctrl-C saves and --resume ends with the same bytes`() throws {
    let folder = try TemporaryFolder()
    try folder.attachTinyMemory()
    try folder.writeDocuments()
    func arguments(_ output: String) -> [String] {
      [
        "finetune", "memory.rmtw", "--train", "train.jsonl", "--eval", "eval.jsonl", "-o", output,
        "--segments", "1,2", "--batch", "4", "--steps", "300", "--evaluate-every", "50", "--seed",
        "7", "--threads", "1",
      ]
    }
    let whole = try CommandRun(arguments("whole.rmtw"), in: folder)
    #expect(whole.exitCode == 0, "\(whole.errors)")

    // Standard output shows each evaluation; the run is stopped at the first.
    let stopped = try CommandRun(
      arguments("resumed.rmtw"), in: folder, interruptedWhen: { $0.contains("step 50 ") })
    #expect(stopped.exitCode == 130, "\(stopped.errors)")
    #expect(stopped.errors.contains("--resume"), "\(stopped.errors)")
    #expect(!folder.holds("resumed.rmtw"))

    let resumed = try CommandRun(arguments("resumed.rmtw") + ["--resume"], in: folder)
    #expect(resumed.exitCode == 0, "\(resumed.errors)")
    #expect(try folder.bytes("resumed.rmtw") == folder.bytes("whole.rmtw"))
    #expect(
      try folder.names == [
        "bert.rmtw", "eval.jsonl", "memory.rmtw", "resumed.rmtw", "train.jsonl", "whole.rmtw",
      ])
  }
}
