import Foundation
import JSON
import TestSupport
import Testing

/// `rmt pretrain`, from random weights to a model that goes on.
@Suite struct PretrainTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try folder.write(
      String(repeating: "the river runs to the old mill and the mill stands still. ", count: 60),
      to: "text.txt")
    try folder.succeed(
      "create", "--vocabulary-from", "text.txt", "--generated-share", "0.5", "--vocabulary-size",
      "300", "--hidden-size", "16", "--layers", "1", "--heads", "2", "--positions", "32", "-o",
      "random.rmtw")
  }

  private func arguments(_ output: String, _ more: String...) -> [String] {
    [
      "pretrain", "random.rmtw", "--text", "text.txt", "--generated-share", "0.3", "-o", output,
      "--steps", "120", "--batch", "4", "--evaluate-every", "40", "--threads", "1", "--seed", "3",
      "--learning-rate", "3e-3",
    ] + more
  }

  @Test func `learns words, and the model goes on to attach, export and more pretraining`() throws {
    let run = try CommandRun(arguments("nano.rmtw", "--json", "--log", "log.jsonl"), in: folder)
    #expect(run.exitCode == 0, "\(run.errors)")
    let evaluations = try #require(run.json["evaluations"]?.array)
    #expect(evaluations.compactMap { $0["step"]?.integer } == [40, 80, 120])
    let losses = evaluations.compactMap { $0["loss"]?.double }
    #expect(losses[2] < losses[0] - 0.2)
    let log = try #require(String(bytes: folder.bytes("log.jsonl"), encoding: .utf8))
    #expect(log.split(separator: "\n").count == 123)

    let inspected = try folder.succeed("inspect", "nano.rmtw", "--tensors")
    for text in [
      "cls.predictions.transform.dense.weight", "head: names masked tokens", "training stories",
    ] {
      #expect(inspected.output.contains(text))
    }
    try folder.succeed("verify", "nano.rmtw")
    try folder.succeed(
      "attach", "nano.rmtw", "-o", "memory.rmtw", "--memory-tokens", "2", "--labels", "a,b")
    let attached = try folder.succeed("inspect", "memory.rmtw", "--tensors")
    #expect(!attached.output.contains("cls.predictions.bias"))
    let exported = try folder.succeed("export", "nano.rmtw", "-o", "out", "--layout", "huggingface")
    #expect(!exported.errors.contains("left out"))
    let whole = try folder.succeed("inspect", "out/model.safetensors", "--tensors").output
    #expect(whole.contains("cls.predictions.bias") && !whole.contains("decoder"))
    try folder.succeed(
      "export", "nano.rmtw", "-o", "untied", "--layout", "huggingface", "--untie",
      "--max-shard-size", "4KB")
    let index = try #require(
      String(bytes: folder.bytes("untied/model.safetensors.index.json"), encoding: .utf8))
    #expect(index.contains("cls.predictions.decoder.weight"))
    #expect(index.contains("model-00002-of-0"))
    try folder.succeed("convert", "untied", "-o", "back.rmtw")
    try folder.succeed("convert", "nano.rmtw", "-o", "half.rmtw", "--dtype", "f16")
    try folder.succeed(
      "pretrain", "half.rmtw", "--text", "text.txt", "-o", "more.rmtw", "--steps", "2", "--batch",
      "2", "--quiet")
  }

  @Test func `Ctrl-C saves and --resume ends with the same bytes`() throws {
    let whole = try CommandRun(arguments("whole.rmtw"), in: folder)
    #expect(whole.exitCode == 0, "\(whole.errors)")
    #expect(whole.output.contains("pretraining: 120 steps"))
    let stopped = try CommandRun(
      arguments("resumed.rmtw"), in: folder, interruptedWhen: { $0.contains("step 40 ") })
    #expect(stopped.exitCode == 130, "\(stopped.errors)")
    #expect(!folder.holds("resumed.rmtw"))
    let other = try CommandRun(
      arguments("resumed.rmtw", "--resume", "--masked-share", "0.2"), in: folder)
    #expect(other.exitCode == 64)
    #expect(other.errors.contains("masked share 0.15"), "\(other.errors)")
    let resumed = try CommandRun(arguments("resumed.rmtw", "--resume"), in: folder)
    #expect(resumed.exitCode == 0, "\(resumed.errors)")
    #expect(try folder.bytes("resumed.rmtw") == folder.bytes("whole.rmtw"))
    #expect(!folder.holds("resumed.rmtw.training"))
  }

  @Test func `without text it learns from sentences of its own`() throws {
    try folder.succeed(
      "create", "--generated-share", "1", "--vocabulary-size", "600", "--hidden-size", "16",
      "--layers", "1", "--heads", "2", "--positions", "32", "-o", "own.rmtw")
    let run = try folder.succeed(
      "pretrain", "own.rmtw", "-o", "out.rmtw", "--steps", "2", "--batch", "2")
    #expect(run.errors.contains("sentences of the program's own"))
  }

  @Test func `a text without words gives no vocabulary, one with few says how many`() throws {
    try folder.write(" \n", to: "empty.txt")
    func create(_ text: String) throws -> CommandRun {
      try CommandRun(
        [
          "create", "--vocabulary-from", text, "--vocabulary-size", "5000", "--hidden-size", "16",
          "--layers", "1", "--heads", "2", "--positions", "3", "-o", "few.rmtw",
        ], in: folder)
    }
    let empty = try create("empty.txt")
    #expect(empty.exitCode == 65 && empty.errors.contains("no word"), "\(empty.errors)")
    #expect(!folder.holds("few.rmtw"))
    let few = try create("text.txt")
    #expect(few.exitCode == 0, "\(few.errors)")
    #expect(few.errors.contains("of the 5000 pieces that were asked for"), "\(few.errors)")
  }

  @Test func `a run that is refused leaves no log, and evaluations count hidden tokens`() throws {
    try folder.write("the river", to: "short.txt")
    let refused = try CommandRun(
      [
        "pretrain", "random.rmtw", "--text", "short.txt", "-o", "x.rmtw", "--steps", "2", "--log",
        "x.jsonl", "--tensorboard", "events",
      ], in: folder)
    #expect(refused.exitCode == 65)
    #expect(!folder.holds("x.jsonl") && !folder.holds("events"))
    let run = try folder.succeed(
      "pretrain", "random.rmtw", "--text", "text.txt", "-o", "x.rmtw", "--steps", "1", "--batch",
      "2")
    #expect(run.output.contains(/\(\d+ of \d+ hidden tokens\)/), "\(run.output)")
  }

  @Test func `bad input is refused with a word on what to do, and nothing is left`() throws {
    let tail = ["-o", "x.rmtw", "--steps", "2"]
    func fail(_ code: Int32, _ words: String, _ arguments: String...) throws {
      let run = try CommandRun(["pretrain"] + arguments + tail, in: folder)
      #expect(run.exitCode == code, "\(arguments): \(run.errors)")
      #expect(run.errors.contains(words), "\(arguments): \(run.errors)")
    }
    try folder.write("the river", to: "short.txt")
    try folder.write(String(repeating: "привет мир ", count: 300), to: "foreign.txt")
    try fail(65, "has 2 tokens, but one sequence takes 30", "random.rmtw", "--text", "short.txt")
    try fail(65, "does not know 100 %", "random.rmtw", "--text", "foreign.txt")
    try fail(66, "missing.txt", "random.rmtw", "--text", "missing.txt")
    try fail(64, "at most the model's 32", "random.rmtw", "--positions", "33")
    try fail(64, "--positions must be at least 3", "random.rmtw", "--positions", "2")
    try fail(64, "--masked-share", "random.rmtw", "--masked-share", "1")
    try fail(64, "--generated-share", "random.rmtw", "--generated-share", "2")
    try folder.attachTinyMemory()
    try fail(64, "memory tokens or labels", "memory.rmtw", "--text", "text.txt")
    for name in ["config.json", "model.safetensors"] {
      let url = URL(fileURLWithPath: Fixtures.path("hdf5/bert_for_masked_lm/\(name)"))
      try folder.write(Data(contentsOf: url), to: "bare/\(name)")
    }
    try folder.succeed("convert", "bare", "-o", "bare.rmtw", "--quiet")
    try fail(64, "holds no tokenizer", "bare.rmtw", "--text", "text.txt")
    try folder.write("[PAD]\n[UNK]\n[CLS]\n[SEP]\nthe\nriver\n", to: "vocab.txt")
    try folder.succeed(
      "create", "--vocabulary", "vocab.txt", "--hidden-size", "16", "--layers", "1", "--heads",
      "2", "--positions", "32", "-o", "maskless.rmtw")
    try folder.write(String(repeating: "the river ", count: 300), to: "plain.txt")
    try fail(65, "no mask token", "maskless.rmtw", "--text", "plain.txt")
    #expect(!folder.holds("x.rmtw") && !folder.holds("x.rmtw.training"))
  }
}
