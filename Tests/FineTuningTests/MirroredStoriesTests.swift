import ModelSchema
import TestSupport
import Testing

@testable import FineTuning

@Suite struct MirroredStoriesTests {
  private static let memory = MemoryConfiguration(
    tokenCount: 2, segmentPositions: 36, alignment: .right)

  private func samples(
    of task: any LongDocumentTask, sampleCount: Int, isMirrored: Bool = true,
    isAmbiguous: Bool = false, corners: Double = 0
  ) throws -> [LabeledSample] {
    var stage = Curriculum.Stage(segmentCount: 1, stepCount: 1)
    (stage.mirroredStories, stage.ambiguousStories) = (isMirrored, isAmbiguous)
    stage.cornerStories = corners
    return try TaskData(task: task, memory: Self.memory, validationSampleCount: 1)
      .trainingSamples(for: stage, seed: 5).batch(step: 3, sampleCount: sampleCount)
  }

  private static func placements(_ samples: [LabeledSample]) -> Set<RelationPlacement> {
    Set(
      samples.compactMap { sample in
        let relations = sample.relations
        return RelationPlacement(relations[0], relations[1])
      })
  }

  @Test
  func `a stage trains on the placements whose other order is trained on, and on all of them`()
    throws
  {
    let task = try TaskDocuments.reason(factPositions: .first)
    let mirrored = Self.placements(try samples(of: task, sampleCount: 5000))
    #expect(mirrored.count == 144 && mirrored.allSatisfy { mirrored.contains($0.mirrored) })
    let all = Self.placements(try samples(of: task, sampleCount: 5000, isMirrored: false))
    #expect(all.count == 192 && all.isSuperset(of: mirrored))
  }

  @Test func `the ambiguous among them are drawn, and corners beside them`() throws {
    let task = try TaskDocuments.reason(factPositions: .first)
    let ambiguous = try samples(of: task, sampleCount: 5000, isAmbiguous: true)
    #expect(ambiguous.allSatisfy { $0.relations[0].object == $0.relations[1].object })
    #expect(Self.placements(ambiguous).count == 144)
    let mixed = try samples(of: task, sampleCount: 5000, corners: 0.5)
    let corners = mixed.count { RelationPlacement($0.relations[0], $0.relations[1]) == nil }
    #expect(abs(corners - 2500) < 200)
    #expect(Self.placements(mixed).count == 144)
  }

  @Test func `a stage is measured on all that are held out to measure on`() throws {
    let data = try TaskData(
      task: try TaskDocuments.reason(factPositions: .first), memory: Self.memory,
      validationSampleCount: 50)
    var stage = Curriculum.Stage(segmentCount: 1, stepCount: 1)
    let measured = try data.validationSamples(for: stage, seed: 1)
    stage.mirroredStories = true
    let same = try data.validationSamples(for: stage, seed: 1)
    #expect((0..<50).allSatisfy { measured[$0] == same[$0] })
  }

  @Test func `of stories of a file, and of other tasks, no order is known`() throws {
    let tokenizer = try SmallVocabulary.tokenizer()
    let background = try TaskDocuments.background(tokenizer)
    let memorize = try MemorizeTask(
      modelLabels: MemorizeTask.places, tokenizer: tokenizer, background: background,
      factPositions: .first)
    let text = RelationStories.stories(of: .training).prefix(200).map {
      "1 \($0.facts[0])\n2 \($0.facts[1])\n3 \($0.question)\t\($0.answer)\t1\n"
    }.joined()
    let folder = try TemporaryFolder()
    let stories = try StoryTask.reason(
      modelLabels: MemorizeTask.places, tokenizer: tokenizer, background: background,
      stories: try StoryCollection(
        trainingPath: try folder.write(Array(text.utf8), to: "stories.txt"), evaluationPath: nil,
        form: .twoArgumentRelations, provenance: [], allowsTrainingStories: false),
      factPositions: .first)
    for task in [memorize, stories] as [any LongDocumentTask] {
      #expect(throws: CurriculumError.noMirroredStories(stage: 1)) {
        _ = try samples(of: task, sampleCount: 1)
      }
    }
  }
}
