import TensorFlowCheckpoint
import TensorStorage
import TestSupport
import Testing

@Suite struct SnappyTests {
  private func decompressed(_ bytes: [UInt8]) throws -> String {
    String(decoding: try Snappy.decompressed(bytes, limit: 1 << 20), as: UTF8.self)
  }

  private func failure(_ bytes: [UInt8], limit: Int = 1 << 20) -> Snappy.Failure? {
    #expect(throws: Snappy.Failure.self) { try Snappy.decompressed(bytes, limit: limit) }
  }

  @Test func `makes literals and copies of every form`() throws {
    #expect(try decompressed([0]).isEmpty)
    #expect(try decompressed([3, 2 << 2] + Array("abc".utf8)) == "abc")
    // A copy of seven from three back runs into itself and repeats the pattern.
    #expect(try decompressed([10, 2 << 2] + Array("abc".utf8) + [3 << 2 | 1, 3]) == "abcabcabca")
    #expect(try decompressed([5, 2 << 2] + Array("abc".utf8) + [1 << 2 | 2, 3, 0]) == "abcab")
    #expect(
      try decompressed([5, 2 << 2] + Array("abc".utf8) + [1 << 2 | 3, 2, 0, 0, 0]) == "abcbc")
    // Lengths of literals behind the tag, in one byte and in two.
    let long = [UInt8](repeating: 0x61, count: 300)
    #expect(try decompressed([0xAC, 0x02, 61 << 2, 0x2B, 0x01] + long).utf8.count == 300)
    #expect(try decompressed([100, 60 << 2, 99] + long[..<100]).utf8.count == 100)
  }

  @Test func `refuses what the format forbids, a case for each rule`() {
    #expect(failure([]) == .length)
    #expect(failure([0x80]) == .length)
    #expect(failure([0xFF, 0xFF, 0xFF, 0xFF, 0x7F, 0]) == .length)
    #expect(failure([4, 0, 0, 0, 0], limit: 3) == .tooLong(byteCount: 4))
    #expect(
      failure([0xFF, 0xFF, 0xFF, 0xFF, 0x0F], limit: .max) == .tooLong(byteCount: 0xFFFF_FFFF))
    #expect(failure([3, 2 << 2, 0x61]) == .truncated)
    #expect(failure([3, 60 << 2]) == .truncated)
    #expect(failure([3, 2 << 2, 1, 2, 3, 0b10, 1]) == .truncated)
    #expect(failure([7, 2 << 2, 1, 2, 3, 1, 4]) == .offset(4))
    #expect(failure([7, 2 << 2, 1, 2, 3, 1, 0]) == .offset(0))
    #expect(failure([2, 2 << 2, 1, 2, 3]) == .otherLength(declared: 2))
    #expect(failure([4, 2 << 2, 1, 2, 3]) == .otherLength(declared: 4))
    #expect(failure([6, 2 << 2, 1, 2, 3, 1, 1]) == .otherLength(declared: 6))
  }

  @Test func `survives twenty thousand damaged blocks`() throws {
    let block: [UInt8] =
      [40, 9 << 2] + Array("0123456789".utf8) + [
        5 << 2 | 1, 4, 11 << 2 | 2, 10, 0, 8 << 2 | 3, 3, 0, 0, 0,
      ]
    #expect(try decompressed(block).utf8.count == 40)
    var (made, refused) = (0, 0)
    for bytes in Mutations(of: [block], count: 20_000, seed: 2) {
      do {
        made += try Snappy.decompressed(bytes, limit: 4096).count <= 4096 ? 1 : 0
      } catch {
        refused += 1
      }
    }
    #expect(made > 500 && refused > 1000 && made + refused == 20_000)
  }
}
