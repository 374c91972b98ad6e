import FineTuning

/// A file's documents sorted into rows by their number of segments.
struct DocumentLengths {
  /// The documents of at most so many segments, but of more than the row before allows.
  struct Row {
    let segmentCounts: ClosedRange<Int>
    let documents: DocumentSelection

    /// The first documents, or all of them.
    func first(_ count: Int?) -> any SampleCollection {
      guard let count, count < documents.count else { return documents }
      return FirstDocuments(documents: documents, count: count)
    }
  }

  /// The rows from short to long.
  let rows: [Row]
  /// What a person should know: documents that no row takes.
  let note: String?

  /// Sorts the documents.
  ///
  /// - Parameter segmentCounts: the longest of each row, rising; `nil` for 1, 2, 4, 8 … as far as
  ///   there are documents.
  init(_ documents: LabeledDocuments, segmentSize: Int, segmentCounts: [Int]?) {
    let longest =
      (0..<documents.count).map {
        (documents.tokenCount(of: $0) + segmentSize - 1) / segmentSize
      }.max() ?? 1
    var counts = segmentCounts ?? [1]
    if segmentCounts == nil {
      while let last = counts.last, last < longest { counts.append(last * 2) }
    }
    var rows: [Row] = []
    var lower = 1
    for count in counts {
      let row = Row(
        segmentCounts: lower...count,
        documents: documents.selection(in: lower...count, of: segmentSize))
      // Rows that nobody asked for are left out when they are empty.
      if segmentCounts != nil || row.documents.count > 0 { rows.append(row) }
      lower = count + 1
    }
    self.rows = rows
    let leftOut = documents.count - rows.reduce(0) { $0 + $1.documents.count }
    note =
      leftOut == 0
      ? nil
      : "\(documents.path): \(leftOut) of \(documents.count) documents have more than "
        + "\(counts.last ?? 0) segments and are left out."
  }
}

/// The first documents of a selection.
private struct FirstDocuments: SampleCollection {
  let documents: DocumentSelection
  let count: Int

  subscript(position: Int) -> LabeledSample { documents[position] }

  func segmented(at position: Int) -> any SegmentedDocument {
    documents.segmented(at: position)
  }
}
