import JSON
import ModelFile
import ModelSchema
import TestSupport
import Testing

@testable import FineTuning

@Suite struct CornerStoriesTests {
  private func reason() throws -> StoryTask {
    try TaskDocuments.reason(factPositions: .first)
  }

  private func batch(
    of task: any LongDocumentTask, share: Double, questions: Int = 1, plain: Double = 0,
    isAmbiguous: Bool = false, sampleCount: Int
  ) throws -> [LabeledSample] {
    var stage = Curriculum.Stage(segmentCount: 1, stepCount: 1)
    (stage.stories.cornerShare, stage.stories.questionCount) = (share, questions)
    (stage.stories.areAmbiguous, stage.stories.plainShare) = (isAmbiguous, plain)
    return try TaskData(
      task: task,
      memory: MemoryConfiguration(tokenCount: 2, segmentPositions: 36, alignment: .right),
      validationSampleCount: 1
    ).trainingSamples(for: stage, seed: 5).batch(step: 3, sampleCount: sampleCount)
  }

  /// Facts and question of a document of one segment, as words.
  private static func story(of sample: LabeledSample) -> (facts: [[String]], question: [String]) {
    let words = sample.tokenIDs.map { SmallVocabulary.tokens[Int($0)] }
    // "the a is east of the b ." twice; "what is east of the a ?" or "what is the a east of ?"
    return ([Array(words[0..<8]), Array(words[8..<16])], Array(words.suffix(7)))
  }

  private static func relations(of sample: LabeledSample) -> [SpatialRelation] {
    story(of: sample).facts.compactMap { words in
      CompassDirection(rawValue: words[3]).map {
        SpatialRelation(words[1], $0, of: words[6])
      }
    }
  }

  /// The places that facts name for a question, found from the words alone.
  private static func answers(_ sample: LabeledSample) -> Set<String> {
    let opposite = ["north": "south", "south": "north", "east": "west", "west": "east"]
    let (facts, question) = story(of: sample)
    // Asked is what lies `direction` of `place`.
    let (direction, place) =
      question[2] == "the" ? (opposite[question[4]], question[3]) : (question[2], question[5])
    return Set(
      facts.flatMap { fact in
        [(fact[1], fact[3], fact[6]), (fact[6], opposite[fact[3]] ?? "", fact[1])]
      }.filter { $0.1 == direction && $0.2 == place }.map { $0.0 })
  }

  @Test func `two facts give every question one answer, and are no placement`() throws {
    let samples = try batch(of: try reason(), share: 1, sampleCount: 4000)
    for sample in samples {
      #expect(Self.answers(sample) == [MovementTask.places[sample.label]])
      let relations = Self.relations(of: sample)
      try #require(relations.count == 2)
      #expect(RelationPlacement(relations[0], relations[1]) == nil)
    }
  }

  @Test func `every corner occurs, in all wordings and orders`() throws {
    let samples = try batch(of: try reason(), share: 1, sampleCount: 50_000)
    let pairs = Set(samples.map(Self.relations))
    #expect(pairs.allSatisfy { $0[0].isCorner(beside: $0[1]) && $0[1].isCorner(beside: $0[0]) })
    let corners = Set(pairs.map { Set($0.map(\.fromNear)) })
    #expect(corners.count == 480)
    // Of a corner's two facts each may come first, and each may be told from either end.
    #expect(pairs.count == 480 * 2 * 4)
  }

  @Test func `each label is the answer equally often`() throws {
    let samples = try batch(of: try reason(), share: 1, sampleCount: 12_000)
    for label in 0..<6 {
      #expect(abs(samples.count { $0.label == label } - 2000) < 200)
    }
  }

  @Test func `a stage has the share that it says, and is measured on rows of places`() throws {
    let task = try reason()
    func share(_ share: Double) throws -> Double {
      let samples = try batch(of: task, share: share, sampleCount: 4000)
      let count = samples.count {
        let relations = Self.relations(of: $0)
        return RelationPlacement(relations[0], relations[1]) == nil
      }
      return Double(count) / 4000
    }
    #expect(try share(0) == 0)
    #expect(abs(try share(0.3) - 0.3) < 0.03)
    let data = try TaskData(
      task: task,
      memory: MemoryConfiguration(tokenCount: 2, segmentPositions: 36, alignment: .right),
      validationSampleCount: 50)
    var stage = Curriculum.Stage(segmentCount: 1, stepCount: 1)
    let measured = try data.validationSamples(for: stage, seed: 1)
    stage.stories.cornerShare = 1
    let same = try data.validationSamples(for: stage, seed: 1)
    #expect((0..<50).allSatisfy { measured[$0] == same[$0] })
  }

  @Test func `documents of one corner differ in their question alone`() throws {
    let samples = try batch(of: try reason(), share: 1, questions: 4, sampleCount: 40)
    for first in stride(from: 0, to: 40, by: 4) {
      let story = samples[first..<first + 4]
      #expect(Set(story.map(Self.relations)).count == 1)
      #expect(Set(story.map { Self.story(of: $0).question }).count == 4)
      // One answer where both facts are about the same place.
      #expect((1...2).contains(Set(story.map(\.label)).count))
    }
  }

  @Test func `ambiguous ones tell of both places from the same one`() throws {
    let samples = try batch(
      of: try reason(), share: 1, plain: 1, isAmbiguous: true, sampleCount: 200)
    var plainCount = 0
    for sample in samples {
      let relations = Self.relations(of: sample)
      #expect(relations[0].object == relations[1].object)
      let question = Self.story(of: sample).question
      if ["east", "north"].contains(question[2]) { plainCount += 1 }
    }
    // A fact on either line: three of four have a plain question.
    #expect((130..<170).contains(plainCount))
  }

  @Test func `stories of a file, and other tasks, cannot go around corners`() throws {
    let tokenizer = try SmallVocabulary.tokenizer()
    let memorize = try MovementTask.memorize(
      modelLabels: MovementTask.places, tokenizer: tokenizer,
      background: try TaskDocuments.background(tokenizer), factPositions: .first)
    #expect(throws: CurriculumError.noCornerStories(stage: 1)) {
      _ = try batch(of: memorize, share: 0.5, sampleCount: 1)
    }
    let folder = try TemporaryFolder()
    let text = RelationStories.stories(of: .training).prefix(200).map {
      "1 \($0.facts[0])\n2 \($0.facts[1])\n3 \($0.question)\t\($0.answer)\t1\n"
    }.joined()
    let path = try folder.write(Array(text.utf8), to: "stories.txt")
    let stories = try StoryTask.reason(
      modelLabels: MovementTask.places, tokenizer: tokenizer,
      background: try TaskDocuments.background(tokenizer),
      stories: try StoryCollection(
        trainingPath: path, evaluationPath: nil, form: .twoArgumentRelations, provenance: [],
        allowsTrainingStories: false),
      factPositions: .first)
    #expect(throws: CurriculumError.noCornerStories(stage: 1)) {
      _ = try batch(of: stories, share: 0.5, sampleCount: 1)
    }
  }

  @Test func `a model remembers that it trained on them`() throws {
    let corner = Story(
      facts: ["The office is east of the garden.", "The kitchen is north of the garden."],
      question: "What is north of the garden?", answer: "kitchen")
    let setting = try #require(
      FineTuningOptions.stageSettings.first { $0.name == FineTuningOptions.cornerStoriesName })
    func trained(_ shares: Double...) -> TrainedStories {
      var options = TrainedStories.generatedRecord
      let values = shares.map {
        var stage = Curriculum.Stage(segmentCount: 1, stepCount: 1)
        stage.stories.cornerShare = $0
        return setting.value(stage)
      }
      options[setting.name] = .string(values.joined(separator: ","))
      return TrainedStories(provenance: [
        ProvenanceStep(
          verb: "finetune", toolVersion: "1", sources: [], dialect: nil, dropped: [], created: [],
          options: options, seed: 0)
      ])
    }
    #expect(!trained(0, 0).contains(corner))
    #expect(trained(0, 0.5).contains(corner))
    // Not of the task's places, and so not of the program's own making.
    let other = Story(
      facts: ["The office is east of the attic.", "The kitchen is north of the hall."],
      question: "What is north of the hall?", answer: "kitchen")
    #expect(!trained(0.5).contains(other))
  }
}

extension SpatialRelation {
  /// The same, told from the place that is nearer to the west or the south.
  fileprivate var fromNear: SpatialRelation {
    [.east, .north].contains(direction)
      ? self : SpatialRelation(object, direction.opposite, of: subject)
  }
}
