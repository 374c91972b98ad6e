import Foundation
import JSON
import TestSupport
import Testing

/// BERT's relatives through the verbs.
@Suite struct FamilyPathTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test(arguments: ["albert", "distilbert", "electra", "roberta"])
  func `a relative becomes a trained model with memory and goes back out`(name: String) throws {
    try folder.copy(fixture: "families/\(name)", to: "source")
    let special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    let tokens = special + (0..<19).map { "w\($0)" }
    try folder.write(tokens.map { $0 + "\n" }.joined(), to: "source/vocab.txt")
    try folder.succeed("convert", "source", "-o", "plain.rmtw")
    let inspected = try folder.succeed("inspect", "plain.rmtw", "--json").json["model"]
    #expect(inspected?["family"]?.string == name && inspected?["positions"]?.integer == 14)
    try folder.succeed("compare", "source", "plain.rmtw")
    try folder.succeed(
      "attach", "plain.rmtw", "-o", "memory.rmtw", "--memory-tokens", "2", "--labels", "yes,no")
    let lines = ["yes", "no"].map { label in
      let word = label == "yes" ? "w3" : "w7"
      let text = [String](repeating: "w1 \(word) w2", count: 6).joined(separator: " ")
      return "{\"text\": \"\(text)\", \"label\": \"\(label)\"}\n"
    }
    try folder.write(lines.joined(), to: "train.jsonl")
    try folder.succeed(
      "finetune", "memory.rmtw", "--train", "train.jsonl", "--eval", "train.jsonl", "-o",
      "tuned.rmtw", "--batch", "2", "--learning-rate", "3e-3", "--steps", "300", "--seed", "1",
      "--evaluate-every", "100", "--dropout", "0")
    let evaluated = try folder.succeed("evaluate", "tuned.rmtw", "--eval", "train.jsonl", "--json")
    let accuracy = try evaluated.json["rows"]?.array?.compactMap { $0["accuracy"]?.double }
    #expect(accuracy == [1])
    try folder.write("w1 w7 w2 w1 w7 w2 w1 w7 w2 w1 w7 w2 w1 w7 w2", to: "document.txt")
    let answer = try folder.succeed("run", "tuned.rmtw", "document.txt", "--json").json
    #expect(answer["label"]?.string == "no" && answer["segments"]?.integer == 2)
    try folder.succeed("verify", "tuned.rmtw")
    try folder.succeed("export", "tuned.rmtw", "-o", "out", "--layout", "huggingface")
    try folder.succeed("convert", "out", "-o", "again.rmtw")
    try folder.succeed("compare", "tuned.rmtw", "again.rmtw")
    let refused = try folder.fail(
      64, saying: ["the layout reference is BERT's"], "export", "tuned.rmtw", "-o", "no",
      "--layout", "reference")
    #expect(refused.errors.contains(name) && !folder.holds("no"))
  }

  @Test func `an ALBERT is made, pretrained and attached to`() throws {
    try folder.write(
      String(repeating: "the river runs to the old mill and the mill stands still. ", count: 60),
      to: "text.txt")
    let created = try folder.succeed(
      "create", "--vocabulary-from", "text.txt", "--vocabulary-size", "60", "--hidden-size", "16",
      "--embedding-size", "8", "--layers", "3", "--layer-groups", "2", "--heads", "2",
      "--positions", "32", "-o", "random.rmtw")
    #expect(created.output.contains("albert, 3 layers with 2 sets of parameters"))
    #expect(created.output.contains("hidden size 16 from embeddings of 8"))
    let run = try folder.succeed(
      "pretrain", "random.rmtw", "--text", "text.txt", "-o", "nano.rmtw", "--steps", "60",
      "--batch", "4", "--evaluate-every", "20", "--threads", "1", "--learning-rate", "5e-3",
      "--json")
    let losses = try #require(run.json["evaluations"]?.array).compactMap { $0["loss"]?.double }
    #expect(losses.count == 3 && losses[2] < losses[0])
    try folder.succeed(
      "attach", "nano.rmtw", "-o", "memory.rmtw", "--memory-tokens", "2", "--labels", "a,b")
    for (options, text) in [
      (["--layer-groups", "1"], "--layer-groups belongs to --embedding-size"),
      (["--embedding-size", "8", "--layer-groups", "4"], "between 1 and the number of layers"),
      (["--embedding-size", "0"], "--embedding-size must lie between"),
    ] {
      let run = try CommandRun(
        [
          "create", "--vocabulary-from", "text.txt", "--vocabulary-size", "60", "--hidden-size",
          "16", "--layers", "3", "--heads", "2", "-o", "bad.rmtw",
        ] + options, in: folder)
      #expect(run.exitCode == 64 && run.errors.contains(text), "\(run.errors)")
    }
  }
}
