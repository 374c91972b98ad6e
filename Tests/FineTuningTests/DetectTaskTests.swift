import Testing

@testable import FineTuning

@Suite struct DetectTaskTests {
  private func task(_ positions: FactPositions) throws -> MovementTask {
    let tokenizer = try SmallVocabulary.tokenizer()
    return try MovementTask.detect(
      modelLabels: MovementTask.places, tokenizer: tokenizer,
      background: try TaskDocuments.background(tokenizer), factPositions: positions)
  }

  @Test func `the fact replaces the background from the first token of its segment on`() throws {
    let task = try task(.random)
    let loop = task.background.evaluation.tokenIDs
    for index in 0..<50 {
      let document = task.document(index, segmentCount: 5, segmentSize: 16)
      let fact = document.facts[0]
      #expect(document.facts.count == 1 && fact.position % 16 == 0)
      let tokens = document.tokenIDs(in: 0..<80)
      let factRange = fact.position..<fact.position + fact.tokenIDs.count
      #expect(Array(tokens[factRange]) == fact.tokenIDs)
      #expect(Array(tokens[76...]) == document.question)
      // Everywhere else lies the background as if nothing had been written over it.
      for position in 0..<76 where !factRange.contains(position) {
        #expect(tokens[position] == loop[(document.backgroundStart + position) % loop.count])
      }
    }
  }

  @Test func `fact, question and answer are about the same person and place`() throws {
    let task = try task(.random)
    for index in 0..<50 {
      let document = task.document(index, segmentCount: 3)
      let words = document.factWords[0].split(separator: " ").map(String.init)
      #expect(document.questionWords == "where is \(words[0]) ?")
      #expect(MovementTask.places[document.label] == words[words.count - 2])
      #expect(words.suffix(4).prefix(2) == ["to", "the"] && words.last == ".")
    }
  }

  @Test func `all segments are equally likely, the last one with the question too`() throws {
    let task = try task(.random)
    var counts = [Int](repeating: 0, count: 4)
    for index in 0..<4000 {
      counts[task.document(index, segmentCount: 4).facts[0].position / 32] += 1
    }
    // Six standard deviations of a count are 164.
    #expect(counts.allSatisfy { abs($0 - 1000) < 164 })
  }

  @Test func `with facts in segment 0 a longer document begins with the shorter one`() throws {
    let task = try task(.first)
    for index in 0..<10 {
      let (short, long) = (
        task.document(index, segmentCount: 1), task.document(index, segmentCount: 40)
      )
      #expect(short.facts == long.facts && short.facts[0].position == 0)
      #expect(short.label == long.label && short.question == long.question)
      let count = 32 - short.question.count
      #expect(short.tokenIDs(in: 0..<count) == long.tokenIDs(in: 0..<count))
    }
  }

  @Test func `its draws are not those of Memorize`() throws {
    let tokenizer = try SmallVocabulary.tokenizer()
    let memorize = try MovementTask.memorize(
      modelLabels: MovementTask.places, tokenizer: tokenizer,
      background: try TaskDocuments.background(tokenizer), factPositions: .random)
    let detect = try task(.random)
    #expect(
      (0..<5).map { memorize.document($0, segmentCount: 2).sample }
        != (0..<5).map { detect.document($0, segmentCount: 2).sample })
    #expect(
      Set((0..<50).map { memorize.document($0, segmentCount: 2).facts[0].position }) == [0, 32])
    #expect(detect.settings.contains { $0 == ("fact positions", "random") })
  }
}
