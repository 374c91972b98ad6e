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
    let count = pieceCount(tokenCount: tokenCount, memory: memory)
    return (0..<count).map { piece($0, tokenCount: tokenCount, memory: memory) }
  }

  /// How many pieces a document has, ⌈n / S⌉.
  package static func pieceCount(tokenCount: Int, memory: MemoryConfiguration) -> Int {
    let size = memory.segmentSize
    precondition(size >= 1, "segments of \(size) tokens")
    // Not (n + S − 1) / S, whose sum might overflow.
    return tokenCount <= 0 ? 0 : (tokenCount - 1) / size + 1
  }

  /// One piece of a document, without making the others.
  ///
  /// - Parameter index: below ``pieceCount(tokenCount:memory:)``, or it traps.
  package static func piece(
    _ index: Int, tokenCount: Int, memory: MemoryConfiguration
  ) -> Range<Int> {
    let size = memory.segmentSize
    let count = pieceCount(tokenCount: tokenCount, memory: memory)
    precondition(0 <= index && index < count, "piece \(index) of \(count)")
    let gap = count * size - tokenCount
    let firstCount =
      switch memory.alignment {
      case .right: size - gap
      case .left: min(size, tokenCount)
      case .center: count == 1 ? tokenCount : size - gap / 2
      }
    guard index > 0 else { return 0..<firstCount }
    let start = firstCount + (index - 1) * size
    return start..<min(start + size, tokenCount)
  }
}
