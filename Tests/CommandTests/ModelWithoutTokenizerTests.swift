import Foundation
import JSON
import TestSupport
import Testing

/// A checkpoint whose tokenizer is not known goes the whole way with ids.
@Suite struct ModelWithoutTokenizerTests {
  private let folder: TemporaryFolder

  /// A model without tokenizer, with memory and what frames a segment.
  init() throws {
    folder = try TemporaryFolder()
    for name in ["config.json", "model.safetensors"] {
      try FileManager.default.createDirectory(
        atPath: folder.path("source"), withIntermediateDirectories: true)
      try FileManager.default.copyItem(
        atPath: Fixtures.path("bert-tiny/\(name)"), toPath: folder.path("source/\(name)"))
    }
    try folder.succeed("convert", "source", "-o", "ids.rmtw")
  }

  private func attach(_ source: String, to output: String, _ options: [String] = []) throws {
    let run = try CommandRun(
      [
        "attach", source, "-o", output, "--memory-tokens", "4", "--labels", "yes,no,maybe",
        "--segment-positions", "16", "--seed", "1",
      ] + options, in: folder)
    #expect(run.exitCode == 0, "\(run.errors)")
  }

  /// The fixture's documents as ids of its vocabulary.
  private func writeIDs(_ name: String) throws {
    let tokens = try String(contentsOfFile: Fixtures.path("bert-tiny/vocab.txt"), encoding: .utf8)
      .split(separator: "\n").map(String.init)
    let lines = try folder.text("\(name).jsonl").split(separator: "\n").map { line in
      let value = try JSONValue(parsing: Array(line.utf8), file: name)
      let words = try #require(value["text"]?.string).split(separator: " ")
      let ids = try words.map { JSONValue.integer(try #require(tokens.firstIndex(of: String($0)))) }
      let object: JSONValue = ["ids": .array(ids), "label": value["label"] ?? .null]
      return object.serialized(pretty: false)
    }
    try folder.write(lines.joined(separator: "\n"), to: "\(name)-ids.jsonl")
  }

  @Test func `goes out with the ids around a segment, and comes back`() throws {
    try attach("ids.rmtw", to: "memory.rmtw", ["--frame-ids", "2,3"])
    try folder.succeed("export", "memory.rmtw", "-o", "out", "--layout", "huggingface")
    let text = Array(try folder.text("out/config.json").utf8)
    let settings = try #require(try JSONValue(parsing: text, file: "config.json")["rmt"])
    #expect(settings["cls_token_id"]?.integer == 2)
    #expect(settings["sep_token_id"]?.integer == 3)
    #expect(settings["special_token_ids"] == [2, 3])
    try folder.succeed("convert", "out", "-o", "back.rmtw")
    for name in ["memory.rmtw", "back.rmtw"] {
      #expect(try folder.succeed("inspect", name).output.contains("between 2 and 3"))
    }
    // The last row of the table, which is memory's.
    let rows = try #require(JSONValue(parsing: text, file: "config.json")["vocab_size"]?.integer)
    let damages = [
      ("cls_token_id", "99999"), ("cls_token_id", "\(rows - 1)"), ("sep_token_id", "null"),
    ]
    for (member, damaged) in damages {
      let text = try folder.text("out/config.json")
      let line = try #require(text.split(separator: "\n").first { $0.contains("\"\(member)\"") })
      let found = try #require(line.split(separator: ":").last)
      try folder.write(
        text.replacing(line, with: line.replacing(found, with: " \(damaged),")),
        to: "out/config.json")
      try folder.fail(65, saying: ["rmt.\(member)"], "convert", "out", "-o", "damaged.rmtw")
      try folder.write(text, to: "out/config.json")
    }
  }

  @Test func `trains, measures and reads ids as its twin does texts`() throws {
    let tokens = try String(contentsOfFile: Fixtures.path("bert-tiny/vocab.txt"), encoding: .utf8)
      .split(separator: "\n").map(String.init)
    let frame = try ["[CLS]", "[SEP]"].map { "\(try #require(tokens.firstIndex(of: $0)))" }
    try attach("ids.rmtw", to: "memory.rmtw", ["--frame-ids", frame.joined(separator: ",")])
    try folder.succeed("convert", Fixtures.path("bert-tiny"), "-o", "text.rmtw")
    try attach("text.rmtw", to: "twin.rmtw")
    try folder.writeDocuments()
    for name in ["train", "eval"] { try writeIDs(name) }
    var answers: [[JSONValue?]] = []
    for (model, suffix) in [("memory", "-ids"), ("twin", "")] {
      try folder.succeed(
        "finetune", "\(model).rmtw", "--train", "train\(suffix).jsonl", "--eval",
        "eval\(suffix).jsonl", "-o", "\(model)-tuned.rmtw", "--segments", "2", "--batch", "6",
        "--steps", "4", "--seed", "3", "--dropout", "0")
      let rows = try folder.succeed(
        "evaluate", "\(model)-tuned.rmtw", "--eval", "eval\(suffix).jsonl", "--json"
      ).json["rows"]?.array
      let ids = try #require(tokens.firstIndex(of: "mary"))
      let read = try folder.succeed(
        "run", "\(model)-tuned.rmtw", "--ids", "\(frame[0]),\(ids),\(ids),\(frame[1])", "--json"
      ).json
      #expect(read["tokens"]?.integer == 2)
      answers.append([rows?.first?["accuracy"], rows?.first?["loss"], read["probabilities"]])
    }
    #expect(answers[0] == answers[1])
  }

  @Test func `says what it lacks, and what to give`() throws {
    try attach("ids.rmtw", to: "memory.rmtw")
    try folder.fail(
      64, saying: ["no tokenizer", "--frame-ids"], "run", "memory.rmtw", "--ids", "5,6")
    try attach("ids.rmtw", to: "framed.rmtw", ["--frame-ids", "2,3"])
    try folder.write("mary", to: "document.txt")
    try folder.fail(64, saying: ["no tokenizer", "--ids"], "run", "framed.rmtw", "document.txt")
    for line in [#"{"text": "mary", "label": 0}"#, #"{"ids": [5, 99999], "label": 0}"#] {
      try folder.write(line, to: "eval.jsonl")
      try folder.fail(
        65, saying: ["line 1", "ids"], "evaluate", "framed.rmtw", "--eval", "eval.jsonl")
    }
    try folder.fail(
      64, saying: ["two ids"], "attach", "ids.rmtw", "-o", "x.rmtw",
      "--memory-tokens", "2", "--frame-ids", "1")
    try folder.fail(
      65, saying: ["ids from 0 to"], "attach", "ids.rmtw", "-o", "x.rmtw",
      "--memory-tokens", "2", "--frame-ids", "1,99999")
    try folder.convertTinyModel()
    try folder.fail(
      64, saying: ["has one"], "attach", "bert.rmtw", "-o", "x.rmtw",
      "--memory-tokens", "2", "--frame-ids", "1,2")
  }
}
