import Foundation
import TestSupport
import Testing

/// An output that is an input is refused, under whatever name and even with --force.
@Suite("Outputs and inputs")
struct OutputCheckTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try folder.attachTinyMemory()
    try folder.write("the river runs to the old mill", to: "doc.txt")
    try folder.write("{\"text\": \"a\", \"label\": \"yes\"}", to: "data.jsonl")
    try FileManager.default.createSymbolicLink(
      atPath: folder.path("link.rmtw"), withDestinationPath: folder.path("memory.rmtw"))
    try folder.write("the river", to: "texts/a.txt")
    try FileManager.default.createSymbolicLink(
      atPath: folder.path("nowhere.jsonl"), withDestinationPath: "new.rmtw.training")
  }

  static let calls: [[String]] = [
    ["convert", "memory.rmtw", "-o", "memory.rmtw", "-f"],
    ["attach", "memory.rmtw", "-o", "./memory.rmtw", "-f", "--memory-tokens", "2"],
    ["encode", "memory.rmtw", "--file", "doc.txt", "-o", "doc.txt", "-f"],
    ["attention", "memory.rmtw", "doc.txt", "-o", "doc.txt", "-f"],
    ["run", "memory.rmtw", "doc.txt", "--save-memory", "doc.txt", "-f"],
    [
      "evaluate", "memory.rmtw", "--task", "memorize", "--segments", "1", "-o", "link.rmtw", "-f",
    ],
    ["evaluate", "memory.rmtw", "--eval", "data.jsonl", "-o", "data.jsonl", "-f"],
    [
      "finetune", "memory.rmtw", "--train", "data.jsonl", "--eval", "data.jsonl", "-o",
      "link.rmtw", "-f",
    ],
    [
      "finetune", "memory.rmtw", "--train", "data.jsonl", "--eval", "data.jsonl", "-o", "new.rmtw",
      "--log", "data.jsonl",
    ],
    [
      "finetune", "memory.rmtw", "--train", "data.jsonl", "--eval", "data.jsonl", "-o",
      "link.rmtw", "--resume",
    ],
    [
      "finetune", "memory.rmtw", "--train", "data.jsonl", "--eval", "data.jsonl", "-o", "new.rmtw",
      "--log", "texts/../new.rmtw",
    ],
    [
      "finetune", "memory.rmtw", "--train", "data.jsonl", "--eval", "data.jsonl", "-o", "new.rmtw",
      "--log", "nowhere.jsonl",
    ],
    ["pretrain", "memory.rmtw", "--text", "texts", "-o", "texts/a.txt", "-f", "--steps", "1"],
    [
      "create", "--vocabulary-from", "texts", "--vocabulary-size", "50", "--hidden-size", "8",
      "--layers", "1", "--heads", "2", "-o", "texts/a.txt", "-f",
    ],
    ["report", ".", "-o", "metrics.jsonl", "-f"],
  ]

  @Test(arguments: calls)
  func `is refused and the input stays as it was`(arguments: [String]) throws {
    try folder.write("", to: "metrics.jsonl")
    let names = ["memory.rmtw", "doc.txt", "data.jsonl", "texts/a.txt", "metrics.jsonl"]
    let before = try names.map { try folder.bytes($0) }
    let run = try CommandRun(arguments, in: folder)
    #expect(run.exitCode == 64, "\(arguments): \(run.errors)")
    #expect(run.errors.contains("a name of its own"), "\(arguments): \(run.errors)")
    #expect(try names.map { try folder.bytes($0) } == before)
  }

  @Test func `a native file beside the checkpoint that it comes from may be replaced`() throws {
    try folder.succeed("export", "memory.rmtw", "-o", "out", "--layout", "huggingface")
    for _ in 0..<2 { try folder.succeed("convert", "out", "-o", "out/again.rmtw", "-f") }
    try folder.fail(
      64, saying: ["a part of it"], "convert", "out", "-o", "out/model.safetensors", "-f")
  }
}
