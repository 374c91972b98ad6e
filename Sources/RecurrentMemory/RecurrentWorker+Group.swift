import Kernels
import Transformer

extension RecurrentWorker {
  /// Samples that go through their segments together.
  struct Group {
    /// Who takes part in a step, and which rows are computed.
    struct Step {
      /// The samples that have a segment at this step; sequence s of the batch is sample active[s].
      let active: [Int]
      /// Their segments' rows.
      let batch: SequenceBatch
      /// The rows whose output somebody reads: `[CLS]` of the last segment, which nobody follows, and
      /// `[CLS]` and memory of the others.
      let reading: SequenceBatch
      /// The rows of `[CLS]` alone.
      let classification: SequenceBatch
      /// For each sequence the segment it is in its document, and the sample it is in the optimizer
      /// step: what names its dropout masks.
      let places: [(segment: UInt32, sample: UInt32)]
    }

    let samples: [RecurrentSample]
    /// The number of each sample's document among those that began together: what names its dropout
    /// masks, and where its memory is kept from one passage to the next.
    let documentNumbers: [Int]
    /// Whether any of the samples has a loss.
    let hasLoss: Bool
    /// One a segment of the longest document, the last segment first.
    let steps: [Step]

    /// Plans all steps, so that nothing is allocated in one.
    ///
    /// - Parameters:
    ///   - documentNumbers: `nil` where all documents are there.
    ///   - firstSample: number of the first sample within the optimizer step.
    init(
      _ samples: [RecurrentSample], documentNumbers: [Int]? = nil, firstSample: Int,
      plan: RecurrentPlan
    ) {
      precondition(samples.count <= plan.samplesPerGroup, "a group larger than planned")
      let documentNumbers = documentNumbers ?? Array(samples.indices)
      self.samples = samples
      self.documentNumbers = documentNumbers
      hasLoss = samples.contains { $0.weight > 0 }
      let stepCount = samples.map(\.segmentCount).max() ?? 0
      steps = (0..<stepCount).map { step in
        let active = samples.indices.filter { samples[$0].segmentCount > step }
        let tokenCounts = active.map {
          samples[$0].pieces[samples[$0].segmentCount - 1 - step].count
        }
        let skips = zip(active, tokenCounts).map { sample, tokenCount in
          plan.layout.skip(tokenCount: tokenCount, span: samples[sample].positionSpan)
        }
        let batch = SequenceBatch(
          lengths: tokenCounts.map { plan.layout.rowCount(tokenCount: $0) },
          memoryRows: plan.layout.memoryRows,
          skips: skips.contains { $0.count > 0 } ? skips : [])
        return Step(
          active: active, batch: batch,
          reading: batch.leading(step == 0 ? 1 : plan.layout.memoryRows.upperBound),
          classification: batch.leading(1),
          places: active.map {
            let sample = samples[$0]
            return (
              UInt32(sample.firstSegment + sample.segmentCount - 1 - step),
              UInt32(firstSample + documentNumbers[$0])
            )
          })
      }
    }

    /// Steps of the longest document.
    var stepCount: Int { steps.count }

    /// Which of its segments a sample is at.
    func segment(of sample: Int, step: Int) -> Int { samples[sample].segmentCount - 1 - step }

    func tokens(of sample: Int, step: Int) -> ArraySlice<Int32> {
      samples[sample].tokens(ofSegment: segment(of: sample, step: step))
    }

    /// The masks of this step, the same on the way there and back; `nil` without a key.
    func dropout(step: Int, key: SIMD2<UInt32>?) -> DropoutPlan? {
      key.map { DropoutPlan(key: $0, sequences: steps[step].places) }
    }
  }
}
