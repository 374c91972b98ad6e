import ModelSchema
import RecurrentMemory
import TensorStorage
import Transformer

/// Reads the samples of one pass side by side, and keeps what each of them answered.
///
/// The tokens of a segment are made when it is read; what is held of a document is its memory. All
/// samples go forward at about the same pace, so short rows are done long before the pass is.
final class EvaluationReading {
  /// What is read.
  let pass: EvaluationPass
  /// Where the samples' memories are.
  let reader: SideBySideReader
  /// Segments that each sample has behind it.
  let segmentsRead: UnsafeMutableBufferPointer<Int>
  /// Cross-entropy of each answer in nats, `[rows, samples]`.
  let losses: UnsafeMutableBufferPointer<Double>
  /// Whether each answer is right, 0 or 1, `[rows, samples]`.
  let answers: UnsafeMutableBufferPointer<UInt8>

  private let memory: MemoryConfiguration
  /// Segments of the longest document of each row.
  private let rowEnds: [Int]
  /// Segments of each sample.
  private let segmentCounts: [Int]
  private let integers: AlignedBuffer<Int>
  private let numbers: AlignedBuffer<Double>
  private let bytes: AlignedBuffer<UInt8>

  /// A pass that has not begun; the reader's samples are at their beginning.
  init(_ pass: EvaluationPass, reader: SideBySideReader) {
    precondition(reader.sampleCount == pass.samples.count, "a reader of other samples")
    let memory = reader.plan.memory
    self.pass = pass
    self.reader = reader
    self.memory = memory
    let samples = pass.samples.count
    var ends: [Int] = []
    var counts: [Int] = []
    for row in pass.rows {
      counts = (0..<samples).map { pass.segmentCount($0, row: row, memory: memory) }
      ends.append(counts.max() ?? 0)
    }
    rowEnds = ends
    segmentCounts = counts
    integers = AlignedBuffer(count: samples)
    numbers = AlignedBuffer(count: pass.rows.count * samples)
    bytes = AlignedBuffer(count: pass.rows.count * samples)
    segmentsRead = integers.elements
    losses = numbers.elements
    answers = bytes.elements
  }

  /// Segments of all samples together.
  var segmentCount: Int { segmentCounts.reduce(0, +) }
  /// Those that were read.
  var segmentsReadCount: Int { segmentsRead.reduce(0, +) }
  /// Whether a sample can be at that segment.
  func canBe(at position: Int, sample: Int) -> Bool {
    (0...segmentCounts[sample]).contains(position)
  }

  /// Reads on to the end.
  ///
  /// - Parameters:
  ///   - operationsBetweenPauses: floating-point operations of each lane from one pause to the next.
  ///   - pause: called when nothing is under way, so that everything may be saved.
  ///   - finishRow: told each row whose questions are all answered from now on.
  /// - Throws: what the closures throw.
  func read(
    operationsBetweenPauses: Double, pause: () throws -> Void,
    finishRow: (_ row: Int) throws -> Void
  ) rethrows {
    let groups = reader.groups
    // A saved pass may stand between two groups of one round.
    var position =
      segmentsRead.indices.map {
        segmentsRead[$0] == segmentCounts[$0] ? .max : segmentsRead[$0]
      }.min() ?? .max
    let capacity = max(1, Int(operationsBetweenPauses / operationsPerSegment))
    let stride = max(1, capacity * reader.laneCount / groups.count)
    let window = max(1, min(capacity * reader.laneCount, groups.count))
    for (row, end) in zip(pass.rows, rowEnds) {
      while position < end {
        let target = min(end, position + stride)
        for first in Swift.stride(from: 0, to: groups.count, by: window) {
          reader.perform(first..<min(first + window, groups.count)) { samples, lane in
            self.read(samples, to: target, on: lane)
          }
          try pause()
        }
        position = target
      }
      try finishRow(row)
    }
  }

  /// What one group's segment costs: L·(2·R·(4d² + 2dI) + 4·R·T·d) with R rows of sequences of T.
  private var operationsPerSegment: Double {
    let encoder = reader.plan.model.encoder
    let (width, inner) = (Double(encoder.hiddenSize), Double(encoder.intermediateSize))
    let positions = Double(memory.segmentPositions)
    let rows = positions * Double(reader.groups.first?.count ?? 1)
    return Double(encoder.layerCount)
      * (2 * rows * (4 * width * width + 2 * width * inner) + 4 * rows * positions * width)
  }

  /// What a row's samples answered, in their order.
  func result(of row: Int) -> (correctCount: Int, lossSum: Double, tokenCount: Int) {
    var result = (correctCount: 0, lossSum: 0.0, tokenCount: 0)
    for sample in 0..<pass.samples.count {
      let place = place(of: row, sample)
      result.correctCount += Int(answers[place])
      result.lossSum += losses[place]
      result.tokenCount += pass.document(sample, row: row).tokenCount
    }
    return result
  }

  private func place(of row: Int, _ sample: Int) -> Int {
    (row - pass.rows.lowerBound) * pass.samples.count + sample
  }

  /// Takes some samples to a segment; of what others see it writes their places alone.
  private func read(_ samples: Range<Int>, to target: Int, on lane: SideBySideLane) {
    let documents = samples.map { sample in pass.rows.map { pass.document(sample, row: $0) } }
    let ends = documents.map {
      $0.map {
        Segmentation.pieceCount(tokenCount: $0.tokenCount, memory: $0.cut(memory))
      }
    }
    var position = samples.map { segmentsRead[$0] }.min() ?? target
    var active: [SampleSegment] = []
    while position < target {
      let here = samples.filter {
        segmentsRead[$0] == position && position < segmentCounts[$0]
      }
      for row in pass.rows {
        let column = row - pass.rows.lowerBound
        let asked = here.filter { ends[$0 - samples.lowerBound][column] == position + 1 }
        if asked.isEmpty { continue }
        active = asked.map {
          segment(of: documents[$0 - samples.lowerBound][column], position, sample: $0)
        }
        for (sample, logits) in zip(asked, lane.ask(active)) {
          let label = documents[sample - samples.lowerBound][column].label
          score(logits, label: label, at: place(of: row, sample))
        }
      }
      // Nobody needs what the last segment leaves.
      active.removeAll(keepingCapacity: true)
      for sample in here where position + 1 < segmentCounts[sample] {
        let document = documents[sample - samples.lowerBound][pass.rows.count - 1]
        active.append(segment(of: document, position, sample: sample))
      }
      if !active.isEmpty { lane.read(active) }
      for sample in here { segmentsRead[sample] = position + 1 }
      position += 1
    }
  }

  private func segment(
    of document: any SegmentedDocument, _ index: Int, sample: Int
  ) -> SampleSegment {
    let piece = Segmentation.piece(
      index, tokenCount: document.tokenCount, memory: document.cut(memory))
    return SampleSegment(
      sample: sample, tokens: document.tokenIDs(in: piece),
      positionSpan: document.positionSpan)
  }

  private func score(_ logits: [Float], label: Int, at place: Int) {
    losses[place] = Classifier.crossEntropy(
      logits: logits, labelCount: logits.count, label: label, scale: 1, gradient: nil)
    answers[place] = logits.indices.max { logits[$0] < logits[$1] } == label ? 1 : 0
  }
}
