import ModelSchema
import RecurrentMemory

/// Rows that are measured on the same samples: sample i of each row is one document at its length.
struct EvaluationSection {
  /// A row, and where its documents come from.
  struct Row {
    /// Segments of the row's documents.
    let segmentCounts: ClosedRange<Int>
    /// The document of a sample.
    let document: @Sendable (_ sample: Int) -> any SegmentedDocument
  }

  /// The rows, from short to long.
  let rows: [Row]
  /// Samples of each.
  let sampleCount: Int

  /// A row by itself.
  init(_ samples: any SampleCollection, segmentCounts: ClosedRange<Int>) {
    rows = [Row(segmentCounts: segmentCounts) { samples.segmented(at: $0) }]
    sampleCount = samples.count
  }

  /// A task's documents at each of some lengths, which rise.
  init(
    _ task: any LongDocumentTask, segmentCounts: [Int], segmentSize: Int, sampleCount: Int,
    seed: UInt64
  ) throws(TaskError) {
    var rows: [Row] = []
    for segmentCount in segmentCounts {
      let samples = try TaskSamples(
        testing: task, count: sampleCount,
        length: DocumentLength(segmentCount: segmentCount, segmentSize: segmentSize), seed: seed)
      rows.append(Row(segmentCounts: segmentCount...segmentCount) { samples.document(at: $0) })
    }
    self.rows = rows
    self.sampleCount = sampleCount
  }

  /// The passes that measure some of the samples: one for all rows, or one for each.
  ///
  /// A model that reads a document reads every document that begins with it on the way, so where the
  /// rows' documents are prefixes of each other, up to the last segment, all rows cost as much as the
  /// longest one and one segment each.
  func passes(over samples: Range<Int>) -> [EvaluationPass] {
    let all = rows.indices.map { $0..<$0 + 1 }
    let areShared =
      rows.count > 1
      && samples.allSatisfy { sample in
        let documents = rows.map { $0.document(sample) as? TaskDocument }
        return zip(documents, documents.dropFirst()).allSatisfy { shorter, longer in
          guard let shorter, let longer else { return false }
          return longer.isPrefixed(by: shorter)
        }
      }
    return (areShared ? [rows.indices] : all).map {
      EvaluationPass(section: self, rows: $0, samples: samples)
    }
  }
}

/// One reading of some samples' longest documents, with the questions of shorter rows on the way.
struct EvaluationPass {
  /// Whose documents.
  let section: EvaluationSection
  /// The rows of the section that are asked for, of which the last is read to its end.
  let rows: Range<Int>
  /// The samples of the section.
  let samples: Range<Int>

  /// The document of the pass's sample number `index`, at the length of a row.
  func document(_ index: Int, row: Int) -> any SegmentedDocument {
    section.rows[row].document(samples.lowerBound + index)
  }

  /// Segments of a sample at the length of a row.
  func segmentCount(_ index: Int, row: Int, memory: MemoryConfiguration) -> Int {
    let document = document(index, row: row)
    return Segmentation.pieceCount(
      tokenCount: document.tokenCount, memory: document.cut(memory))
  }
}
