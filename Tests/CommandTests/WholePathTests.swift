import Foundation
import JSON
import Safetensors
import TensorStorage
import TestSupport
import Testing

@Suite("The whole path")
struct WholePathTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test func `a checkpoint becomes a trained model with memory and goes back out`() throws {
    try folder.attachTinyMemory()
    for file in ["bert.rmtw", "memory.rmtw"] { try folder.succeed("verify", file) }
    let model = try folder.succeed("inspect", "memory.rmtw", "--json").json["model"]
    #expect(model?["memory"]?["tokens"]?.integer == 4)
    #expect(model?["memory"]?["segmentSize"]?.integer == 9)
    #expect(model?["labels"]?.array?.compactMap(\.string) == ["yes", "no", "maybe"])

    try folder.writeDocuments()
    let tuned = try folder.succeed(
      "finetune", "memory.rmtw", "--train", "train.jsonl", "--eval", "eval.jsonl", "-o",
      "tuned.rmtw", "--segments", "1,3", "--batch", "6", "--learning-rate", "3e-3", "--steps",
      "20", "--evaluate-every", "10", "--seed", "3", "--dropout", "0", "--log", "log.jsonl")
    #expect(tuned.output.contains("%"))
    let log = try folder.text("log.jsonl")
    let losses = try log.split(separator: "\n").compactMap {
      try JSONValue(parsing: Array($0.utf8), file: "log.jsonl")["loss"]?.double
    }
    #expect(losses.count >= 40)
    #expect(try #require(losses.last) < #require(losses.first))

    let evaluation = try folder.succeed(
      "evaluate", "tuned.rmtw", "--eval", "eval.jsonl", "--segments", "1,3", "--json"
    ).json
    let rows = try #require(evaluation["rows"]?.array)
    #expect(rows.compactMap { $0["segments"]?.integer } == [1, 3])
    #expect(rows.compactMap { $0["samples"]?.integer }.reduce(0, +) == 18)

    try folder.write("mary the document is long the document is long ?", to: "document.txt")
    let answer = try folder.succeed("run", "tuned.rmtw", "document.txt", "--json").json
    let probabilities = try #require(answer["probabilities"]?.object)
    #expect(probabilities.members.map(\.name) == ["yes", "no", "maybe"])
    let sum = probabilities.members.compactMap(\.value.double).reduce(0, +)
    #expect(abs(sum - 1) < 1e-9)
    #expect(answer["segments"]?.integer == 2)

    for layout in ["huggingface", "reference"] {
      try folder.succeed("export", "tuned.rmtw", "-o", layout, "--layout", layout)
    }
    let exported = try folder.succeed(
      "export", "tuned.rmtw", "-o", "tensorflow", "--layout", "tensorflow", "--json"
    ).json
    #expect(exported["notes"]?.array?.contains { $0.string?.contains("memory") == true } == true)
    #expect(folder.holds("huggingface/modeling_rmt.py"))
    #expect(folder.holds("reference/pytorch_model.bin"))
    try folder.succeed("convert", "huggingface", "-o", "again.rmtw")
    try folder.succeed("compare", "tuned.rmtw", "again.rmtw")
    let again = try folder.succeed("run", "again.rmtw", "document.txt", "--json").json
    #expect(again == answer)
  }

  @Test func `the same call gives the same bytes`() throws {
    try folder.attachTinyMemory()
    let first = try folder.bytes("memory.rmtw")
    for file in ["bert.rmtw", "memory.rmtw"] {
      try FileManager.default.removeItem(atPath: folder.path(file))
    }
    try folder.attachTinyMemory()
    #expect(try folder.bytes("memory.rmtw") == first)
  }

  @Test func `a checkpoint compares equal with what it was converted to`() throws {
    let source = Fixtures.path("bert-tiny")
    try folder.succeed("convert", source, "-o", "bert.rmtw")
    let same = try folder.succeed("compare", source, "bert.rmtw", "--json").json
    #expect(same["largestDifference"]?.double == 0)
    #expect(same["tensors"]?.array?.count == 57)

    try folder.succeed("convert", source, "-o", "half.rmtw", "--dtype", "bf16")
    let run = try folder.fail(65, saying: ["differ"], "compare", "bert.rmtw", "half.rmtw")
    #expect(run.output.contains("encoder.layer.0.attention.self.query.weight"))
    try folder.succeed("compare", "bert.rmtw", "half.rmtw", "--tolerance", "0.01")
  }

  @Test func `inspect reads foreign files and folders`() throws {
    let source = Fixtures.path("bert-tiny")
    for path in [source, source + "/model.safetensors"] {
      let summary = try folder.succeed("inspect", path, "--json", "--tensors").json
      #expect(summary["format"]?.string == "safetensors")
      #expect(summary["tensors"]?.array?.count == 57)
    }
  }

  @Test func `encode writes what the model saw`() throws {
    try folder.attachTinyMemory()
    try folder.succeed("encode", "bert.rmtw", "--ids", "2,73,3", "-o", "plain.safetensors")
    let plain = try SafetensorsFile(path: folder.path("plain.safetensors"))
    #expect(plain.tensor(named: "last_hidden_state")?.shape == [1, 3, 32])
    #expect(plain.tensor(named: "pooler_output")?.shape == [1, 32])
    #expect(plain.tensor(named: "memory") == nil)

    let text = [String](repeating: "garden", count: 20).joined(separator: " ")
    try folder.succeed("encode", "memory.rmtw", "--text", text, "-o", "states.safetensors")
    let states = try SafetensorsFile(path: folder.path("states.safetensors"))
    #expect(states.tensor(named: "last_hidden_state")?.shape == [1, 16, 32])
    #expect(states.tensor(named: "memory")?.shape == [3, 4, 32])
    #expect(states.tensor(named: "logits")?.shape == [1, 3])
  }

  @Test func `text and its ids give the same states`() throws {
    try folder.convertTinyModel()
    try folder.succeed("encode", "bert.rmtw", "--text", "mary ?", "-o", "text.safetensors")
    try folder.succeed("encode", "bert.rmtw", "--ids", "2,80,69,3", "-o", "ids.safetensors")
    try folder.succeed("compare", "text.safetensors", "ids.safetensors")
  }

  @Test func `new labels leave the memory's settings as they are`() throws {
    try folder.convertTinyModel()
    try folder.succeed(
      "attach", "bert.rmtw", "-o", "one.rmtw", "--memory-tokens", "2", "--segment-positions", "16",
      "--alignment", "left", "--labels", "a,b")
    let again = try folder.succeed(
      "attach", "one.rmtw", "-o", "two.rmtw", "--memory-tokens", "2", "--labels", "c,d")
    #expect(again.output.contains("16 positions a segment") && again.output.contains("left"))
  }

  @Test func `tokenize shows ids or pieces, one line a document`() throws {
    try folder.convertTinyModel()
    try folder.write("Mary?", to: "first.txt")
    try folder.write("in the garden", to: "second.txt")
    let ids = try folder.succeed("tokenize", "bert.rmtw", "first.txt", "second.txt")
    #expect(ids.output == "80 69\n78 73 84\n")
    let pieces = try folder.succeed("tokenize", "bert.rmtw", "second.txt", "--pieces")
    #expect(pieces.output == "in the garden\n")
  }

  @Test func `create makes a model from a vocabulary or from text`() throws {
    let vocabulary = Fixtures.path("bert-tiny/vocab.txt")
    let shape = ["--hidden-size", "16", "--layers", "1", "--heads", "2", "--positions", "24"]
    for (name, seed) in [("one", "1"), ("same", "1"), ("other", "2")] {
      let run = try CommandRun(
        ["create", "--vocabulary", vocabulary, "-o", "\(name).rmtw", "--seed", seed] + shape,
        in: folder)
      #expect(run.exitCode == 0, "\(run.errors)")
    }
    #expect(try folder.bytes("one.rmtw") == folder.bytes("same.rmtw"))
    #expect(try folder.bytes("one.rmtw") != folder.bytes("other.rmtw"))
    let wide = try CommandRun(
      [
        "create", "--vocabulary", vocabulary, "-o", "wide.rmtw", "--seed", "1",
        "--initializer-range", "0.08",
      ] + shape, in: folder)
    #expect(wide.exitCode == 0, "\(wide.errors)")
    #expect(try folder.bytes("one.rmtw") != folder.bytes("wide.rmtw"))
    let flat = try CommandRun(
      ["create", "--vocabulary", vocabulary, "-o", "flat.rmtw", "--initializer-range", "0"] + shape,
      in: folder)
    #expect(flat.exitCode == 64 && flat.errors.contains("--initializer-range"))
    try folder.write("the garden is the garden of mary", to: "text.txt")
    let run = try CommandRun(
      ["create", "--vocabulary-from", "text.txt", "--vocabulary-size", "30", "-o", "counted.rmtw"]
        + shape, in: folder)
    #expect(run.exitCode == 0, "\(run.errors)")
    try folder.succeed("verify", "counted.rmtw")
  }

  @Test func `the Memorize task trains and measures a model of one's own`() throws {
    let words = """
      mary john daniel sandra moved went back journeyed travelled to the bathroom hallway garden \
      office bedroom kitchen . where is ? , ' abcdefghijklmnopqrstuvwxyz
      """
    try folder.write(words, to: "words.txt")
    try folder.succeed(
      "create", "--vocabulary-from", "words.txt", "--vocabulary-size", "200", "--hidden-size", "16",
      "--layers", "1", "--heads", "2", "--positions", "40", "-o", "random.rmtw")
    try folder.succeed(
      "attach", "random.rmtw", "-o", "memory.rmtw", "--memory-tokens", "2", "--labels",
      "bathroom,hallway,garden,office,bedroom,kitchen")
    let trained = try folder.succeed(
      "finetune", "memory.rmtw", "--task", "memorize", "--segments", "1,2", "--steps", "3",
      "--batch", "4", "--evaluation-samples", "10", "-o", "tuned.rmtw", "--json"
    ).json
    #expect(trained["steps"]?.integer == 6)
    #expect(trained["evaluations"]?.array?.compactMap { $0["stage"]?.integer } == [1, 2, 2])
    try folder.write([String](repeating: words, count: 40).joined(separator: "\n"), to: "text.txt")
    let rows = try folder.succeed(
      "evaluate", "tuned.rmtw", "--task", "memorize", "--background", "text.txt", "--segments",
      "1,4", "--samples", "12", "--json"
    ).json["rows"]?.array
    #expect(rows?.compactMap { $0["samples"]?.integer } == [12, 12])
    try folder.convertTinyModel()
    try folder.succeed("attach", "bert.rmtw", "-o", "other.rmtw", "--memory-tokens", "2")
    try folder.fail(
      65, saying: ["bathroom", "rmt attach"], "evaluate", "other.rmtw", "--task", "memorize",
      "--segments", "1")
  }
}
