import Kernels
import TensorStorage
import Transformer

/// Takes batches of documents through a model with memory: gradients to train, logits to judge.
///
/// Groups of samples are dealt to the threads in a fixed order, each thread sums into gradients of
/// its own, and these are added in the order of the threads: the same seed, data and thread count
/// give the same bits, whatever the timing.
package final class RecurrentTrainer<Scalar: KernelScalar> {
  /// What the recurrence knows of the model.
  package let plan: RecurrentPlan
  private let team: ThreadTeam
  private let workers: [RecurrentWorker<Scalar>]
  private let threadGradients: [ParameterStore<Scalar>]

  /// Reserves the memory of all threads.
  ///
  /// - Parameter trains: whether gradients will be asked for.
  package init(_ plan: RecurrentPlan, threadCount: Int, trains: Bool) {
    self.plan = plan
    team = ThreadTeam(threadCount: threadCount)
    workers = (0..<threadCount).map { _ in RecurrentWorker(plan, trains: trains) }
    threadGradients =
      trains && threadCount > 1 ? (0..<threadCount).map { _ in ParameterStore(plan.model) } : []
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
    let groups = plan.groups(of: samples.count)
    let losses = Outcomes(Array(repeating: RecurrentLoss(), count: groups.count))
    let workerCount = workers.count
    team.perform(partCount: workerCount) { thread in
      let store = threadGradients.isEmpty ? gradients : threadGradients[thread]
      if !threadGradients.isEmpty { store.clear() }
      for index in stride(from: thread, to: groups.count, by: workerCount) {
        let group = groups[index]
        losses.elements[index] = workers[thread].accumulate(
          samples[group], firstSample: firstSample + group.lowerBound, objective: objective,
          scale: scale, dropoutKey: dropoutKey, parameters: parameters,
          gradients: store.parameters)
      }
    }
    if !threadGradients.isEmpty { add(threadGradients, to: gradients) }
    var sum = RecurrentLoss()
    for index in groups.indices { sum += losses.elements[index] }
    return sum
  }

  /// Logits of each sample's last segment, `[samples][labels]`, without dropout.
  package func logits(
    _ samples: [RecurrentSample], parameters: ModelParameters<Scalar>
  ) -> [[Scalar]] {
    let groups = plan.groups(of: samples.count)
    let logits = Outcomes([[Scalar]](repeating: [], count: samples.count))
    let workerCount = workers.count
    team.perform(partCount: workerCount) { thread in
      for index in stride(from: thread, to: groups.count, by: workerCount) {
        let group = groups[index]
        let rows = workers[thread].logits(samples[group], parameters: parameters)
        for (sample, row) in zip(group, rows) { logits.elements[sample] = row }
      }
    }
    return samples.indices.map { logits.elements[$0] }
  }

  /// sum += stores[0] + stores[1] + …, in that order for every number.
  private func add(_ stores: [ParameterStore<Scalar>], to sum: ParameterStore<Scalar>) {
    let total = sum.elements, count = total.count
    guard let base = total.baseAddress else { return }
    team.performRanges(of: count, grain: 1024) { range, _ in
      for store in stores {
        guard let part = store.elements.baseAddress else { continue }
        Scalar.add(part + range.lowerBound, to: base + range.lowerBound, count: range.count)
      }
    }
  }
}

/// A place for each part's result: parts write different elements, so they never meet.
private final class Outcomes<Element> {
  let elements: UnsafeMutableBufferPointer<Element>

  init(_ initial: [Element]) {
    elements = .allocate(capacity: initial.count)
    _ = elements.initialize(from: initial)
  }

  deinit {
    elements.deinitialize()
    elements.deallocate()
  }
}
