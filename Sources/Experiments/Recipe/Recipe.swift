import FineTuning
import ModelSchema
import TensorStorage

/// A whole experiment: from which checkpoint, on which task, how it learns and how it is measured.
///
/// A recipe is a JSON file; `Recipe+JSON.swift` reads it, `Weights/README.md` explains its keys.
public struct Recipe: Sendable {
  /// One sentence for the report's heading.
  public var title: String
  /// What a reader should know; may be empty.
  public var note: String
  /// Files and folders that the recipe takes from elsewhere.
  public var sources: [RecipeSource]
  /// The model that learns.
  public var model: RecipeModel
  /// What it learns.
  public var task: RecipeTask
  /// How it learns; seed and threads are set for each run.
  public var training: RecipeTraining
  /// One run for each.
  public var seeds: [UInt64]
  /// How a trained model is measured.
  public var evaluations: [RecipeEvaluation]
  /// Segments of the document whose attention is drawn; `nil` for no drawing.
  public var attentionSegmentCount: Int?
}

/// A file or folder that a recipe takes from elsewhere.
public struct RecipeSource: Sendable, Hashable {
  /// The name under which it lies in the data folder, and by which the recipe speaks of it.
  public var name: String
  /// Where a person gets it.
  public var origin: String
  /// The checksum of its content (``SourceChecksum``); `nil` to take any.
  public var checksum: String?

  /// Whether a name that the recipe reads is the source's, or of something in it.
  func holds(_ name: String) -> Bool { name == self.name || name.hasPrefix(self.name + "/") }
}

/// The model that a recipe trains.
public struct RecipeModel: Sendable, Hashable {
  /// What a model's numbers are before training.
  public enum Start: String, Sendable, CaseIterable {
    /// The checkpoint's.
    case checkpoint
    /// Drawn anew with the run's seed, as before pretraining: of the checkpoint only shape and
    /// vocabulary are taken.
    case random
  }

  /// A checkpoint: a folder or file that `rmt convert` reads, or a native file.
  public var checkpoint: String
  /// What the model's numbers are before training.
  public var start: Start
  /// Standard deviation σ of a random start's numbers; `nil` for the checkpoint's.
  public var initializerRange: Double?
  /// Memory tokens m.
  public var memoryTokenCount: Int
  /// Positions of a full segment.
  public var segmentPositions: Int
  /// Where the short piece of a document lies.
  public var alignment: MemoryConfiguration.Alignment
}

/// How a recipe's model learns.
public struct RecipeTraining: Sendable, Hashable {
  /// The stages.
  public var curriculum: Curriculum
  /// The learning rate's way through each stage.
  public var schedule: LearningRateSchedule
  /// The optimizer.
  public var optimizer: AdamW
  /// What is done to gradients first.
  public var clipping: GradientClipping
  /// Samples of a step.
  public var batchSize: Int
  /// Dropout; `nil` for the checkpoint's own.
  public var dropout: Double?
  /// The largest share of a training document's background that is replaced by random tokens.
  public var tokenNoise: Double
  /// Whether every segment's logits count in the loss.
  public var lossOnAllSegments: Bool
  /// Steps between evaluations.
  public var evaluationInterval: Int
  /// Documents of an evaluation during training.
  public var validationSampleCount: Int
  /// Accuracy that ends a stage early; `nil` where every stage has all its steps.
  public var targetAccuracy: Double?
  /// Evaluations in a row that must reach it.
  public var targetEvaluationCount: Int
  /// Whether a stage at chance ends the run.
  public var stopsAtChance: Bool
  /// Type of the matrices in the trained model's file.
  public var elementType: ElementType
}

extension RecipeTraining {
  /// The shares of token noise: the training's, and what stages have in place of it.
  var tokenNoises: [Double] { [tokenNoise] + curriculum.stages.compactMap(\.tokenNoise) }

  /// Settings that cannot do what they are for.
  var idleSettings: [IdleSetting] {
    curriculum.idleSettings(
      warmUpStepCount: schedule.warmUpStepCount, batchSize: batchSize)
  }

  /// The options of one run.
  func options(
    memory: MemoryConfiguration, seed: UInt64, threadCount: Int
  ) -> FineTuningOptions {
    FineTuningOptions(
      memory: memory, curriculum: curriculum, schedule: schedule, optimizer: optimizer,
      clipping: clipping, batchSize: batchSize, accumulationCount: 1, dropout: dropout,
      backpropagation: .automatic, lossOnAllSegments: lossOnAllSegments,
      evaluationInterval: evaluationInterval, targetAccuracy: targetAccuracy,
      targetEvaluationCount: targetEvaluationCount, stopsAtChance: stopsAtChance,
      saveInterval: nil, seed: seed, threadCount: threadCount, elementType: elementType)
  }
}

/// One table of a recipe's results: a task's documents of several lengths.
public struct RecipeEvaluation: Sendable, Hashable {
  /// Segments of the documents, rising.
  public var segmentCounts: [Int]
  /// Documents of each length.
  public var sampleCount: Int
  /// Where the facts lie.
  public var factPositions: FactPositions
  /// Stories to measure on; `nil` for the task's own to be measured on.
  public var stories: String?
  /// Seed of the documents.
  public var seed: UInt64
}
