import TensorStorage
import Testing

@Suite struct ArenaTests {
  @Test(arguments: [0, 1, 15, 16, 17, 64])
  func `a piece takes the next multiple of 64 bytes`(count: Int) {
    #expect(Arena<Float>.space(for: count) == (count * 4 + 63) / 64 * 16)
    #expect(Arena<Double>.space(for: count) == (count * 8 + 63) / 64 * 8)
  }

  @Test func `pieces are aligned, apart and zero`() {
    let counts = [1, 16, 17, 3]
    let arena = Arena<Float>(count: counts.reduce(0) { $0 + Arena<Float>.space(for: $1) })
    let pieces = counts.map(arena.allocate)
    for (index, (piece, count)) in zip(pieces, counts).enumerated() {
      #expect(UInt(bitPattern: piece).isMultiple(of: 64))
      for element in 0..<count {
        #expect(piece[element] == 0)
        piece[element] = Float(index + 1)
      }
    }
    for (index, (piece, count)) in zip(pieces, counts).enumerated() {
      #expect((0..<count).allSatisfy { piece[$0] == Float(index + 1) })
    }
  }

  @Test func `a piece beyond the plan traps`() async {
    await #expect(processExitsWith: .failure) {
      let arena = Arena<Float>(count: 32)
      _ = arena.allocate(16)
      _ = arena.allocate(17)
    }
  }
}
