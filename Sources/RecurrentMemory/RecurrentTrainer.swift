import Kernels
import TensorStorage
import Transformer

/// Takes batches of documents through a model with memory: gradients to train, logits to judge.
///
/// Samples go side by side in groups, one group after another; the threads share the work of a group
/// and never a sum, so the same seed and data give the same bits with any number of threads.
///
/// Documents in a row that differ in their last segment alone, such as several questions about one text,
/// are read once up to it, with the first one's dropout. Where the loss looks at every segment
/// each is read by itself.
package final class RecurrentTrainer<Scalar: KernelScalar> {
  /// What the recurrence knows of the model.
  package let plan: RecurrentPlan
  /// The threads that compute.
  package let team: ThreadTeam
  private let worker: RecurrentWorker<Scalar>

  /// Reserves the memory of a group.
  ///
  /// - Parameter trains: whether gradients will be asked for.
  package init(_ plan: RecurrentPlan, threadCount: Int, trains: Bool) {
    self.plan = plan
    team = ThreadTeam(threadCount: threadCount)
    worker = RecurrentWorker(plan, team: team, trains: trains)
  }

  /// Adds the gradients of `scale`·Σ loss over the samples to `gradients`.
  ///
  /// - Parameters:
  ///   - samples: a batch, or a part of one when gradients are accumulated.
  ///   - firstSample: number of the first sample within the optimizer step.
  ///   - scale: 1 / batch size for the mean over a batch.
  ///   - dropoutKey: the step's Philox key; `nil` for no dropout.
  package func accumulateGradients(
    _ samples: [RecurrentSample], firstSample: Int, objective: RecurrentObjective, scale: Double,
    dropoutKey: SIMD2<UInt32>?, parameters: ModelParameters<Scalar>,
    into gradients: ParameterStore<Scalar>
  ) -> RecurrentLoss {
    var sum = RecurrentLoss()
    for range in plan.groups(
      of: samples, sharesBeginnings: objective.lossSegments == .last)
    {
      sum += worker.accumulate(
        documents: Array(samples[range]), firstSample: firstSample + range.lowerBound,
        objective: objective, scale: scale, dropoutKey: dropoutKey, parameters: parameters,
        gradients: gradients.parameters)
    }
    return sum
  }

  /// Logits of each sample's last segment, `[samples][labels]`, without dropout.
  package func logits(
    _ samples: [RecurrentSample], parameters: ModelParameters<Scalar>
  ) -> [[Scalar]] {
    plan.groups(of: samples, sharesBeginnings: true).flatMap {
      worker.logits(samples[$0], parameters: parameters)
    }
  }
}
