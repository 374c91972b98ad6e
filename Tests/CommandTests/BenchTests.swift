import JSON
import TestSupport
import Testing

@testable import rmt

@Suite("rmt bench")
struct BenchTests {
  /// Sizes that take no time.
  private static let small = ["--shape", "1,16,2,32", "--positions", "20", "--threads", "2"]
  private static let once = ["--repetitions", "1", "--json"]

  private static func number(_ result: JSONValue, _ key: String) throws -> Double {
    let value = try #require(result.object?[key], "\(key)")
    return try #require(value.double, "\(key)")
  }

  /// What a benchmark answers, checked for keys whose values are positive numbers.
  private static func result(
    of arguments: [String], positive keys: [String], in folder: TemporaryFolder
  ) throws -> JSONValue {
    let run = try CommandRun(["bench"] + arguments + once, in: folder)
    #expect(run.exitCode == 0, "\(run.errors)")
    let result = try run.json
    for key in keys { #expect(try number(result, key) > 0, "\(key)") }
    return result
  }

  @Test func `a segment has its time, arithmetic and memory`() throws {
    let result = try Self.result(
      of: ["segment", "--segments", "3"] + Self.small,
      positive: [
        "millisecondsPerSegment", "minimumMillisecondsPerSegment", "gigaflopsPerSecond",
        "shareOfPeak", "residentBytes", "peakResidentBytes", "tokensPerSecond",
      ], in: try TemporaryFolder())
    #expect(result.object?["segments"] == 3)
    #expect(result.object?["threads"] == 2)
    // 1·(2·20·(4·16² + 2·16·32) + 4·20²·16) operations.
    let seconds = try Self.number(result, "millisecondsPerSegment") / 1000
    let rate = try Self.number(result, "gigaflopsPerSecond") * 1e9
    #expect(abs(rate * seconds - 107_520) < 1)
    let share = rate * 1e-9 / (try Self.number(result, "peakGigaflopsPerSecond"))
    #expect(abs(try Self.number(result, "shareOfPeak") - share) < 1e-9)
  }

  @Test func `a training step is that of all its segments`() throws {
    let result = try Self.result(
      of: ["train", "--segments", "3", "--batch", "2", "--bptt", "2"] + Self.small,
      positive: ["gigaflopsPerSecond", "shareOfPeak", "residentBytes", "peakResidentBytes"],
      in: try TemporaryFolder())
    let step = try Self.number(result, "millisecondsPerStep")
    let segment = try Self.number(result, "millisecondsPerSegment")
    #expect(abs(step - 6 * segment) < 1e-9 * step)
    let rate = try Self.number(result, "gigaflopsPerSecond") * 1e9
    #expect(abs(rate * segment / 1000 - 3 * 107_520) < 1)
  }

  @Test func `a product has its own speed`() throws {
    let result = try Self.result(
      of: ["gemm", "--shape", "33,17,65", "--layout", "nt", "--threads", "2"],
      positive: ["peakGigaflopsPerSecond"], in: try TemporaryFolder())
    let products = try #require(result.object?["products"]?.array)
    #expect(products.count == 1)
    #expect(products[0].object?["columns"] == 17)
    let rate = try Self.number(products[0], "gigaflopsPerSecond") * 1e9
    let seconds = try Self.number(products[0], "milliseconds") / 1000
    #expect(abs(rate * seconds - 2 * 33 * 17 * 65) < 1)
    #expect(try Self.number(products[0], "shareOfPeak") > 0)
  }

  @Test func `a text has its tokens`() throws {
    let folder = try TemporaryFolder()
    try folder.write("Mary went to the garden.", to: "text")
    let ids = try folder.succeed("tokenize", try Self.model(in: folder), "text").output
      .split(whereSeparator: \.isWhitespace).compactMap { Int32($0) }
    for vocabulary in ["bert.rmtw", Fixtures.path("bert-tiny")] {
      let result = try Self.result(
        of: ["tokenize", "text", "--vocabulary", vocabulary],
        positive: ["bytesPerSecond", "tokensPerSecond", "residentBytes"], in: folder)
      #expect(result.object?["byteCount"] == 24)
      #expect(result.object?["tokenCount"] == .integer(ids.count))
      let sum = zip(1..., ids).reduce(0) { $0 + $1.0 * Int($1.1) }
      #expect(result.object?["idsChecksum"] == .integer(sum))
    }
  }

  private static func model(in folder: TemporaryFolder) throws -> String {
    try folder.convertTinyModel()
    return "bert.rmtw"
  }

  @Test func `a conversion stands beside a copy, and leaves nothing behind`() throws {
    let folder = try TemporaryFolder()
    let arguments = [
      "--shape", "1,16,2,32", "--layout", "tensorflow1", "--repetitions", "1", "--json",
    ]
    let run = try CommandRun(
      shell: "mkdir t; TMPDIR=$PWD/t \"$RMT\" bench convert \(arguments.joined(separator: " "))",
      in: folder)
    #expect(run.exitCode == 0, "\(run.errors)")
    for key in [
      "seconds", "bytesPerSecond", "copySeconds", "ratioToCopy", "synchronizedCopySeconds",
      "residentBytes",
    ] { #expect(try Self.number(try run.json, key) > 0, "\(key)") }
    #expect(try run.json.object?["openings"]?.array?.count == 2)
    #expect(try CommandRun(shell: "ls -A t", in: folder).output == "")
  }

  @Test func `an interruption leaves nothing behind either`() throws {
    let folder = try TemporaryFolder()
    let line = """
      mkdir t; TMPDIR=$PWD/t "$RMT" bench convert --shape 2,64,2,128 --seconds 60 & id=$!
      until ls t/*/converted.rmtw 2>/dev/null; do sleep 0.01; done
      kill -TERM $id; wait $id; echo "ended with $?"; ls -A t
      """
    let run = try CommandRun(shell: line, in: folder)
    #expect(run.output.hasSuffix("ended with 130\n"), "\(run.output)\(run.errors)")
  }

  @Test func `on request there is an answer for each line`() throws {
    let folder = try TemporaryFolder()
    let run = try CommandRun(
      ["bench", "segment", "--on-request"] + Self.small, in: folder, input: "one\ntwo\n")
    let lines = run.output.split(separator: "\n")
    #expect(lines.count == 3)
    #expect(lines.first == "{\"ready\":true}")
    for line in lines.dropFirst() {
      let answer = try JSONValue(parsing: Array(line.utf8), file: "an answer")
      #expect(answer.object?["segments"] == 1)
    }
  }

  @Test(arguments: [
    (["segment", "--shape", "1,2"], "--shape"),
    (["segment", "--shape", "1,10,3,8"], "heads"),
    (["segment", "--shape", "large"], "base, mini, tiny"),
    (["segment", "--positions", "13"], "--positions"),
    (["segment", "--segments", "0"], "--segments"),
    (["train", "--dropout", "1"], "--dropout"),
    (["train", "--bptt", "0"], "--bptt"),
    (["train", "--batch", "0"], "--batch"),
    (["gemm", "--shape", "1,2"], "M,N,K"),
    (["gemm", "--threads", "0"], "--threads"),
    (["gemm", "--repetitions", "0"], "--repetitions"),
    (["gemm", "--seconds", "nan"], "--seconds"),
    (["convert", "folder", "--shape", "tiny"], "--shape"),
    (["tokenize", "text"], "--vocabulary"),
  ])
  func `a wrong call is refused by name`(arguments: [String], word: String) throws {
    let run = try CommandRun(["bench"] + arguments, in: try TemporaryFolder())
    #expect(run.exitCode == 64, "\(run.errors)")
    #expect(run.errors.contains("Error: ") && run.errors.contains(word), "\(run.errors)")
  }

  @Test func `the published counts of operations come out`() {
    #expect(EncoderShape.base.forwardOperationCount(rowCount: 512) == 96_636_764_160)
    #expect(EncoderShape.mini.forwardOperationCount(rowCount: 512) == 13_287_555_072)
  }

  @Test func `the median lies in the middle`() {
    #expect(Timings([3, 1, 2]).median == 2)
    #expect(Timings([4, 1, 2, 3]).median == 2.5)
    #expect(Timings([4, 1, 2, 3]).minimum == 1)
  }

  @Test(arguments: ["gemm", "segment", "train", "tokenize", "convert"])
  func `every benchmark explains itself with an example`(name: String) throws {
    let run = try TemporaryFolder().succeed("help", "bench", name)
    #expect(run.output.contains("  rmt bench \(name)"))
    let lines = run.output.split(separator: "\n").filter { !$0.hasPrefix("USAGE: ") }
    #expect(lines.allSatisfy { $0.count <= 80 })
  }
}
