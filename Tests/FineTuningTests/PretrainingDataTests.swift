import Foundation
import Randomness
import TestSupport
import Testing
import Tokenizers
import Transformer

@testable import FineTuning

@Suite struct PretrainingDataTests {
  private let folder: TemporaryFolder
  private let tokenizer: Tokenizer

  init() throws {
    folder = try TemporaryFolder()
    tokenizer = try SmallVocabulary.tokenizer(
      adding: ["north", "south", "east", "west", "of", "what"].filter {
        !SmallVocabulary.tokens.contains($0)
      })
  }

  private func text(_ paths: [String], positions: Int = 6) throws -> PretrainingText {
    try PretrainingText(
      paths: paths.map(folder.path), tokenizer: tokenizer, positions: positions)
  }

  @Test func `documents are cut into full sequences, the last one reaching back`() {
    var sequences = DocumentSequences(length: 4)
    sequences.append([1, 2, 3, 4, 5, 6])
    sequences.append([7, 8])
    sequences.append([] as [Int32])
    sequences.append([9, 10, 11, 12])
    #expect(
      (0..<sequences.count).map { Array(sequences[$0]) } == [
        [1, 2, 3, 4], [3, 4, 5, 6], [7, 8], [9, 10, 11, 12],
      ])
    #expect(sequences.longestCount == 4)
  }

  @Test func `whole files are held out, or the last tenth of one`() throws {
    try folder.write("river mountain letter winter", to: "a.txt")
    try folder.write("song window ship horse city", to: "b.txt")
    try folder.write("market teacher market teacher", to: "c.txt")
    let several = try text(["a.txt", "b.txt", "c.txt"])
    #expect(Array(several.validation[0]) == SmallVocabulary.ids("market teacher market teacher"))
    #expect(several.validation.count == 1)
    #expect(several.training.count == 3)
    let words = (0..<50).map { ["river", "song"][$0 % 2] }
    try folder.write(words.joined(separator: " "), to: "one.txt")
    let single = try text(["one.txt"])
    #expect(single.training.tokenIDs.count == 45 && single.validation.tokenIDs.count == 5)
    #expect(several.fingerprint != single.fingerprint)
  }

  @Test func `a text is held out with all its copies, or learned from with them`() throws {
    for (index, word) in ["river", "song", "song", "river"].enumerated() {
      try folder.write(
        Array(repeating: word, count: 30).joined(separator: " "), to: "\(index).txt")
    }
    let text = try text(["0.txt", "1.txt", "2.txt", "3.txt"])
    #expect(text.validation.tokenIDs == Array(repeating: SmallVocabulary.ids("song")[0], count: 30))
    #expect(text.training.tokenIDs == Array(repeating: SmallVocabulary.ids("river")[0], count: 60))
    #expect(text.notes.contains { $0.description.contains("2 of 4 files say the same") })
  }

  @Test func `too little text, foreign text and no text are refused`() throws {
    try folder.write("river", to: "short.txt")
    try folder.write(String(repeating: "абв ", count: 100), to: "foreign.txt")
    try FileManager.default.createDirectory(
      atPath: folder.path("empty"), withIntermediateDirectories: true)
    #expect(throws: PretrainingError.self) { try text(["short.txt"]) }
    #expect(throws: PretrainingError.self) { try text(["foreign.txt"]) }
    #expect(
      throws: PretrainingError.tooShort(
        place: folder.path("empty"), part: "training", tokenCount: 0, minimumTokenCount: 4)
    ) { try text(["empty"]) }
  }

  private func data(
    share: Double, positions: Int = 42
  ) throws -> PretrainingData {
    try PretrainingData(
      text: PretrainingText(
        generatedFrom: 3, tokenizer: tokenizer, positions: positions, tokenCount: 40 * 11),
      tokenizer: tokenizer,
      options: PretrainingData.Options(
        masking: MaskingOptions(share: 0.15, hidesWholeWords: false), generatedShare: share,
        validationSequenceCount: 3))
  }

  /// What a sequence was before tokens were hidden.
  private func original(_ sequence: MaskedSequence) -> [Int32] {
    var ids = sequence.tokenIDs
    for token in sequence.hidden { ids[token.row] = token.id }
    return Array(ids.dropFirst().dropLast())
  }

  @Test func `batches are a function of seed and step, other tokens are hidden each time round`()
    throws
  {
    let data = try data(share: 0)
    #expect(data.text.training.count == 11)
    let first = data.batch(step: 0, sequenceCount: 11, seed: 5)
    #expect(first == data.batch(step: 0, sequenceCount: 11, seed: 5))
    #expect(first != data.batch(step: 0, sequenceCount: 11, seed: 6))
    let second = data.batch(step: 1, sequenceCount: 11, seed: 5)
    let all = Set((0..<11).map { Array(data.text.training[$0]) })
    #expect(Set(first.map(original)) == all && Set(second.map(original)) == all)
    #expect(first.map(original) != second.map(original))
    for sequence in first {
      let again = second.filter { original($0) == original(sequence) }
      #expect(again.allSatisfy { $0.hidden != sequence.hidden })
    }
    // The same numbers whatever the size of a batch.
    #expect(data.batch(step: 0, sequenceCount: 4, seed: 5) == Array(first[..<4]))
  }

  @Test func `validation is held-out text and the same every time`() throws {
    let data = try data(share: 0.5)
    let sequences = data.validationSequences(seed: 5)
    #expect(sequences == data.validationSequences(seed: 5))
    let plain = try self.data(share: 0).validationSequences(seed: 5)
    #expect(plain.count == 2 && sequences.count == 2)
    for index in 0..<2 { #expect(original(plain[index]) == Array(data.text.validation[index])) }
  }

  @Test func `the share of stories is kept, and a story fills its sequence`() throws {
    let data = try data(share: 0.25)
    let texts = Set((0..<data.text.training.count).map { Array(data.text.training[$0]) })
    let sequences = (0..<50).flatMap { data.batch(step: $0, sequenceCount: 20, seed: 1) }
    let stories = sequences.filter { !texts.contains(original($0)) }
    #expect(abs(Double(stories.count) - 250) < 70)
    #expect(stories.allSatisfy { $0.tokenIDs.count == 42 })
    let some = try self.data(share: 1).batch(step: 0, sequenceCount: 20, seed: 1)
    #expect(some.allSatisfy { !texts.contains(original($0)) })
  }

  @Test func `every question of a story has the answer that its facts give`() throws {
    let stories = try GeneratedStories(tokenizer: tokenizer)
    var filler = DocumentSequences(length: 50)
    filler.append([Int32](repeating: SmallVocabulary.ids("river")[0], count: 50))
    var whereCount = 0, whatCount = 0
    let opposite = ["north": "south", "south": "north", "east": "west", "west": "east"]
    for seed in 0..<40 {
      let split: DataSplit = seed % 2 == 0 ? .training : .validation
      var stream = RandomStream(seed: UInt64(seed))
      let ids = stories.story(
        tokenCount: 2000, split: split, filler: filler, stream: &stream)
      #expect(ids.count == 2000)
      var places: [String: String] = [:]
      var relations: [[String]] = []
      let sentences = tokenizer.decode(ids).replacingOccurrences(of: "river", with: " ")
        .replacingOccurrences(of: "?", with: "? .").split(separator: ".").dropLast()
        .map { $0.split(separator: " ").map(String.init) }
      var question: [String]?
      for words in sentences where !words.isEmpty {
        if words.last == "?" {
          question = words
        } else if let asked = question {
          let answer = words[1]
          if asked[0] == "where" {
            whereCount += 1
            #expect(places[asked[2]] == answer)
          } else {
            whatCount += 1
            let pair = relations.suffix(2).compactMap { words -> SpatialRelation? in
              CompassDirection(rawValue: words[1]).map {
                SpatialRelation(words[0], $0, of: words[2])
              }
            }
            #expect(RelationPlacement(pair[0], pair[1])?.split == split)
            // "what is east of the hallway ?" and "what is the hallway east of ?"
            let isDirect = asked[2] != "the"
            let direction = isDirect ? asked[2] : asked[4]
            let told = isDirect ? [answer, direction, asked[5]] : [asked[3], direction, answer]
            let turned = [told[2], opposite[direction] ?? "", told[0]]
            #expect(
              relations.suffix(2).contains { $0 == told || $0 == turned }, "\(asked) \(answer)")
          }
          question = nil
        } else if words[0] == "the" {
          relations.append([words[1], words[3], words[6]])
        } else {
          places[words[0]] = words[words.count - 1]
        }
      }
    }
    #expect(whereCount > 100 && whatCount > 100)
  }

  @Test func `stories need a vocabulary that knows their words`() throws {
    let foreign = try Tokenizer(
      vocabulary: WordPieceVocabulary(tokens: SmallVocabulary.special + ["a"], file: "v"),
      settings: WordPieceSettings(lowercases: true))
    #expect(throws: TaskError.self) { try GeneratedStories(tokenizer: foreign) }
    #expect(throws: PretrainingError.self) {
      try PretrainingText(generatedFrom: 1, tokenizer: foreign, positions: 10, tokenCount: 100)
    }
  }
}
