import Foundation
import JSON
import ProtocolBuffers
import TensorStorage
import TestSupport
import Testing

@testable import Tokenizers

/// SentencePiece's own file as a tokenizer: the reference's ids (Tests/Fixtures/generate_sentencepiece.py),
/// and what is refused.
struct SentencePieceTests {
  @Test(arguments: ["albert", "albert-cased", "xlm-roberta", "camembert"])
  func `gives the ids of the reference, from SentencePiece's file alone`(_ folder: String) throws {
    let path = Fixtures.path("sentencepiece/\(folder)")
    let tokenizer = try #require(try Tokenizer.load(folder: path))
    let rows = try SubwordFixture.array("../sentencepiece/\(folder)/ids.json")
    let strings = try SubwordFixture.array("strings.json").map { try #require($0.string) }
    try #require(rows.count == strings.count && strings.count >= 400)
    for (string, row) in zip(strings, rows) {
      let ids = try #require(row.array).map { Int32(try #require($0.integer)) }
      #expect(tokenizer.encode(string) == ids, "\(string.prefix(60).debugDescription)")
    }
  }

  @Test func `gives roles to the tokens that the families give them to`() throws {
    func load(_ folder: String) throws -> Tokenizer {
      try #require(try Tokenizer.load(folder: Fixtures.path("sentencepiece/\(folder)")))
    }
    let albert = try load("albert").specialTokens
    #expect(albert.padding == 0 && albert.unknown == 1 && albert.classification == 2)
    #expect(albert.separator == 3 && albert.mask == 4)
    let xlm = try load("xlm-roberta")
    #expect(xlm.tokens.prefix(4) == ["<s>", "<pad>", "</s>", "<unk>"])
    #expect(xlm.specialTokens.classification == 0 && xlm.specialTokens.padding == 1)
    #expect(xlm.specialTokens.separator == 2 && xlm.specialTokens.unknown == 3)
    #expect(xlm.specialTokens.mask == Int32(xlm.tokens.count - 1))
    let camembert = try load("camembert").specialTokens
    #expect(camembert.classification == 5 && camembert.separator == 6)
    #expect(camembert.padding == 1 && camembert.unknown == 3)
  }

  @Test func `a file of Google's release of ALBERT is known by the configuration beside it`() throws
  {
    let folder = try TemporaryFolder()
    try FileManager.default.copyItem(
      atPath: Fixtures.path("sentencepiece/albert/spiece.model"),
      toPath: folder.path("30k-clean.model"))
    #expect(problem(in: folder)?.contains("an unknown family") == true)
    try folder.write("{}", to: "albert_config.json")
    #expect(try Tokenizer.load(folder: folder.path)?.encode("mary") != nil)
  }

  /// A file of a few pieces, with changes to what it says of itself.
  private func model(
    pieces: [String] = ["<unk>", "<s>", "</s>", "▁", "a"], score: Float = -1,
    trainer: [Int: Int] = [:], normalizer: [Int: Int] = [:], map: [UInt8]? = nil
  ) -> [UInt8] {
    var whole = ProtocolBufferMessage()
    for piece in pieces {
      var message = ProtocolBufferMessage()
      message.add(piece, field: 1)
      message.add(score, field: 2)
      whole.add(message, field: 1)
    }
    for (number, values) in [(2, trainer), (3, normalizer)] {
      var message = ProtocolBufferMessage()
      for (field, value) in values { message.add(value, field: field) }
      if number == 3, let map { message.add(map, field: 2) }
      whole.add(message, field: number)
    }
    return whole.bytes
  }

  private func problem(in folder: TemporaryFolder) -> String? {
    do {
      _ = try Tokenizer.load(folder: folder.path)
      return nil
    } catch let error as any DescribedError {
      return error.problem
    } catch { return "\(error)" }
  }

  private func problem(_ bytes: [UInt8], family: String = "xlm-roberta") throws -> String? {
    let folder = try TemporaryFolder()
    let path = try folder.write(bytes, to: "sentencepiece.bpe.model")
    try folder.write("{\"model_type\": \"\(family)\"}", to: "config.json")
    guard let problem = problem(in: folder) else { return nil }
    try HostileFile.keep(path, format: "tokenizer", clause: "sentencepiece")
    return problem
  }

  @Test func `refuses what it would cut otherwise, by name`() throws {
    #expect(try problem(model()) == nil)
    let cases: [([UInt8], String)] = [
      (model(trainer: [3: 2]), "the type BPE"), (model(trainer: [3: 9]), "the type 9"),
      (model(trainer: [24: 1]), "spaces behind words"), (model(trainer: [35: 1]), "byte_fallback"),
      (model(normalizer: [3: 0]), "add_dummy_prefix"),
      (model(normalizer: [4: 0]), "remove_extra_whitespaces"),
      (model(normalizer: [5: 0]), "escape_whitespaces"),
      (model(trainer: [40: 1]), "other pieces in front"),
      (model(pieces: ["a", "b", "c", "d"]), "other pieces in front"),
    ]
    for (bytes, text) in cases {
      #expect(try problem(bytes)?.contains(text) == true, "\(text)")
    }
    #expect(try problem(model(), family: "t5")?.contains("for t5") == true)
  }

  @Test func `refuses damage, rule by rule`() throws {
    let cases: [([UInt8], String)] = [
      ([], "the vocabulary is empty"), (Array("x".utf8), "too soon"),
      (model(trainer: [40: 5]), "\"unk_id\""), (model(trainer: [40: -1]), "\"unk_id\""),
      (model(pieces: ["<unk>", "<s>", "</s>", ""]), "that of id 3 is empty"),
      (model(pieces: ["<unk>", "<s>", "</s>", "a", "a"]), "two pieces are spelt"),
      (model(score: .infinity), "no finite number"), (model(map: [1, 2]), "length field"),
      (model(pieces: [String(repeating: "a", count: 1001)]), "at most 1000 are accepted"),
      (Array(model().dropLast(3)), "too soon"), (model() + [0x0A, 9, 0x0A], "claims"),
    ]
    for (bytes, text) in cases {
      let problem = try problem(bytes)
      #expect(problem?.contains(text) == true, "\(text): \(problem ?? "nothing")")
    }
  }

  @Test func `refuses files and counts beyond those of any model before they are held`() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(model(), to: "spiece.model")
    try FileHandle(forWritingTo: URL(fileURLWithPath: path)).truncate(atOffset: 33 << 20)
    let error = #expect(throws: TokenizerError.self) { try SentencePieceModel(path: path) }
    #expect(error?.problem.contains("at most 33554432 are accepted") == true)
    let empty = [UInt8]([[UInt8]](repeating: [0x0A, 0], count: 1_000_000).joined())
    #expect(try problem(empty)?.contains("that of id 0 is empty") == true)
  }

  @Test func `survives twenty thousand mutations`() throws {
    let pieces = [
      "<pad>", "<unk>", "[CLS]", "[SEP]", "[MASK]", "▁", "a", "b", "▁ab", "1,", "é",
    ]
    // A map with one key, "b", that becomes "a": the root, the key's unit, its value.
    let units: [UInt32] = [12, 0x63 << 10, 0x62 | 1 << 8 | 3 << 10, 1 << 31]
    var map: [UInt8] = []
    for unit in units { withUnsafeBytes(of: unit.littleEndian) { map += $0 } }
    map += [0x61, 0]
    let original = model(pieces: pieces, trainer: [3: 1, 40: 1], map: map)
    let name = "spiece.model"
    let counts = try MutationCount(
      of: [original], count: 20_000, seed: 19, as: name, isExpected: { $0 is any DescribedError },
      read: { path in
        let model = try SentencePieceModel(path: path)
        let config = try TokenizerConfig([:], file: path, names: [:])
        let file = try SubwordFile(
          sentencePiece: model, family: .albert, config: config, file: path)
        let tokenizer = try file.tokenizer(config: config)
        _ = tokenizer.decode(tokenizer.encode("Ab 1, ``é'' b  ab"))
      })
    print("SentencePiece, \(original.count) bytes: \(counts)")
    #expect(counts.refused > 5_000 && counts.read > 200)
    #expect(counts.longest < .seconds(2))
  }
}
