import TestSupport
import Testing

@Suite("rmt flops")
struct FlopsTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test func `prints the paper's table`() throws {
    let lines = try folder.succeed("flops").output.split(separator: "\n")
    #expect(lines.count == 6)
    #expect(lines.dropFirst().allSatisfy { $0.contains("2,048,000") })
    let savings = lines.dropFirst().compactMap { $0.split(separator: " ").last }
    #expect(savings == ["×295.07", "×154.42", "×81.65", "×48.38", "×29.02"])
  }

  @Test func `counts names, sizes and files at every length`() throws {
    try folder.attachTinyMemory()
    let rows = try #require(
      try folder.succeed(
        "flops", "bert-base", "12,768,12,28996", "memory.rmtw", "--tokens", "512,1024",
        "--segment-positions", "512", "--json"
      ).json["rows"]?.array)
    #expect(rows.compactMap { $0["tokens"]?.integer } == [512, 1024, 512, 1024, 512, 1024])
    #expect(rows[0]["fullAttention"] == rows[2]["fullAttention"])
    #expect(rows[0]["saving"]?.double == 1)
    #expect(rows[4]["hiddenSize"]?.integer == 32 && rows[4]["layers"]?.integer == 3)
    #expect(try #require(rows[5]["saving"]?.double) > 1)
  }

  @Test func `a file with memory counts in its own segments`() throws {
    try folder.attachTinyMemory()
    let rows = try #require(
      try folder.succeed("flops", "memory.rmtw", "bert-base", "--json").json["rows"]?.array)
    let own = try #require(
      try folder.succeed("inspect", "memory.rmtw", "--json").json["model"]?["memory"]?[
        "segmentPositions"])
    #expect(rows.map { $0["segmentPositions"] } == [own, 512] && own != 512)
    // Memory tokens, [CLS] and two [SEP]; what is left is text.
    let overhead = try #require(own.integer) - (rows[0]["segmentTokens"]?.integer ?? 0)
    #expect(overhead > 3 && rows[1]["segmentTokens"]?.integer == 512)
    try folder.fail(
      64, saying: ["\(overhead) positions"], "flops", "memory.rmtw", "--segment-positions",
      "\(overhead)")
  }

  @Test func `what is no shape is told so`() throws {
    try folder.fail(64, saying: ["rmt help flops"], "flops", "bert-bse")
    try folder.fail(64, saying: ["12,768,12,28996"], "flops", "12,768")
    try folder.fail(64, saying: ["is no shape"], "flops", "0,768,12,28996")
    try folder.fail(64, saying: ["is no shape", "divide"], "flops", "12,768,11,28996")
    try folder.fail(64, saying: ["is no shape"], "flops", "12,99999999999999999999,12,28996")
    try folder.fail(66, saying: ["missing.rmtw"], "flops", "missing.rmtw")
    try folder.fail(64, saying: ["--tokens"], "flops", "--tokens", "0")
    try folder.fail(64, saying: ["--segment-positions"], "flops", "--segment-positions", "0")
  }
}
