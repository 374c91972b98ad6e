import Kernels
import Transformer

extension RecurrentWorker {
  /// Samples that go through their segments together.
  struct Group {
    /// Segments that are computed together: who takes part, and which rows are computed.
    struct Pass {
      /// The segments' step, counted from the last one, 0.
      let step: Int
      /// The samples whose segment is computed; sequence s of the batch is sample active[s].
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

      /// The masks, the same on the way there and back; `nil` without a key.
      func dropout(key: SIMD2<UInt32>?) -> DropoutPlan? {
        key.map { DropoutPlan(key: $0, sequences: places) }
      }
    }

    let samples: [RecurrentSample]
    /// The number of each sample's document among those that began together: what names its dropout
    /// masks, and where its memory is kept from one passage to the next.
    let documentNumbers: [Int]
    /// Whether any of the samples has a loss.
    let hasLoss: Bool
    /// For each sample the one whose segments are read for both up to the last: the first of those with
    /// the same beginning, or itself.
    let readers: [Int]
    /// The passes in the order of the way back: those of the last segments, as many as they take, then one
    /// for each step from 1 on.
    let passes: [Pass]
    /// Passes of the last segments.
    let lastPassCount: Int
    /// Steps of the longest document.
    let stepCount: Int

    /// Plans all passes, so that nothing is allocated in one.
    ///
    /// - Parameters:
    ///   - documentNumbers: `nil` where all documents are there.
    ///   - firstSample: number of the first sample within the optimizer step.
    ///   - sharesBeginnings: whether documents that are one but for their last segment are read once up
    ///     to it.
    init(
      _ samples: [RecurrentSample], documentNumbers: [Int]? = nil, firstSample: Int,
      sharesBeginnings: Bool, plan: RecurrentPlan
    ) {
      precondition(samples.count <= plan.samplesPerGroup, "a group larger than planned")
      let documentNumbers = documentNumbers ?? Array(samples.indices)
      self.samples = samples
      self.documentNumbers = documentNumbers
      hasLoss = samples.contains { $0.weight > 0 }
      var readers = Array(samples.indices)
      for index in samples.indices.dropFirst()
      where sharesBeginnings && samples[index].sharesBeginning(with: samples[index - 1]) {
        readers[index] = readers[index - 1]
      }
      self.readers = readers
      func tokenCount(_ sample: Int, _ step: Int) -> Int {
        samples[sample].pieces[samples[sample].segmentCount - 1 - step].count
      }
      func pass(_ step: Int, _ active: [Int]) -> Pass {
        let tokenCounts = active.map { tokenCount($0, step) }
        let skips = zip(active, tokenCounts).map { sample, tokenCount in
          plan.layout.skip(tokenCount: tokenCount, span: samples[sample].positionSpan)
        }
        let batch = SequenceBatch(
          lengths: tokenCounts.map { plan.layout.rowCount(tokenCount: $0) },
          memoryRows: plan.layout.memoryRows,
          skips: skips.contains { $0.count > 0 } ? skips : [])
        return Pass(
          step: step, active: active, batch: batch,
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
      let stepCount = samples.map(\.segmentCount).max() ?? 0
      var parts: [[Int]] = []
      var rows = Int.max
      for sample in samples.indices {
        let count = plan.layout.rowCount(tokenCount: tokenCount(sample, 0))
        if rows > plan.capacity.rowCount - count {
          parts.append([])
          rows = 0
        }
        parts[parts.count - 1].append(sample)
        rows += count
      }
      lastPassCount = parts.count
      self.stepCount = stepCount
      passes =
        parts.map { pass(0, $0) }
        + (1..<max(1, stepCount)).map { step in
          pass(
            step, samples.indices.filter { samples[$0].segmentCount > step && readers[$0] == $0 })
        }
    }

    /// Which of its segments a sample is at.
    func segment(of sample: Int, step: Int) -> Int { samples[sample].segmentCount - 1 - step }

    func tokens(of sample: Int, step: Int) -> ArraySlice<Int32> {
      samples[sample].tokens(ofSegment: segment(of: sample, step: step))
    }
  }
}
