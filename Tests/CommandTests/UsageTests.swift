import TestSupport
import Testing

@Suite("Help and usage")
struct UsageTests {
  static let verbs = [
    "convert", "create", "inspect", "verify", "compare", "attach", "finetune", "evaluate", "run",
    "encode", "export", "tokenize", "bench", "attention", "flops", "report", "pretrain",
    "experiment",
  ]

  @Test func `help names every verb and the exit codes`() throws {
    let run = try TemporaryFolder().succeed("--help")
    for verb in Self.verbs { #expect(run.output.contains("  \(verb) "), "\(verb)") }
    #expect(run.output.contains("130 interrupted"))
    #expect(try TemporaryFolder().succeed().output == run.output)
  }

  @Test(arguments: verbs)
  func `every verb explains itself with an example`(verb: String) throws {
    let run = try TemporaryFolder().succeed("help", verb)
    #expect(run.output.contains("Example"))
    #expect(run.output.contains("rmt \(verb) "))
    // The usage line is not wrapped by the parser.
    let lines = run.output.split(separator: "\n").filter { !$0.hasPrefix("USAGE: ") }
    #expect(lines.allSatisfy { $0.count <= 80 })
    // An example that was wrapped could not be copied.
    let examples = lines.drop { !$0.hasPrefix("Example") }.dropFirst().prefix {
      !["ARGUMENTS:", "OPTIONS:", "DATA:"].contains($0)
    }
    #expect(examples.allSatisfy { $0.hasPrefix("  ") })
    for (line, next) in zip(examples, examples.dropFirst()) {
      #expect(
        line.hasSuffix(" \\") == !next.hasPrefix("  rmt "), "\(line)\n\(next)")
    }
  }

  @Test func `an instruction set that cannot be had is refused, one that can is used`() throws {
    let folder = try TemporaryFolder()
    let run = try CommandRun(shell: "RMT_ISA=sse9 \"$RMT\" inspect missing", in: folder)
    #expect(run.exitCode == 64)
    #expect(run.errors.hasPrefix("rmt: RMT_ISA: \"sse9\" is no instruction set"))
    #expect(run.errors.contains("plain"))
    for name in ["plain", ""] {
      let line = "RMT_ISA=\(name) \"$RMT\" inspect missing"
      #expect(try CommandRun(shell: line, in: folder).exitCode == 66)
    }
  }

  @Test func `the version is that of the program`() throws {
    #expect(try TemporaryFolder().succeed("--version").output.hasPrefix("rmt 0."))
  }

  @Test(
    arguments: [
      ["frobnicate"],
      ["convert"],
      ["convert", "folder"],
      ["convert", "folder", "-o", "x.rmtw", "--dtype", "f8"],
      ["inspect"],
      ["inspect", "x", "--quiet", "--verbose"],
      ["compare", "a", "b", "--tolerance", "-1"],
      ["attach", "x", "-o", "y", "--memory-tokens", "0"],
      ["attach", "x", "-o", "y", "--memory-tokens", "9223372036854775807"],
      ["run", "x", "a", "--threads", "100000"],
      ["attach", "x", "-o", "y", "--memory-tokens", "2", "--labels", "a,,b"],
      ["attach", "x", "-o", "y", "--memory-tokens", "2", "--labels", "a,a"],
      ["encode", "x", "-o", "y"],
      ["encode", "x", "-o", "y", "--text", "a", "--ids", "1"],
      ["encode", "x", "-o", "y", "--ids", "1,b"],
      ["finetune", "x", "-o", "y"],
      ["finetune", "x", "-o", "y", "--train", "t"],
      ["finetune", "x", "-o", "y", "--train", "t", "--eval", "e", "--task", "memorize"],
      ["finetune", "x", "-o", "y", "--task", "memorise", "--segments", "1"],
      ["finetune", "x", "-o", "y", "--train", "t", "--eval", "e", "--background", "b"],
      ["finetune", "x", "-o", "y", "--train", "t", "--eval", "e", "--batch", "0"],
      ["finetune", "x", "-o", "y", "--train", "t", "--eval", "e", "--evaluation-samples", "5"],
      ["finetune", "x", "-o", "y", "--task", "memorize", "--evaluation-background", "b"],
      ["evaluate", "x", "--eval", "e", "--seed", "9"],
      ["finetune", "x", "-o", "y", "--train", "t", "--eval", "e", "--bptt", "0"],
      ["finetune", "x", "-o", "y", "--train", "t", "--eval", "e", "--bptt", "half"],
      [
        "finetune", "x", "-o", "y", "--train", "t", "--eval", "e", "--clip-norm", "1", "--no-clip",
      ],
      ["finetune", "x", "-o", "y", "--task", "babi", "--segments", "1"],
      ["finetune", "x", "-o", "y", "--task", "memorize", "--stories", "s", "--segments", "1"],
      ["finetune", "x", "-o", "y", "--task", "reason", "--evaluation-stories", "s"],
      ["finetune", "x", "-o", "y", "--train", "t", "--eval", "e", "--fact-positions", "first"],
      ["finetune", "x", "-o", "y", "--task", "detect", "--fact-positions", "last"],
      ["evaluate", "x", "--task", "detect", "--allow-training-stories", "--segments", "1"],
      ["evaluate", "x"],
      ["evaluate", "x", "--task", "memorize"],
      ["evaluate", "x", "--task", "memorize", "--segments", "2,1"],
      ["run", "x"],
      ["attention", "x", "y"],
      ["attention", "x", "y", "-o", "z", "--threads", "0"],
      ["report"],
      ["flops", "--tokens", "1,-1"],
      ["run", "x", "a", "b", "--save-memory", "m"],
      ["run", "x", "-", "-"],
      ["export", "x", "-o", "y"],
      ["export", "x", "-o", "y", "--layout", "onnx"],
      ["create", "-o", "y", "--hidden-size", "8", "--layers", "1", "--heads", "2"],
      [
        "create", "-o", "y", "--vocabulary", "v", "--hidden-size", "8", "--layers", "16777216",
        "--heads", "2",
      ],
      [
        "create", "-o", "y", "--vocabulary", "v", "--hidden-size", "8", "--layers", "1",
        "--heads", "2", "--positions", "2",
      ],
      [
        "create", "-o", "y", "--vocabulary-from", "t", "--vocabulary-size", "99", "--hidden-size",
        "8", "--layers", "1", "--heads", "2", "--generated-share", "0.9999999999999999",
      ],
      ["evaluate", "x", "--task", "memorize", "--segments", "1...16777217"],
      [
        "create", "-o", "y", "--vocabulary", "v", "--hidden-size", "9", "--layers", "1", "--heads",
        "2",
      ],
    ])
  func `a wrong call ends with 64 and says what is wrong`(arguments: [String]) throws {
    let run = try CommandRun(arguments, in: TemporaryFolder())
    #expect(run.exitCode == 64, "\(arguments): \(run.errors)")
    #expect(run.errors.contains("Error: ") && run.errors.contains("Usage: rmt"), "\(run.errors)")
    #expect(run.output.isEmpty)
  }

  @Test func `a list of segments that cannot be read is told the form and the limit`() throws {
    let folder = try TemporaryFolder()
    for list in ["1..4", "4...1", "1...99999999999", "a"] {
      let run = try CommandRun(
        ["evaluate", "x", "--task", "memorize", "--segments", list], in: folder)
      #expect(run.exitCode == 64)
      #expect(run.errors.contains("1...4096") && run.errors.contains("at most"), "\(run.errors)")
    }
  }
}
