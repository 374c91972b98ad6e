import ModelSchema

/// A document with a label that is read in pieces, none of which need exist before it is asked for.
public protocol SegmentedDocument: Sendable {
  /// Tokens of the document, special tokens not counted; at least one.
  var tokenCount: Int { get }
  /// Row of the classifier that should win.
  var label: Int { get }
  /// Document tokens in a full segment; `nil` for as many as the run's.
  var ownSegmentSize: Int? { get }
  /// The positions over which each segment is spread; `nil` for as many as it has.
  var positionSpan: Int? { get }
  /// The tokens of a range of the document; a range beyond it traps.
  func tokenIDs(in range: Range<Int>) -> [Int32]
}

extension SegmentedDocument {
  /// Segments stand at the first positions.
  public var positionSpan: Int? { nil }

  /// How the document is cut, in a run with these settings.
  func cut(_ memory: MemoryConfiguration) -> MemoryConfiguration {
    var memory = memory
    if let ownSegmentSize { memory.segmentSize = ownSegmentSize }
    return memory
  }
}
