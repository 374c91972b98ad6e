import ModelSchema
import RecurrentMemory
import Testing

@Suite struct SegmentationTests {
  /// Segments of 13 tokens: 20 positions, 4 memory tokens, 3 special ones.
  private func lengths(_ tokenCount: Int, _ alignment: MemoryConfiguration.Alignment) -> [Int] {
    let memory = MemoryConfiguration(tokenCount: 4, segmentPositions: 20, alignment: alignment)
    let pieces = Segmentation.pieces(tokenCount: tokenCount, memory: memory)
    var next = 0
    for piece in pieces {
      #expect(piece.lowerBound == next)
      next = piece.upperBound
    }
    #expect(next == tokenCount)
    return pieces.map(\.count)
  }

  @Test func `aligned right, the first piece is the short one`() {
    #expect(lengths(27, .right) == [1, 13, 13])
    #expect(lengths(26, .right) == [13, 13])
    #expect(lengths(5, .right) == [5])
  }

  @Test func `aligned left, the last piece is the short one`() {
    #expect(lengths(27, .left) == [13, 13, 1])
    #expect(lengths(13, .left) == [13])
  }

  @Test func `centred, first and last piece share the gap`() {
    #expect(lengths(27, .center) == [7, 13, 7])
    #expect(lengths(28, .center) == [8, 13, 7])
    #expect(lengths(14, .center) == [7, 7])
    #expect(lengths(3, .center) == [3])
  }

  @Test(arguments: MemoryConfiguration.Alignment.allCases)
  func `every length is covered by the fewest pieces`(
    _ alignment: MemoryConfiguration.Alignment
  ) {
    for count in 0...100 {
      let lengths = lengths(count, alignment)
      #expect(lengths.count == (count + 12) / 13)
      #expect(lengths.allSatisfy { (1...13).contains($0) })
    }
  }

  @Test(arguments: MemoryConfiguration.Alignment.allCases)
  func `a piece is made without the others, also of the longest document there can be`(
    _ alignment: MemoryConfiguration.Alignment
  ) {
    let memory = MemoryConfiguration(tokenCount: 4, segmentPositions: 20, alignment: alignment)
    let count = Segmentation.pieceCount(tokenCount: .max - 40, memory: memory)
    let last = Segmentation.piece(count - 1, tokenCount: .max - 40, memory: memory)
    #expect(last.upperBound == .max - 40 && (1...13).contains(last.count))
  }
}
