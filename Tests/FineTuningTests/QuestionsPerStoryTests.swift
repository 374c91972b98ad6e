import ModelSchema
import Testing

@testable import FineTuning

@Suite struct QuestionsPerStoryTests {
  private func reason() throws -> StoryTask {
    let tokenizer = try SmallVocabulary.tokenizer()
    return try StoryTask.reason(
      modelLabels: MemorizeTask.places, tokenizer: tokenizer,
      background: try TaskDocuments.background(tokenizer),
      stories: try StoryCollection(generatedFor: [], allowsTrainingStories: false),
      factPositions: .random)
  }

  private func batch(
    of task: any LongDocumentTask, questions: Int, noise: Double = 0, sampleCount: Int = 42
  ) throws -> [LabeledSample] {
    let tokenizer = try SmallVocabulary.tokenizer()
    var stage = Curriculum.Stage(segmentCount: 4, stepCount: 1)
    (stage.questionsPerStory, stage.mixing, stage.tokenNoise) = (questions, .spread, noise)
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

  @Test func `of each story the first document is the one that it has alone`() throws {
    let one = try batch(of: try reason(), questions: 1)
    let four = try batch(of: try reason(), questions: 4)
    for index in stride(from: 0, to: 42, by: 4) { #expect(one[index] == four[index]) }
    #expect(one[1] != four[1])
  }

  @Test func `after a story's last question comes its first`() throws {
    let task = try reason()
    func document(_ question: Int) -> TaskDocument {
      task.document(
        at: DocumentPlace(seed: 1, split: .training, index: 3, question: question),
        length: DocumentLength(segmentCount: 2, segmentSize: 32))
    }
    #expect(document(0) == document(4) && document(1) == document(5))
    #expect(Set((0..<4).map { document($0).question }).count == 4)
  }

  @Test func `a task with one question refuses to ask several`() throws {
    let tokenizer = try SmallVocabulary.tokenizer()
    let memorize = try MemorizeTask(
      modelLabels: MemorizeTask.places, tokenizer: tokenizer,
      background: try TaskDocuments.background(tokenizer), factPositions: .first)
    #expect(throws: CurriculumError.oneQuestionPerStory(stage: 1)) {
      _ = try batch(of: memorize, questions: 2)
    }
  }
}
