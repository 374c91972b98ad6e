import Randomness
import Testing

@testable import FineTuning

@Suite struct TokenNoiseTests {
  private func data(noise share: Double?) throws -> TaskData {
    let tokenizer = try SmallVocabulary.tokenizer()
    return try TaskData(
      task: try MovementTask.detect(
        modelLabels: MovementTask.places, tokenizer: tokenizer,
        background: try BackgroundText(generatedFrom: 7, tokenizer: tokenizer, tokenCount: 300),
        factPositions: .random),
      memory: TinyModel.memory, validationSampleCount: 6,
      tokenNoise: share.map { TokenNoise(share: $0, tokenizer: tokenizer) })
  }

  private func batch(
    noise share: Double?, ofStage stageShare: Double? = nil, step: Int = 3
  ) throws -> [LabeledSample] {
    var stage = Curriculum.Stage(segmentCount: 4, stepCount: 1)
    stage.tokenNoise = stageShare
    return try data(noise: share).trainingSamples(for: stage, seed: 5)
      .batch(step: step, sampleCount: 40)
  }

  @Test func `facts, questions and labels stay, whatever becomes of the rest`() throws {
    let plain = try batch(noise: nil)
    let noisy = try batch(noise: 1)
    var changed = 0, tokenCount = 0
    for (before, after) in zip(plain, noisy) {
      #expect(before.label == after.label && before.segmentSize == after.segmentSize)
      #expect(before.tokenIDs.count == after.tokenIDs.count)
      #expect(before.tokenIDs.suffix(4) == after.tokenIDs.suffix(4))
      // The fact opens a segment with the name that the question ends with.
      let name = before.tokenIDs[before.tokenIDs.count - 2]
      let size = try #require(before.segmentSize)
      let starts = stride(from: 0, to: before.tokenIDs.count, by: size).filter {
        before.tokenIDs[$0] == name
      }
      #expect(starts.contains { before.tokenIDs[$0..<$0 + 6] == after.tokenIDs[$0..<$0 + 6] })
      changed += zip(before.tokenIDs, after.tokenIDs).count { $0 != $1 }
      tokenCount += before.tokenIDs.count
    }
    // Rates from 0 to 1 are a half in the middle; facts and questions are a third of these documents.
    #expect((0.2...0.5).contains(Double(changed) / Double(tokenCount)))
  }

  @Test func `no document is changed more than asked, and no token gets a role`() throws {
    let plain = try batch(noise: nil)
    let noisy = try batch(noise: 0.2)
    let roles = Set(
      SmallVocabulary.tokens.indices.filter { SmallVocabulary.tokens[$0].hasPrefix("[") })
    for (before, after) in zip(plain, noisy) {
      let places = before.tokenIDs.indices.filter { before.tokenIDs[$0] != after.tokenIDs[$0] }
      // Four standard deviations above a fifth of the tokens, three of which may change together.
      let count = Double(before.tokenIDs.count)
      #expect(Double(places.count) <= 0.2 * count + 4 * (3 * 0.16 * count).squareRoot())
      #expect(places.allSatisfy { !roles.contains(Int(after.tokenIDs[$0])) })
    }
    #expect(plain != noisy)
    #expect(try batch(noise: 0.2) == noisy)
    #expect(try batch(noise: 0.2, step: 4) != noisy)
    #expect(try batch(noise: 0.7, ofStage: 0.2) == noisy)
    #expect(try batch(noise: 0.7, ofStage: 0) == plain)
  }

  @Test func `half of what comes in is cut from facts and questions, three tokens at most`() throws
  {
    let noise = TokenNoise(share: 1, tokenizer: try SmallVocabulary.tokenizer())
    // Ids that no vocabulary has: what comes from the sentence is told by them.
    let sentence = (0..<6).map { Int32(1_000 + $0) }
    var stream = RandomStream(seed: 8)
    var excerpts: [Int: Int] = [:]
    var ordinaryCount = 0
    for _ in 0..<400 {
      var tokens = [Int32](repeating: -1, count: 200)
      noise.apply(
        to: &tokens, sparing: [10..<20], sentences: [sentence], rate: stream.uniform(), &stream)
      #expect(tokens[10..<20].allSatisfy { $0 == -1 })
      ordinaryCount += tokens.count { (0..<1_000).contains($0) }
      for run in tokens.split(whereSeparator: { $0 < 1_000 }) {
        excerpts[run.count, default: 0] += 1
        #expect(zip(run, run.dropFirst()).allSatisfy { $1 == $0 + 1 })
      }
    }
    let excerptCount = excerpts.values.reduce(0, +)
    let tokenCount = excerpts.reduce(0) { $0 + $1.key * $1.value }
    // U(0, 1) of 190 tokens on average.
    #expect((0.45...0.55).contains(Double(ordinaryCount + tokenCount) / (400 * 190)))
    // One ordinary token behind each excerpt, and as many replacements that are nothing else.
    #expect((1.9...2.1).contains(Double(ordinaryCount) / Double(excerptCount)))
    // Excerpts of one, two and three tokens come as often; none touches another.
    #expect(
      (1...3).allSatisfy { (0.3...0.37).contains(Double(excerpts[$0] ?? 0) / Double(excerptCount)) }
    )
    #expect(excerpts.keys.max() == 3)
  }

  @Test func `no excerpt is more than half of a sentence`() throws {
    let noise = TokenNoise(share: 1, tokenizer: try SmallVocabulary.tokenizer())
    var stream = RandomStream(seed: 10)
    var tokens = [Int32](repeating: -1, count: 2_000)
    noise.apply(
      to: &tokens, sparing: [], sentences: [[1_000], [2_000, 2_001, 2_002]], rate: 0.5, &stream)
    let runs = tokens.split(whereSeparator: { $0 < 1_000 })
    #expect(runs.allSatisfy { $0.count == 1 })
    #expect(Set(runs.flatMap { $0 }) == [1_000, 2_000, 2_001, 2_002])
  }

  @Test func `segments open with facts whose beginning is missing`() throws {
    let noise = TokenNoise(share: 1, tokenizer: try SmallVocabulary.tokenizer())
    let fact: [Int32] = [1_000, 1_001, 1_002, 1_003, 1_004]
    var stream = RandomStream(seed: 9)
    var missing: [Int: Int] = [:]
    for _ in 0..<400 {
      var tokens = [Int32](repeating: -1, count: 40)
      // Ten tokens a segment; the fact is in the second, and the fourth ends with the question.
      let places = noise.applyTruncatedFacts(
        to: &tokens, segmentSize: 10, sparing: [10..<15, 38..<40],
        facts: [(fact, 0), ([7, 8], 0)],
        rate: 0.5, &stream)
      #expect(places.allSatisfy { $0.count == 5 && [0, 20, 30].contains($0.lowerBound) })
      for place in places {
        let found = tokens[place].prefix { $0 == -1 }.count
        missing[found, default: 0] += 1
        #expect(tokens[place].dropFirst(found).elementsEqual(fact[found...]))
      }
      let changed = tokens.indices.filter { tokens[$0] != -1 }
      #expect(changed.allSatisfy { index in places.contains { $0.contains(index) } })
    }
    // Half of 1,200 openings; two, three and four tokens are missing as often.
    #expect((520...680).contains(missing.values.reduce(0, +)))
    #expect((2...4).allSatisfy { (150...250).contains(missing[$0] ?? 0) })
    #expect(missing.count == 3)
  }

  @Test func `where facts lie anywhere, so do those whose beginning is missing`() throws {
    let noise = TokenNoise(share: 1, tokenizer: try SmallVocabulary.tokenizer())
    var stream = RandomStream(seed: 11)
    var starts = Set<Int>()
    for _ in 0..<50 {
      var tokens = [Int32](repeating: -1, count: 20)
      // One that begins at the seventh token of ten does not fit into its segment.
      let places = noise.applyTruncatedFacts(
        to: &tokens, segmentSize: 10, sparing: [18..<20],
        facts: [([1, 2, 3, 4, 5], 2), ([6, 7, 8], 5), ([1, 2, 3, 4, 5], 6)], rate: 1, &stream)
      starts.formUnion(places.map(\.lowerBound))
    }
    #expect(starts == [2, 5, 12, 15])
  }

  @Test func `no document gets a second fact`() throws {
    let facts = Set(
      MovementTask.names.flatMap { name in
        MovementTask.actions.flatMap { action in
          MovementTask.places.map {
            SmallVocabulary.ids("\(name) \(action) to the \($0)".lowercased())
          }
        }
      })
    var secondFacts = 0
    for step in 0..<20 {
      for sample in try batch(noise: 1, step: step) {
        let ids = sample.tokenIDs
        let count = [5, 6].reduce(0) { count, length in
          count
            + (0...ids.count - length).count { facts.contains(Array(ids[$0..<$0 + length])) }
        }
        secondFacts += count - 1
      }
    }
    // Of 800 documents; now and then random words of so small a vocabulary make one up.
    #expect(secondFacts <= 4)
  }

  @Test func `what measures a model is left as it is`() throws {
    let stage = Curriculum.Stage(segmentCount: 4, stepCount: 1)
    let plain = try data(noise: nil).validationSamples(for: stage, seed: 5)
    let noisy = try data(noise: 1).validationSamples(for: stage, seed: 5)
    #expect((0..<6).allSatisfy { plain[$0] == noisy[$0] })
    #expect(try data(noise: 0.5).settings.contains { $0 == ("token noise", "0.5") })
  }
}
