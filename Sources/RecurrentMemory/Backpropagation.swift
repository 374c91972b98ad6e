/// How far back gradients flow through a document's segments, and what is kept for the way back.
///
/// `full` and `replay` give the same bits: a segment that is computed again meets the same memory
/// and, its dropout masks being a function of seed, step, sample and segment, the same masks.
public enum Backpropagation: Sendable, Hashable {
  /// `full` for groups of samples of up to ``longestKeptSegmentCount`` segments, `replay` beyond.
  case automatic
  /// Through all segments, whose activations are all kept.
  case full
  /// Through all segments, keeping the memory at each boundary and one segment's activations; every
  /// segment before the last is computed a second time.
  ///
  /// Source: memory replay back-propagation, Wu et al., "Memformer", arXiv 2010.06891.
  case replay
  /// Through the last k segments, k ≥ 1.
  ///
  /// The memory that one segment hands to the next is then a constant up to the one that enters
  /// segment N − k, counted from 0: segments before that one learn from their own loss alone, if
  /// the loss reads it.
  case truncated(Int)

  /// Segments up to which `automatic` keeps all activations: a second pass over these few costs
  /// more than the memory that it saves is worth.
  public static let longestKeptSegmentCount = 4

  /// What `automatic` stands for in a group whose longest document has that many segments.
  func resolved(segmentCount: Int) -> Backpropagation {
    guard self == .automatic else { return self }
    return segmentCount <= Self.longestKeptSegmentCount ? .full : .replay
  }

  /// Segments, counted from the last, that the memory's gradient reaches.
  var reach: Int {
    if case .truncated(let segmentCount) = self { segmentCount } else { .max }
  }
}

extension Backpropagation: LosslessStringConvertible {
  /// Reads `automatic`, `full`, `replay` or a number of segments from 1 on; `nil` for anything else.
  public init?(_ description: String) {
    switch description {
    case "automatic": self = .automatic
    case "full": self = .full
    case "replay": self = .replay
    default:
      guard let segmentCount = Int(description), segmentCount >= 1 else { return nil }
      self = .truncated(segmentCount)
    }
  }

  /// The spelling that ``init(_:)`` reads.
  public var description: String {
    switch self {
    case .automatic: "automatic"
    case .full: "full"
    case .replay: "replay"
    case .truncated(let segmentCount): "\(segmentCount)"
    }
  }
}
