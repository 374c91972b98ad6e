import Foundation
import JSON
import TestSupport
import Testing

@Suite("Reading on from a saved memory")
struct SavedMemoryTests {
  let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try folder.attachTinyMemory()
  }

  /// A document of that many segments of nine tokens.
  private func write(segments: Range<Int>, to name: String) throws {
    let words = ["mary", "john", "garden", "office", "kitchen", "memory", "long"]
    let text = segments.map { segment in
      (0..<9).map { words[(segment * 5 + $0 * $0) % words.count] }.joined(separator: " ")
    }
    try folder.write(text.joined(separator: " "), to: name)
  }

  @Test func `two parts in whole segments read like one document`() throws {
    try write(segments: 0..<5, to: "whole.txt")
    try write(segments: 0..<3, to: "first.txt")
    try write(segments: 3..<5, to: "second.txt")
    let whole = try folder.succeed(
      "run", "memory.rmtw", "whole.txt", "--save-memory", "whole.safetensors", "--json"
    ).json
    try folder.succeed("run", "memory.rmtw", "first.txt", "--save-memory", "part.safetensors")
    let rest = try folder.succeed(
      "run", "memory.rmtw", "second.txt", "--load-memory", "part.safetensors", "--save-memory",
      "part.safetensors", "--force", "--json"
    ).json
    #expect(rest["probabilities"] == whole["probabilities"])
    #expect(whole["segmentsRead"]?.integer == 5)
    #expect(rest["segmentsRead"]?.integer == 5)
    #expect(rest["segments"]?.integer == 2)
    #expect(try folder.bytes("part.safetensors") == folder.bytes("whole.safetensors"))
  }

  @Test func `the memory of another model is refused`() throws {
    try write(segments: 0..<1, to: "a.txt")
    try folder.succeed("run", "memory.rmtw", "a.txt", "--save-memory", "m")
    try folder.succeed(
      "attach", "bert.rmtw", "-o", "other.rmtw", "--memory-tokens", "4", "--labels", "a,b",
      "--segment-positions", "16", "--seed", "2")
    try folder.fail(
      65, saying: ["m", "another model"], "run", "other.rmtw", "a.txt", "--load-memory", "m")
    try folder.fail(
      65, saying: ["bert.rmtw"], "run", "memory.rmtw", "a.txt", "--load-memory", "bert.rmtw")
    try folder.fail(
      66, saying: ["missing"], "run", "memory.rmtw", "a.txt", "--load-memory", "missing")
    try folder.fail(
      64, saying: ["m", "--force"], "run", "memory.rmtw", "a.txt", "--save-memory", "m")
  }

  @Test func `Ctrl-C saves the memory and the same call goes on`() throws {
    try write(segments: 0..<4000, to: "long.txt")
    let stopped = try CommandRun(
      ["run", "memory.rmtw", "long.txt", "--save-memory", "m", "--verbose"], in: folder,
      interruptedWhen: { $0.contains("reading") })
    #expect(stopped.exitCode == 130, "\(stopped.errors)")
    #expect(stopped.errors.contains("--load-memory"), "\(stopped.errors)")
    let rest = try folder.succeed(
      "run", "memory.rmtw", "long.txt", "--load-memory", "m", "--json"
    ).json
    let whole = try folder.succeed("run", "memory.rmtw", "long.txt", "--json").json
    #expect(rest["probabilities"] == whole["probabilities"])
    #expect(rest["segmentsRead"] == whole["segmentsRead"])
    try write(segments: 0..<1, to: "other.txt")
    try folder.fail(
      65, saying: ["another document"], "run", "memory.rmtw", "other.txt", "--load-memory", "m")
  }

  @Test func `unknown words and foreign encodings are said`() throws {
    try folder.write("mary ☃ ☃ ☃ garden", to: "snow.txt")
    #expect(try folder.succeed("run", "memory.rmtw", "snow.txt").errors.contains("[UNK]"))
    try folder.write([0x6D, 0x61, 0x72, 0x79, 0x20, 0xE9], to: "latin.txt")
    #expect(try folder.succeed("run", "memory.rmtw", "latin.txt").errors.contains("Windows-1252"))
    let quiet = try folder.succeed("run", "memory.rmtw", "latin.txt", "--quiet")
    #expect(quiet.errors.isEmpty)
  }
}
