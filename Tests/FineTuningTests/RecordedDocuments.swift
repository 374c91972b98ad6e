import Synchronization

@testable import FineTuning

/// Documents of background alone that remember which of their tokens anyone asked for.
struct RecordedDocuments: SampleCollection {
  /// What was asked for, of all documents together.
  final class Record: Sendable {
    private let ranges = Mutex<(count: Int, longest: Int)>((0, 0))

    /// Ranges that were asked for.
    var rangeCount: Int { ranges.withLock { $0.count } }
    /// Tokens of the longest of them.
    var longestRange: Int { ranges.withLock { $0.longest } }

    fileprivate func add(_ range: Range<Int>) {
      ranges.withLock { $0 = ($0.count + 1, max($0.longest, range.count)) }
    }
  }

  /// One of the documents.
  private struct Document: SegmentedDocument {
    let tokenCount: Int
    let label: Int
    let record: Record
    var ownSegmentSize: Int? { nil }

    func tokenIDs(in range: Range<Int>) -> [Int32] {
      record.add(range)
      return range.map { Int32(10 + ($0 + label) % 7) }
    }
  }

  let count: Int
  let tokenCount: Int
  let record = Record()

  func segmented(at position: Int) -> any SegmentedDocument {
    Document(tokenCount: tokenCount, label: position, record: record)
  }

  subscript(position: Int) -> LabeledSample {
    preconditionFailure("document \(position) was made whole")
  }
}
