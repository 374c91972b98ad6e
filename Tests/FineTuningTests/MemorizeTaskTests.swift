import ModelSchema
import Testing

@testable import FineTuning

@Suite struct MemorizeTaskTests {
  private func task(labels: [String] = MovementTask.places) throws -> MovementTask {
    let tokenizer = try SmallVocabulary.tokenizer()
    return try MovementTask.memorize(
      modelLabels: labels, tokenizer: tokenizer,
      background: try BackgroundText(generatedFrom: 7, tokenizer: tokenizer, tokenCount: 300))
  }

  private func memory(segmentSize: Int) -> MemoryConfiguration {
    MemoryConfiguration(tokenCount: 1, segmentPositions: segmentSize + 4, alignment: .right)
  }

  private func sample(
    of task: MovementTask, seed: UInt64, _ split: DataSplit, step: Int = 0, _ index: Int,
    segmentCount: Int
  ) -> LabeledSample {
    task.document(
      at: DocumentPlace(seed: seed, split: split, step: step, index: index),
      length: DocumentLength(segmentCount: segmentCount, segmentSize: 16)
    ).sample
  }

  @Test(arguments: [1, 2, 5])
  func `a sample is fact, background and question in exactly S times N tokens`(
    segmentCount: Int
  ) throws {
    let task = try task()
    let loop = task.background.training.tokenIDs
    for index in 0..<20 {
      let sample = self.sample(
        of: task, seed: 1, .training, step: 3, index, segmentCount: segmentCount)
      #expect(sample.tokenIDs.count == 16 * segmentCount)
      var words = sample.tokenIDs.map { SmallVocabulary.tokens[Int($0)] }
      let name = words[0]
      let place = MovementTask.places[sample.label]
      let end = try #require(words.firstIndex(of: "."))
      let action = words[1..<(end - 3)].joined(separator: " ")
      #expect(MovementTask.names.map { $0.lowercased() }.contains(name))
      #expect(MovementTask.actions.contains(action))
      #expect(Array(words[(end - 3)...end]) == ["to", "the", place, "."])
      #expect(Array(words.suffix(4)) == ["where", "is", name, "?"])
      words = Array(words[(end + 1)...].dropLast(4))
      // What lies between is one stretch of the loop, whatever its start.
      let noise = Array(sample.tokenIDs[(end + 1)...].dropLast(4))
      #expect(
        (0..<loop.count).contains { start in
          noise.indices.allSatisfy { noise[$0] == loop[(start + $0) % loop.count] }
        })
    }
  }

  @Test func `a sample is a function of seed, split, step and index`() throws {
    let task = try task()
    func sample(_ seed: UInt64, _ split: DataSplit, _ step: Int, _ index: Int) -> LabeledSample {
      self.sample(of: task, seed: seed, split, step: step, index, segmentCount: 2)
    }
    let base = sample(1, .training, 5, 0)
    #expect(base == sample(1, .training, 5, 0))
    #expect(base != sample(2, .training, 5, 0))
    #expect(base != sample(1, .validation, 5, 0))
    #expect(base != sample(1, .training, 6, 0))
    #expect(base != sample(1, .training, 5, 1))
  }

  @Test func `names, actions and places are drawn evenly`() throws {
    let task = try task()
    var places = [Int](repeating: 0, count: 6)
    var names: [Int32: Int] = [:]
    for index in 0..<3000 {
      let sample = self.sample(of: task, seed: 4, .test, index, segmentCount: 1)
      places[sample.label] += 1
      names[sample.tokenIDs[0], default: 0] += 1
    }
    // Six standard deviations of a count are about 122 for places and 142 for names.
    #expect(places.allSatisfy { abs($0 - 500) < 122 })
    #expect(names.count == 4 && names.values.allSatisfy { abs($0 - 750) < 142 })
  }

  @Test func `answers are the model's labels of that name`() throws {
    let reversed = Array(MovementTask.places.reversed()) + ["other"]
    let plain = try task()
    let other = try task(labels: reversed)
    for index in 0..<10 {
      let sample = self.sample(of: plain, seed: 1, .test, index, segmentCount: 1)
      let twin = self.sample(of: other, seed: 1, .test, index, segmentCount: 1)
      #expect(sample.tokenIDs == twin.tokenIDs)
      #expect(MovementTask.places[sample.label] == reversed[twin.label])
    }
  }

  @Test func `a model that cannot learn it is told why`() throws {
    #expect(throws: TaskError.self) { try task(labels: ["yes", "no"]) }
    // "mary went back to the garden ." and "where is mary ?" take eleven tokens.
    #expect(throws: TaskError.segmentTooSmall(segmentSize: 10, neededTokenCount: 11)) {
      try TaskData(task: try task(), memory: memory(segmentSize: 10), validationSampleCount: 1)
    }
    #expect(throws: Never.self) {
      try TaskData(task: try task(), memory: memory(segmentSize: 11), validationSampleCount: 1)
    }
  }

  @Test func `batches have the stage's length or a mix up to it`() throws {
    let data = try TaskData(
      task: try task(), memory: memory(segmentSize: 16), validationSampleCount: 5)
    func lengths(mixes: Bool) throws -> [Set<Int>] {
      let stage = try Curriculum(
        segmentCounts: [3], stepCounts: [1], mixing: mixes ? .uniform : .none
      ).stages[0]
      let source = try data.trainingSamples(for: stage, seed: 9)
      return (0..<30).map { step in
        Set(source.batch(step: step, sampleCount: 4).map { $0.tokenIDs.count / 16 })
      }
    }
    #expect(try lengths(mixes: false).allSatisfy { $0 == [3] })
    let mixed = try lengths(mixes: true)
    #expect(mixed.allSatisfy { $0.count == 1 })
    #expect(Set(mixed) == [[1], [2], [3]])
    #expect(try lengths(mixes: true) == mixed)
  }

  @Test func `a stage draws how large the segments of a batch are`() throws {
    let data = try TaskData(
      task: try task(), memory: memory(segmentSize: 30), validationSampleCount: 5)
    func stage(_ positions: ClosedRange<Int>) throws -> Curriculum.Stage {
      var stage = Curriculum.Stage(segmentCount: 2, stepCount: 1)
      stage.segmentPositions = positions
      return try Curriculum(stages: [stage]).stages[0]
    }
    // One memory token and three special ones: 15 positions hold 11 tokens, the least of the task.
    let source = try data.trainingSamples(for: stage(15...18), seed: 9)
    let batches = (0..<60).map { source.batch(step: $0, sampleCount: 3) }
    #expect(batches.allSatisfy { Set($0.map(\.segmentSize)).count == 1 })
    #expect(batches.allSatisfy { $0.allSatisfy { $0.tokenIDs.count == 2 * $0.segmentSize! } })
    #expect(Set(batches.map { $0[0].segmentSize }) == [11, 12, 13, 14])
    let validation = try data.validationSamples(for: stage(15...18), seed: 9)
    #expect(validation[0].segmentSize == 14)
    for positions in [14...18, 15...35] {
      #expect(
        throws: CurriculumError.segmentPositionsOutOfRange(stage: 1, positions, 15...34)
      ) { try data.trainingSamples(for: stage(positions), seed: 9) }
    }
  }

  @Test func `a stage may be measured on longer and on more documents`() throws {
    let data = try TaskData(
      task: try task(), memory: memory(segmentSize: 16), validationSampleCount: 5)
    var stage = Curriculum.Stage(segmentCount: 2, stepCount: 1)
    stage.validationSegmentCount = 7
    let validation = try data.validationSamples(for: stage, seed: 9)
    #expect(validation[0].tokenIDs.count == 7 * 16 && validation.count == 5)
    stage.validationSampleCount = 8
    #expect(try data.validationSamples(for: stage, seed: 9).count == 8)
    let training = try data.trainingSamples(for: stage, seed: 9)
    #expect(training.batch(step: 0, sampleCount: 1)[0].tokenIDs.count == 2 * 16)
  }

  @Test func `validation draws the same samples each time and none of training`() throws {
    let data = try TaskData(
      task: try task(), memory: memory(segmentSize: 16), validationSampleCount: 5)
    let stage = try Curriculum(segmentCounts: [2], stepCounts: [1], mixing: .none).stages[0]
    let samples = try data.validationSamples(for: stage, seed: 9)
    let again = try data.validationSamples(for: stage, seed: 9)
    #expect(samples.count == 5)
    #expect((0..<5).map { samples[$0] } == (0..<5).map { again[$0] })
    let training = try data.trainingSamples(for: stage, seed: 9).batch(step: 0, sampleCount: 5)
    #expect(Set(training).isDisjoint(with: (0..<5).map { samples[$0] }))
  }
}
