import Kernels

/// Several sequences stored one after another, without padding: row `starts[s]` is the first of
/// sequence s.
package struct SequenceBatch: Sendable {
  /// First row of each sequence, and the row after the last.
  package let starts: [Int]
  /// Rows of the longest sequence.
  package let longestLength: Int
  /// Rows of every sequence, counted from its first, that hold memory; none without memory.
  package let memoryRows: Range<Int>
  /// Where each sequence leaves out positions; empty where none does.
  private let skips: [PositionSkip]

  /// Sequences of these lengths, each of which reaches beyond the rows of memory.
  ///
  /// - Parameter skips: one for each sequence, or none for positions that are the rows' numbers.
  package init(lengths: [Int], memoryRows: Range<Int> = 0..<0, skips: [PositionSkip] = []) {
    precondition(skips.isEmpty || skips.count == lengths.count, "skips of other sequences")
    self.skips = skips
    var starts = [0]
    for length in lengths {
      precondition(length >= 1, "an empty sequence")
      starts.append((starts.last ?? 0) + length)
    }
    self.starts = starts
    longestLength = lengths.max() ?? 0
    precondition(
      lengths.allSatisfy { $0 >= memoryRows.upperBound }, "a sequence without room for its memory")
    self.memoryRows = memoryRows
  }

  /// Number of sequences.
  package var count: Int { starts.count - 1 }
  /// Rows of all sequences together.
  package var rowCount: Int { starts[starts.count - 1] }
  /// The rows of one sequence.
  package func rows(of sequence: Int) -> Range<Int> { starts[sequence]..<starts[sequence + 1] }
  /// Runs `body(rows, position)` for some rows of a sequence, counted from its first, cut where it
  /// leaves out positions: each piece with the position of its first row.
  func forEachRun(
    of sequence: Int, in part: Range<Int>, _ body: (_ rows: Range<Int>, _ position: Int) -> Void
  ) {
    guard !skips.isEmpty else { return body(part, part.lowerBound) }
    let skip = skips[sequence]
    let before = part.clamped(to: 0..<skip.row), behind = part.clamped(to: skip.row..<Int.max)
    if !before.isEmpty { body(before, before.lowerBound) }
    if !behind.isEmpty { body(behind, behind.lowerBound + skip.count) }
  }
  /// The first rows of each sequence, at most `count`, one sequence after another.
  package func leading(_ count: Int) -> SequenceBatch {
    SequenceBatch(lengths: (0..<self.count).map { min(count, rows(of: $0).count) })
  }
}

/// Positions that a sequence leaves out: its rows before `row` have the positions that their numbers
/// say, the others have those that lie `count` farther on.
///
/// As in PoSE, which draws place and length of its skips anew for each sequence; here both are given.
/// Source: "PoSE: Efficient Context Window Extension of LLMs via Positional Skip-wise Training",
/// arXiv 2309.10400.
package struct PositionSkip: Sendable, Hashable {
  /// The first row behind the skip, counted from the sequence's first.
  package let row: Int
  /// Positions that are left out, 0 or more.
  package let count: Int

  /// A skip with both parts given.
  package init(row: Int, count: Int) {
    precondition(row >= 0 && count >= 0, "a skip of \(count) positions before row \(row)")
    self.row = row
    self.count = count
  }
}

/// Which masks dropout draws in one pass: a key for the step, and where each sequence stands.
package struct DropoutPlan: Sendable {
  /// The place in the network a mask belongs to.
  package enum Site: UInt32, Sendable {
    case embeddings = 0
    case attentionWeights = 1
    case attentionOutput = 2
    case feedForwardOutput = 3
    case classifier = 4
  }

  /// Philox key of the optimizer step.
  package let key: SIMD2<UInt32>
  /// For each sequence of the batch: the segment it is in its document, and the sample it is in the
  /// step.
  package let sequences: [(segment: UInt32, sample: UInt32)]

  /// The plan of one pass.
  package init(key: SIMD2<UInt32>, sequences: [(segment: UInt32, sample: UInt32)]) {
    self.key = key
    self.sequences = sequences
  }

  /// The mask of one site of one sequence.
  ///
  /// Site, layer and head share one counter word: 3, 13 and 16 bits, so that no two masks of a step
  /// meet.
  func mask(
    _ site: Site, layer: Int, head: Int = 0, sequence: Int, probability: Double
  ) -> DropoutMask {
    precondition(layer < 1 << 13 && head < 1 << 16, "no mask for layer \(layer), head \(head)")
    let place = site.rawValue | UInt32(layer) << 3 | UInt32(head) << 16
    return DropoutMask(
      key: key,
      counter: SIMD3(place, sequences[sequence].segment, sequences[sequence].sample),
      probability: probability)
  }

  /// x ← mask·x for some rows of x `[rows, columns]`; the backward pass is the same call on the
  /// gradient.
  ///
  /// A mask belongs to a whole sequence, so it does not matter how rows are dealt out.
  package func apply<Scalar: KernelScalar>(
    _ site: Site, layer: Int, probability: Double, to x: UnsafeMutablePointer<Scalar>,
    columns: Int, rows: Range<Int>, batch: SequenceBatch
  ) {
    guard probability > 0 else { return }
    for sequence in 0..<batch.count {
      let whole = batch.rows(of: sequence)
      let part = rows.clamped(to: whole)
      guard !part.isEmpty else { continue }
      let start = x + part.lowerBound * columns
      Scalar.dropout(
        mask(site, layer: layer, sequence: sequence, probability: probability),
        firstRow: part.lowerBound - whole.lowerBound, rows: part.count, columns: columns, start,
        into: start)
    }
  }
}
