import Foundation
import JSON
import Safetensors
import TensorStorage
import TestSupport
import Testing

@Suite("Bad input")
struct BadInputTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// What a failed verb must not leave: anything under the output's name or beside it.
  private func expectNothingButInputs(_ inputs: String...) throws {
    #expect(try folder.names == inputs.sorted())
  }

  @Test func `a missing source ends with 66`() throws {
    try folder.fail(
      66, saying: ["nowhere", "Check the path"], "convert", "nowhere", "-o", "x.rmtw")
    try folder.fail(66, saying: ["nowhere"], "inspect", "nowhere")
    try folder.fail(66, saying: ["nowhere"], "verify", "nowhere")
    try folder.fail(66, saying: ["nowhere"], "compare", "nowhere", "nowhere")
    try folder.fail(
      66, saying: ["nowhere"], "export", "nowhere", "-o", "x", "--layout", "reference")
    try folder.fail(66, saying: ["nowhere"], "run", "nowhere", "-")
    try expectNothingButInputs()
  }

  @Test func `a file that is no checkpoint ends with 65`() throws {
    try folder.write("Dear reader, this is a letter and no checkpoint.", to: "letter.txt")
    for verb in [["inspect"], ["verify"]] {
      let run = try CommandRun(verb + ["letter.txt"], in: folder)
      #expect(run.exitCode == 65 && run.errors.hasPrefix("rmt: letter.txt: "), "\(run.errors)")
    }
    try folder.fail(65, saying: ["letter.txt"], "convert", "letter.txt", "-o", "x.rmtw")
    try expectNothingButInputs("letter.txt")
  }

  @Test func `names in a file neither move the cursor nor write lines of their own`() throws {
    let header =
      #"{"\u001b[2Jx\nrmt: converted": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}"#
    try folder.copy(fixture: "bert-tiny", to: "source")
    try folder.write(
      [UInt8(header.utf8.count), 0, 0, 0, 0, 0, 0, 0] + header.utf8 + [0, 0, 0, 0],
      to: "source/model.safetensors")
    for arguments in [["inspect", "--tensors", "source"], ["convert", "source", "-o", "x.rmtw"]] {
      let run = try CommandRun(arguments, in: folder)
      let said = run.output + run.errors
      #expect(said.contains("\u{FFFD}[2Jx\u{FFFD}rmt: converted"), "\(said)")
      #expect(!said.contains("\u{1B}") && !said.contains("\nrmt: converted"))
    }
  }

  @Test func `a truncated checkpoint ends with 65`() throws {
    try folder.copy(fixture: "bert-tiny", to: "source")
    let data = try folder.bytes("source/model.safetensors")
    for byteCount in [0, 4, 100, data.count / 2, data.count - 1] {
      try folder.write(data.prefix(byteCount), to: "source/model.safetensors")
      try folder.fail(65, saying: ["model.safetensors"], "convert", "source", "-o", "x.rmtw")
    }
    try expectNothingButInputs("source")
  }

  @Test func `a truncated or damaged native file ends with 65`() throws {
    try folder.convertTinyModel()
    let data = try folder.bytes("bert.rmtw")
    for byteCount in [0, 7, 39, 200, data.count / 2, data.count - 1] {
      try folder.write(data.prefix(byteCount), to: "cut.rmtw")
      try folder.fail(65, saying: ["cut.rmtw"], "verify", "cut.rmtw")
      try folder.fail(65, saying: ["cut.rmtw"], "inspect", "cut.rmtw")
    }
    var damaged = data
    damaged[data.count - 100] ^= 1
    try folder.write(damaged, to: "damaged.rmtw")
    try folder.fail(65, saying: ["damaged.rmtw"], "verify", "damaged.rmtw")
  }

  @Test func `a missing shard ends with 66 and names the shard`() throws {
    try folder.copy(fixture: "bert-tiny", to: "source")
    let weights = "source/model.safetensors"
    let source = try SafetensorsFile(path: folder.path(weights))
    let map = source.tensors.map { "\"\($0.name)\": \"model-00001-of-00002.safetensors\"" }
    try folder.write(
      "{\"metadata\": {}, \"weight_map\": {\(map.joined(separator: ", "))}}",
      to: "source/model.safetensors.index.json")
    try FileManager.default.removeItem(atPath: folder.path(weights))
    try folder.fail(
      66, saying: ["model-00001-of-00002.safetensors"], "convert", "source", "-o", "x.rmtw")
    try expectNothingButInputs("source")
  }

  @Test(arguments: [
    ("\"hidden_size\": 32", "\"hidden_size\": 64"),
    ("\"num_hidden_layers\": 3", "\"num_hidden_layers\": 2"),
    ("\"num_hidden_layers\": 3", "\"num_hidden_layers\": 4"),
    ("\"intermediate_size\": 64", "\"intermediate_size\": 65"),
    ("\"num_attention_heads\": 4", "\"num_attention_heads\": 5"),
    ("\"vocab_size\": 100", "\"vocab_size\": 90"),
    ("\"hidden_size\": 32", "\"hidden_size\": -1"),
    ("\"model_type\": \"bert\"", "\"model_type\": \"gpt2\""),
  ])
  func `a config that contradicts the tensors ends with 65`(old: String, new: String) throws {
    try folder.copy(fixture: "bert-tiny", to: "source")
    let config = try folder.text("source/config.json")
    #expect(config.contains(old))
    try folder.write(config.replacingOccurrences(of: old, with: new), to: "source/config.json")
    try folder.fail(65, saying: ["source"], "convert", "source", "-o", "x.rmtw")
    try expectNothingButInputs("source")
  }

  @Test func `a vocabulary longer than the embeddings is left out and said`() throws {
    try folder.copy(fixture: "bert-tiny", to: "source")
    let vocabulary = try folder.text("source/vocab.txt")
    try folder.write(vocabulary + "extra\n", to: "source/vocab.txt")
    let run = try folder.succeed("convert", "source", "-o", "x.rmtw")
    #expect(run.errors.contains("101 tokens") && run.errors.contains("100 rows"), "\(run.errors)")
    #expect(run.errors.contains("takes ids only"), "\(run.errors)")
  }

  @Test func `a vocabulary shorter than the embeddings is allowed and said`() throws {
    try folder.copy(fixture: "bert-tiny", to: "source")
    let vocabulary = try folder.text("source/vocab.txt")
    try folder.write(
      vocabulary.split(separator: "\n").dropLast().joined(separator: "\n"), to: "source/vocab.txt")
    let run = try folder.succeed("convert", "source", "-o", "x.rmtw")
    #expect(run.errors.contains("99") && run.errors.contains("100"), "\(run.errors)")
  }

  @Test func `an unreadable file ends with 66`() throws {
    try folder.convertTinyModel()
    // The superuser reads everything, so an unreadable file is a folder to it.
    try FileManager.default.createDirectory(
      atPath: folder.path("folder.rmtw"), withIntermediateDirectories: false)
    try folder.fail(66, saying: ["folder.rmtw"], "verify", "folder.rmtw")
    if geteuid() != 0 {
      try FileManager.default.setAttributes(
        [.posixPermissions: 0], ofItemAtPath: folder.path("bert.rmtw"))
      try folder.fail(66, saying: ["bert.rmtw", "permission"], "inspect", "bert.rmtw")
    }
  }

  @Test func `an output that exists is kept unless --force`() throws {
    try folder.write("precious", to: "bert.rmtw")
    let source = Fixtures.path("bert-tiny")
    try folder.fail(64, saying: ["bert.rmtw", "--force"], "convert", source, "-o", "bert.rmtw")
    #expect(try folder.bytes("bert.rmtw") == Array("precious".utf8))
    try folder.succeed("convert", source, "-o", "bert.rmtw", "--force")
    try folder.succeed("verify", "bert.rmtw")
    try folder.fail(
      64, saying: ["bert.rmtw"], "attach", "bert.rmtw", "-o", "bert.rmtw", "--memory-tokens", "2",
      "--labels", "a,b")
    try folder.write("precious", to: "states")
    try folder.fail(64, saying: ["states"], "encode", "bert.rmtw", "--text", "a", "-o", "states")
    try folder.fail(
      64, saying: ["states"], "export", "bert.rmtw", "-o", "states", "--layout", "reference")
    #expect(try folder.bytes("states") == Array("precious".utf8))
  }

  @Test func `an output in a folder that does not exist ends with 74`() throws {
    try folder.fail(
      74, saying: ["missing/x.rmtw"], "convert", Fixtures.path("bert-tiny"), "-o",
      "missing/x.rmtw")
  }

  @Test func `a full disk ends with 74 and leaves nothing behind`() throws {
    try folder.convertTinyModel()
    for line in [
      "convert '\(Fixtures.path("bert-tiny"))' -o x.rmtw",
      "attach bert.rmtw -o x.rmtw --memory-tokens 2 --labels a,b",
      "export bert.rmtw -o x --layout huggingface",
    ] {
      // 16 blocks of 512 bytes: less than any of the outputs.
      let run = try CommandRun(shell: "ulimit -f 16; \"$RMT\" \(line)", in: folder)
      #expect(run.exitCode == 74, "\(line): \(run.errors)")
      #expect(run.errors.hasPrefix("rmt: x"), "\(run.errors)")
      #expect(!run.errors.contains(".partial"), "\(run.errors)")
      try expectNothingButInputs("bert.rmtw")
    }
    let run = try CommandRun(shell: "\"$RMT\" inspect bert.rmtw >/dev/full", in: folder)
    #expect(run.exitCode == 74 && run.errors.contains("standard output"), "\(run.errors)")
  }

  @Test func `a reader that goes away is no failure`() throws {
    try folder.convertTinyModel()
    let run = try CommandRun(
      shell: "{ \"$RMT\" inspect bert.rmtw --tensors; echo $? >code; } | :; cat code", in: folder)
    #expect(run.output == "0\n" && run.errors.isEmpty, "\(run.errors)")
  }

  @Test func `an empty document ends with 65`() throws {
    try folder.attachTinyMemory()
    try folder.write(" \n\t", to: "empty.txt")
    try folder.fail(65, saying: ["empty.txt", "empty"], "run", "memory.rmtw", "empty.txt")
    try folder.fail(65, saying: ["standard input"], "run", "memory.rmtw", "-")
    try folder.fail(66, saying: ["missing.txt"], "run", "memory.rmtw", "missing.txt")
    try folder.fail(
      65, saying: ["empty.txt"], "encode", "memory.rmtw", "--file", "empty.txt", "-o", "x")
  }

  @Test func `one bad document does not keep the others from being read`() throws {
    try folder.attachTinyMemory()
    try folder.write("mary went to the garden", to: "good.txt")
    let run = try folder.fail(
      66, saying: ["missing.txt"], "run", "memory.rmtw", "missing.txt", "good.txt")
    #expect(run.output.contains("good.txt"))
  }

  @Test func `a model without memory does not cut a long text`() throws {
    try folder.convertTinyModel()
    let text = [String](repeating: "garden", count: 39).joined(separator: " ")
    try folder.fail(
      65, saying: ["41", "40", "rmt attach"], "encode", "bert.rmtw", "--text", text, "-o", "x")
    try folder.fail(
      65, saying: ["100"], "encode", "bert.rmtw", "--ids", "2,100,3", "-o", "x")
    try folder.fail(65, saying: ["-1"], "encode", "bert.rmtw", "--ids=-1", "-o", "x")
    try expectNothingButInputs("bert.rmtw")
  }

  @Test(arguments: [
    ("{\"text\": \"a\", \"label\": \"perhaps\"}", ["line 2", "perhaps", "yes"]),
    ("{\"text\": \"a\", \"label\": 3}", ["line 2", "3"]),
    ("{\"text\": \"a\"", ["line 2"]),
    ("{\"text\": \"a\"}", ["line 2", "label"]),
    ("{\"label\": \"yes\"}", ["line 2", "text"]),
    ("{\"text\": \"  \", \"label\": \"yes\"}", ["line 2", "empty"]),
    ("[1]", ["line 2"]),
  ])
  func `a broken line ends with 65 and its number`(line: String, words: [String]) throws {
    try folder.attachTinyMemory()
    try folder.write("{\"text\": \"a b\", \"label\": \"yes\"}\n\(line)\n", to: "bad.jsonl")
    try folder.fail(
      65, saying: ["bad.jsonl"] + words, "evaluate", "memory.rmtw", "--eval", "bad.jsonl")
    try folder.fail(
      65, saying: ["bad.jsonl"] + words, "finetune", "memory.rmtw", "--train", "bad.jsonl",
      "--eval", "bad.jsonl", "-o", "x.rmtw", "--steps", "1")
    try expectNothingButInputs("bad.jsonl", "bert.rmtw", "memory.rmtw")
  }

  @Test func `a model without memory or labels cannot be trained or run`() throws {
    try folder.succeed("convert", Fixtures.path("bert-tiny"), "-o", "bert.rmtw")
    try folder.writeDocuments()
    try folder.fail(
      65, saying: ["bert.rmtw", "rmt attach"], "finetune", "bert.rmtw", "--train", "train.jsonl",
      "--eval", "eval.jsonl", "-o", "x.rmtw")
    try folder.fail(
      65, saying: ["bert.rmtw", "rmt attach"], "evaluate", "bert.rmtw", "--eval", "eval.jsonl")
    try folder.write("mary", to: "a.txt")
    try folder.fail(65, saying: ["bert.rmtw", "rmt attach"], "run", "bert.rmtw", "a.txt")
  }

  @Test(arguments: [["--task", "memorize"], ["--eval", "eval.jsonl"]])
  func `more segments than any document has are refused`(data: [String]) throws {
    let folder = try TemporaryFolder()
    let run = try CommandRun(
      ["evaluate", "memory.rmtw", "--segments", "1,9223372036854775807"] + data, in: folder)
    #expect(run.exitCode == 64, "\(run.errors)")
    #expect(run.errors.contains("1048576"), "\(run.errors)")
  }
}
