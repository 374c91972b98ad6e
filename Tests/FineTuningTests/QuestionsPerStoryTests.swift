import ModelSchema
import Testing

@testable import FineTuning
@testable import RecurrentMemory

@Suite struct QuestionsPerStoryTests {
  private func reason() throws -> StoryTask {
    try TaskDocuments.reason(factPositions: .random)
  }

  private func batch(
    of task: any LongDocumentTask, questions: Int = 1, plain: Double = 0,
    isAmbiguous: Bool = false, noise: Double = 0, mixing: LengthMixing = .spread,
    sampleCount: Int = 42, segmentCount: Int = 4, skips: Bool = false
  ) throws -> [LabeledSample] {
    let tokenizer = try SmallVocabulary.tokenizer()
    var stage = Curriculum.Stage(segmentCount: segmentCount, stepCount: 1)
    (stage.stories.questionCount, stage.mixing, stage.tokenNoise) = (questions, mixing, noise)
    (stage.stories.plainShare, stage.stories.areAmbiguous) = (plain, isAmbiguous)
    (stage.skipsPositions, stage.segmentPositions) = (skips, skips ? 30...30 : nil)
    return try TaskData(
      task: task,
      memory: MemoryConfiguration(tokenCount: 2, segmentPositions: 36, alignment: .right),
      validationSampleCount: 6,
      tokenNoise: TokenNoise(share: noise, tokenizer: tokenizer)
    ).trainingSamples(for: stage, seed: 5).batch(step: 3, sampleCount: sampleCount)
  }

  @Test(arguments: [0, 0.5])
  func `documents of a story differ in their question alone`(noise: Double) throws {
    let samples = try batch(of: try reason(), questions: 4, noise: noise)
    #expect(samples.count == 42)
    // The longest question has seven tokens.
    let bodies = samples.map { $0.tokenIDs.dropLast(7) }
    let questions = samples.map { Array($0.tokenIDs.suffix(6)) }
    for first in stride(from: 0, to: 42, by: 4) {
      let story = first..<min(first + 4, 42)
      #expect(story.allSatisfy { bodies[$0] == bodies[first] })
      #expect(Set(story.map { questions[$0] }).count == story.count)
      // Two facts, of each of which two questions have the same answer.
      #expect(Set(story.map { samples[$0].label }).count <= 2)
    }
    #expect(Set(bodies).count == 11)
  }

  @Test(arguments: [0, 0.5])
  func `documents of a story are read once up to their last segment`(noise: Double) throws {
    let memory = MemoryConfiguration(tokenCount: 2, segmentPositions: 36, alignment: .right)
    let samples = try batch(
      of: try reason(), questions: 4, noise: noise, mixing: .none, sampleCount: 40
    ).map { RecurrentSample(tokens: $0.tokenIDs, label: $0.label, memory: memory) }
    #expect(samples.allSatisfy { $0.segmentCount == 4 })
    let shares = samples.indices.dropFirst().map {
      samples[$0].sharesBeginning(with: samples[$0 - 1])
    }
    #expect(shares == (1..<40).map { $0 % 4 > 0 })
  }

  @Test func `of each story the first document is the one that it has alone`() throws {
    let one = try batch(of: try reason(), questions: 1, mixing: .none)
    let four = try batch(of: try reason(), questions: 4, mixing: .none)
    for index in stride(from: 0, to: 42, by: 4) { #expect(one[index] == four[index]) }
    #expect(one[1] != four[1])
  }

  @Test func `after a story's last question comes its first`() throws {
    let task = try reason()
    func document(_ question: Int) -> TaskDocument {
      task.document(
        at: DocumentPlace(
          seed: 1, split: .training, index: 3, question: QuestionChoice(number: question)),
        length: DocumentLength(segmentCount: 2, segmentSize: 32))
    }
    #expect(document(0) == document(4) && document(1) == document(5))
    #expect(Set((0..<4).map { document($0).question }).count == 4)
  }

  @Test func `a share of the stories is asked a plain question where their facts allow one`() throws
  {
    let plainIDs = try ["east", "north"].flatMap { direction in
      try MovementTask.places.map {
        try TaskSentences(SmallVocabulary.tokenizer()).encode("What is \(direction) of the \($0)?")
      }
    }
    func plainShare(_ share: Double) throws -> Double {
      let samples = try batch(of: try reason(), plain: share, sampleCount: 4000)
      let count = samples.count { sample in
        plainIDs.contains { sample.tokenIDs.suffix($0.count) == $0[...] }
      }
      return Double(count) / Double(samples.count)
    }
    // A quarter of all questions is plain. Of nine equally frequent wordings of two facts two have
    // none: the far place's from the far place, with the near place's from the middle.
    let (least, half, most) = (try plainShare(0), try plainShare(0.5), try plainShare(1))
    #expect(abs(least - 0.25) < 0.03)
    #expect(abs(most - 7.0 / 9) < 0.03)
    #expect(abs(half - (least + most) / 2) < 0.03)
  }

  @Test func `a plain question is about the facts that were drawn`() throws {
    let task = try reason()
    for index in 0..<100 {
      func document(_ question: QuestionChoice) -> TaskDocument {
        task.document(
          at: DocumentPlace(seed: 1, split: .training, index: index, question: question),
          length: DocumentLength(segmentCount: 2, segmentSize: 32))
      }
      let (drawn, plain) = (
        document(QuestionChoice()), document(QuestionChoice(prefersPlain: true))
      )
      #expect(drawn.facts == plain.facts && drawn.backgroundStart == plain.backgroundStart)
      #expect((0..<4).contains { document(QuestionChoice(number: $0)) == plain })
    }
  }

  @Test func `ambiguous stories are those of which both facts tell from the same place`() throws {
    let task = try reason()
    var classes: Set<[String]> = []
    for index in 0..<300 {
      let document = task.document(
        at: DocumentPlace(seed: 1, split: .training, index: index, isAmbiguous: true),
        length: DocumentLength(segmentCount: 2, segmentSize: 32))
      // "the a is east of the b ."
      let facts = document.factWords.map { $0.split(separator: " ").map(String.init) }
      #expect(facts.count == 2 && facts[0][6] == facts[1][6])
      #expect(document.questionWords.contains(facts[0][6]))
      classes.insert([facts[0][3], facts[1][3]])
    }
    #expect(
      classes == [["east", "west"], ["west", "east"], ["north", "south"], ["south", "north"]])
  }

  @Test func `a stage of ambiguous stories trains on no other`() throws {
    func ambiguousShare(_ isAmbiguous: Bool) throws -> Double {
      let samples = try batch(of: try reason(), isAmbiguous: isAmbiguous, sampleCount: 2000)
      let isMet = samples.map { sample in
        let words = sample.tokenIDs.map { SmallVocabulary.tokens[Int($0)] }
        // "the a is east of the b ."
        let objects = words.indices.dropLast(3).filter {
          words[$0] == "of" && words[$0 + 3] == "." && MovementTask.places.contains(words[$0 + 2])
        }.map { words[$0 + 2] }
        return objects.count == 2 && objects[0] == objects[1]
      }
      return Double(isMet.count { $0 }) / Double(samples.count)
    }
    #expect(try ambiguousShare(true) == 1)
    #expect(abs(try ambiguousShare(false) - 4.0 / 9) < 0.05)
  }

  @Test func `plain questions come first, and none of a story is asked twice`() throws {
    let samples = try batch(
      of: try reason(), questions: 4, plain: 1, isAmbiguous: true, mixing: .none, sampleCount: 40)
    for first in stride(from: 0, to: 40, by: 4) {
      let questions = samples[first..<first + 4].map { Array($0.tokenIDs.suffix(6)) }
      #expect(Set(questions).count == 4)
      let words = questions[0].map { SmallVocabulary.tokens[Int($0)] }
      // "what is east of the b ?" without its first word.
      #expect(words[0] == "is" && ["east", "north"].contains(words[1]) && words[2] == "of")
    }
  }

  @Test func `a story that has fewer questions makes room for the next`() throws {
    let samples = try batch(of: try reason(), questions: 1000, mixing: .none, sampleCount: 40)
    #expect(Set(samples.map { $0.tokenIDs.dropLast(7) }).count == 10)
    #expect(Set(samples.map(\.tokenIDs)).count == 40)
  }

  @Test func `lengths are spread over the stories`() throws {
    func meanLength(_ questions: Int) throws -> Double {
      let samples = try batch(
        of: try reason(), questions: questions, sampleCount: 400, segmentCount: 64)
      return Double(samples.reduce(0) { $0 + $1.tokenIDs.count }) / 400
    }
    let one = try meanLength(1)
    #expect(abs(try meanLength(4) - one) < 0.05 * one)
  }

  @Test func `segments that skip positions do so where a stage is measured as well`() throws {
    let task = try reason()
    #expect(try batch(of: task, skips: true).allSatisfy { $0.positionSpan == 36 })
    #expect(try batch(of: task).allSatisfy { $0.positionSpan == nil })
    let memory = MemoryConfiguration(tokenCount: 2, segmentPositions: 36, alignment: .right)
    let data = try TaskData(task: task, memory: memory, validationSampleCount: 2)
    var stage = Curriculum.Stage(segmentCount: 2, stepCount: 1)
    (stage.skipsPositions, stage.segmentPositions) = (true, 30...30)
    stage.stories.areAmbiguous = true
    let measured = try data.validationSamples(for: stage, seed: 1)
    #expect(measured.segmented(at: 0).positionSpan == 36 && measured[1].positionSpan == 36)
    stage.stories.areAmbiguous = false
    #expect(try data.validationSamples(for: stage, seed: 1)[1] == measured[1])
    let length = DocumentLength(segmentCount: 2, segmentSize: 25)
    #expect(
      try TaskSamples(testing: task, count: 1, length: length, seed: 1)[0].positionSpan == nil)
  }

  @Test func `a task with one question refuses to ask several`() throws {
    let tokenizer = try SmallVocabulary.tokenizer()
    let memorize = try MovementTask.memorize(
      modelLabels: MovementTask.places, tokenizer: tokenizer,
      background: try TaskDocuments.background(tokenizer), factPositions: .first)
    #expect(throws: CurriculumError.oneQuestionPerStory(stage: 1)) {
      _ = try batch(of: memorize, questions: 2)
    }
    #expect(throws: CurriculumError.noAmbiguousStories(stage: 1)) {
      _ = try batch(of: memorize, isAmbiguous: true)
    }
    #expect(throws: CurriculumError.noPlainQuestions(stage: 1)) {
      _ = try batch(of: memorize, plain: 0.5)
    }
  }
}
