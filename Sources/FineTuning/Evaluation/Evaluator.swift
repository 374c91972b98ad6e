import Kernels
import ModelFile
import ModelSchema
import RecurrentMemory
import TensorStorage
import Tokenizers
import Transformer

/// Measures a model with memory on labelled samples.
public struct Evaluator {
  let model: ModelFile
  let plan: RecurrentPlan
  let bound: BoundModel
  let team: ThreadTeam

  /// A measurement of a model.
  ///
  /// - Parameter memory: the memory's settings, which may have another segment size than the file's.
  /// - Throws: ``FineTuningError`` when the model has no memory or no labels; `RecurrenceError` when
  ///   it has no tokenizer, or the settings another number of memory tokens or segments that do not
  ///   fit.
  public init(model: ModelFile, memory: MemoryConfiguration, threadCount: Int) throws {
    guard let stored = model.description.memory else {
      throw FineTuningError.noMemory(path: model.path)
    }
    guard memory.tokenCount == stored.tokenCount else {
      throw RecurrenceError.otherMemory(found: stored.tokenCount, wanted: memory.tokenCount)
    }
    guard !model.description.labels.isEmpty else {
      throw FineTuningError.noLabels(path: model.path)
    }
    guard let tokens = try model.specialTokens() else { throw RecurrenceError.noTokenizer }
    var description = model.description
    description.memory = memory
    self.model = model
    plan = try RecurrentPlan(description, tokens: tokens)
    team = ThreadTeam(threadCount: threadCount)
    bound = BoundModel(model, packingTeam: team)
  }

  /// Measures all samples, several side by side.
  ///
  /// - Parameter progress: told the samples done, the segments of others among them as parts of a
  ///   sample; what it throws ends the measurement.
  public func evaluate(
    _ samples: any SampleCollection, progress: (_ doneCount: Int) throws -> Void = { _ in }
  ) throws -> Evaluation {
    try Self.evaluate(
      samples, plan: plan, parameters: bound.parameters, owner: bound, team: team,
      progress: progress)
  }

  /// Measures all samples with parameters that `owner` keeps alive.
  static func evaluate(
    _ samples: any SampleCollection, plan: RecurrentPlan, parameters: ModelParameters<Float>,
    owner: AnyObject, team: ThreadTeam, progress: (_ doneCount: Int) throws -> Void
  ) throws -> Evaluation {
    try withoutActuallyEscaping(progress) { progress in
      let count = samples.count
      let run = EvaluationRun(
        [EvaluationSection(samples, segmentCounts: 1...max(1, count))], plan: plan,
        parameters: parameters, owner: owner, team: team, saving: nil,
        pause: { done, total in
          try progress(total == 0 ? 0 : Int(Double(count) * Double(done) / Double(total)))
        },
        report: { _ in })
      try run.run()
      guard let row = run.rows.first else { preconditionFailure("a run without its row") }
      return row.evaluation
    }
  }
}
