import ModelSchema

/// How a document's tokens are cut into segments.
///
/// A document of n tokens takes ⌈n / S⌉ pieces of at most S tokens. Source: the Recurrent Memory
/// Transformer's right alignment, with the two others that its users ask for.
public enum Segmentation {
  /// The pieces of a document, in order; empty for an empty document.
  ///
  /// - Parameters:
  ///   - tokenCount: tokens of the document, special tokens not counted.
  ///   - memory: the memory's settings, which hold S and the alignment; S below 1 traps.
  public static func pieces(tokenCount: Int, memory: MemoryConfiguration) -> [Range<Int>] {
    let size = memory.segmentSize
    precondition(size >= 1, "segments of \(size) tokens")
    guard tokenCount > 0 else { return [] }
    let pieceCount = (tokenCount + size - 1) / size
    let gap = pieceCount * size - tokenCount
    let firstCount =
      switch memory.alignment {
      case .right: size - gap
      case .left: min(size, tokenCount)
      case .center: pieceCount == 1 ? tokenCount : size - gap / 2
      }
    var pieces = [0..<firstCount]
    while let end = pieces.last?.upperBound, end < tokenCount {
      pieces.append(end..<min(end + size, tokenCount))
    }
    return pieces
  }
}
