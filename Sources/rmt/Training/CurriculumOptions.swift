import ArgumentParser
import FineTuning

/// The stages of `rmt finetune`.
struct CurriculumOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Segments of a document in each stage; one stage of documents of any length unless given.",
      valueName: "1,2,4"))
  var segments: CommaSeparated<Int>?

  @Option(
    help: ArgumentHelp(
      "Positions of a full segment, memory and special tokens included; the model's own unless given.",
      valueName: "n"))
  var segmentPositions: Int?

  @Option(
    help: ArgumentHelp(
      "Optimizer steps of each stage. Like every list that follows: one for each stage, or one for all.",
      valueName: "n,…"))
  var steps: CommaSeparated<Int> = CommaSeparated([1000])

  @Option(
    help: ArgumentHelp(
      "Segments of a batch of a task: the stage's (none), or a number that each batch draws: 1, 2, 3 … up to the stage's (uniform), or the stage's, a half, a quarter … of it (halving), which costs less. With spread each batch has documents of all lengths, as many from 1 to 2 as from 32 to 64.",
      valueName: "none|uniform|halving|spread"))
  var mixing: LengthMixing = .none

  @Option(
    help: ArgumentHelp(
      "Positions of a task's segments where a stage has smaller ones than --segment-positions; of a range each batch draws one.",
      valueName: "n|a-b,…"))
  var stagePositions: CommaSeparated<PositionRange>?

  @Option(
    help: ArgumentHelp(
      "Whether, in all stages or in each, the segments of --stage-positions reach the last position of a full one: the first half of their tokens then stand at the first positions, the other half at the last ones, and what is learned of the question's words holds in full segments too: no or yes. Stages are measured so as well.",
      valueName: "no|yes,…"))
  var skipPositions: CommaSeparated<YesOrNo> = CommaSeparated([.no])

  @Option(
    help: ArgumentHelp(
      "Segments of the documents on which a stage is measured; the stage's own unless given.",
      valueName: "n,…"))
  var validationSegments: CommaSeparated<Int>?

  @Option(
    help: ArgumentHelp(
      "Ask a task's question after every n segments as well as at the end, as soon as its facts are read. Gradients then go back to the question before, not farther, so that a memory learns to last for many more segments than are kept; a story's facts should lie within n segments. A document whose answer is wrong is read no further. 0 for the end alone.",
      valueName: "n,…"))
  var askEvery: CommaSeparated<Int>?

  @Option(
    help: ArgumentHelp(
      "Shorten the gradient that arrives at a memory, on its way back through a document's segments, to this length at most: where documents are long a few of them otherwise outweigh the rest of a batch. 0 for any length.",
      valueName: "x,…"))
  var memoryClipNorm: CommaSeparated<Double>?

  @Option(
    help: ArgumentHelp(
      "Make so many documents of each story that a batch draws, or as many as it has questions, which differ in their question alone. A model that knows the facts then sees at once what the words of the question change.",
      valueName: "n,…"))
  var questionsPerStory: CommaSeparated<Int> = CommaSeparated([1])

  @Option(
    help: ArgumentHelp(
      "Whether, in all stages or in each, a task trains only on stories such as \"The office is east of the garden. The kitchen is west of the garden.\", whose questions nobody can answer without a look at directions: no or yes. Stages are measured on all stories.",
      valueName: "no|yes,…"))
  var ambiguousStories: CommaSeparated<YesOrNo> = CommaSeparated([.no])

  @Option(
    help: ArgumentHelp(
      "Which share of Reasoning's stories, from 0 to 1, goes around a corner, \"The office is east of the garden. The kitchen is north of the garden.\", in place of three places in a row. Of the latter a model may learn each by itself, and take one that it has never met for one of them some segments later. Stages are measured on places in a row.",
      valueName: "x,…"))
  var cornerStories: CommaSeparated<Double> = CommaSeparated([0])

  @Option(
    help: ArgumentHelp(
      "In which share of a task's stories, from 0 to 1, \"What is east of the …?\" and \"What is north of the …?\" come before the other questions; without it a quarter of all questions are such. While all are equally frequent a direction alone says nothing about the answer. Stages are measured on all questions.",
      valueName: "x,…"))
  var plainQuestions: CommaSeparated<Double> = CommaSeparated([0])

  /// The stages.
  ///
  /// - Parameters:
  ///   - learningRates: the highest rate of each stage.
  ///   - batchSizes: samples in a batch of each stage.
  ///   - dropouts: dropout of each stage; `nil` for the model's.
  ///   - tokenNoises: token noise of each stage.
  ///   - validationSampleCounts: samples on which each stage is measured; empty for the data's.
  /// - Throws: `CurriculumError`.
  func curriculum(
    learningRates: [Double], batchSizes: [Int], dropouts: [Double]?, tokenNoises: [Double],
    validationSampleCounts: [Int]
  ) throws -> Curriculum {
    var stages = try Curriculum.stages(
      segmentCounts: segments?.elements ?? [], stepCounts: steps.elements, mixing: mixing)
    func spread<Value>(
      _ list: [Value]?, _ what: String, set: (inout Curriculum.Stage, Value) -> Void
    )
      throws
    {
      guard let list else { return }
      guard let values = Curriculum.spread(list, over: stages.count) else {
        throw CurriculumError.countsDoNotMatch(
          what: what, count: list.count, stages: stages.count)
      }
      for (index, value) in values.enumerated() { set(&stages[index], value) }
    }
    try spread(stagePositions?.elements, "position ranges") { $0.segmentPositions = $1.positions }
    try spread(skipPositions.elements, "choices of positions") { $0.skipsPositions = $1 == .yes }
    try spread(validationSegments?.elements, "validation lengths") {
      $0.validationSegmentCount = $1
    }
    try spread(askEvery?.elements, "intervals between questions") {
      $0.askEvery = $1 == 0 ? nil : $1
    }
    try spread(memoryClipNorm?.elements, "lengths of memories' gradients") {
      $0.memoryClipNorm = $1 == 0 ? nil : $1
    }
    try spread(questionsPerStory.elements, "numbers of questions per story") {
      $0.stories.questionCount = $1
    }
    try spread(ambiguousStories.elements, "choices of stories") {
      $0.stories.areAmbiguous = $1 == .yes
    }
    try spread(cornerStories.elements, "shares of corner stories") { $0.stories.cornerShare = $1 }
    try spread(plainQuestions.elements, "shares of plain questions") { $0.stories.plainShare = $1 }
    // One rate, batch size, dropout, noise or number of samples for all stages is the run's.
    try spread(learningRates.count > 1 ? learningRates : nil, "learning rates") {
      $0.learningRate = $1
    }
    try spread(batchSizes.count > 1 ? batchSizes : nil, "batch sizes") { $0.batchSize = $1 }
    try spread((dropouts?.count ?? 0) > 1 ? dropouts : nil, "dropout probabilities") {
      $0.dropout = $1
    }
    try spread(tokenNoises.count > 1 ? tokenNoises : nil, "token noises") { $0.tokenNoise = $1 }
    try spread(
      validationSampleCounts.count > 1 ? validationSampleCounts : nil, "numbers of samples"
    ) { $0.validationSampleCount = $1 }
    return try Curriculum(stages: stages)
  }
}

extension LengthMixing: ExpressibleByArgument {}

/// An element of a list of choices.
enum YesOrNo: String, ExpressibleByArgument, CaseIterable { case yes, no }

/// A number of positions, or a range of them: `64` or `64-512`.
struct PositionRange: ExpressibleByArgument {
  let positions: ClosedRange<Int>

  init?(argument: String) {
    let ends = argument.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
    guard (1...2).contains(ends.count), let first = ends[0], let last = ends[ends.count - 1],
      1 <= first, first <= last
    else { return nil }
    positions = first...last
  }
}
