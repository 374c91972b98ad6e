/// How a model's memory works: the Recurrent Memory Transformer's settings.
///
/// One segment of n ≤ ``MemoryConfiguration/segmentSize`` tokens is laid out as
/// `[CLS] mem₀ … memₘ₋₁ [SEP] token₀ … tokenₙ₋₁ [SEP]`; the new memory is the encoder's output at
/// positions 1 … m. Source: "Scaling Transformer to 1M tokens and beyond with RMT",
/// arXiv 2304.11062.
public struct MemoryConfiguration: Sendable, Hashable {
  /// Where the short piece of a document lies that does not fill its segments.
  public enum Alignment: String, Sendable, CaseIterable {
    /// The first piece is the short one; the paper's choice.
    case right
    /// The last piece is the short one.
    case left
    /// First and last piece share the gap.
    case center
  }

  /// Special positions of a segment besides memory: `[CLS]`, `[SEP]` after the memory, `[SEP]` at
  /// the end.
  public static let specialTokensPerSegment = 3

  /// Memory tokens m.
  public var tokenCount: Int
  /// Positions that the encoder sees in a full segment, memory and special tokens included.
  public var segmentPositions: Int
  /// How documents are cut.
  public var alignment: Alignment
  /// The ids of `[CLS]` and `[SEP]`, where no tokenizer beside the model knows them.
  public var frame: SegmentFrame?

  /// Settings with every value given.
  public init(
    tokenCount: Int, segmentPositions: Int, alignment: Alignment, frame: SegmentFrame? = nil
  ) {
    self.tokenCount = tokenCount
    self.segmentPositions = segmentPositions
    self.alignment = alignment
    self.frame = frame
  }

  /// Document tokens S in a full segment: `segmentPositions − tokenCount − 3`.
  public var segmentSize: Int {
    get { segmentPositions - tokenCount - Self.specialTokensPerSegment }
    set { segmentPositions = newValue + tokenCount + Self.specialTokensPerSegment }
  }
}
