import TensorStorage
import Testing

@Suite struct CRC32CTests {
  @Test func `gives the check value of the digits one to nine`() {
    #expect(CRC32C(of: "123456789".utf8).value == 0xE306_9283)
  }

  /// The examples of RFC 3720, appendix B.4.
  @Test(
    arguments: [
      ([UInt8](repeating: 0, count: 32), 0x8A91_36AA),
      ([UInt8](repeating: 0xFF, count: 32), 0x62A8_AB43),
      ([UInt8](0..<32), 0x46DD_794E),
      ([UInt8]((0..<32).reversed()), 0x113F_DB5C),
      ([], 0),
    ] as [([UInt8], UInt32)])
  func `gives the published values`(bytes: [UInt8], value: UInt32) {
    #expect(CRC32C(of: bytes).value == value)
  }

  // Three lanes of 2,048 bytes are taken at once.
  @Test(arguments: [0, 1, 7, 8, 9, 64, 1_001, 6_143, 6_144, 6_145, 12_288, 50_003])
  func `is the same with and without the processor's instruction`(count: Int) {
    let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 167 &+ $0 >> 3) }
    var byTables = CRC32C()
    bytes.withUnsafeBytes { byTables.updateByTables($0) }
    #expect(byTables == CRC32C(of: bytes))
  }

  @Test func `bytes may come in pieces`() {
    var check = CRC32C()
    check.update("1234".utf8)
    check.update([])
    check.update("56789".utf8)
    #expect(check == CRC32C(of: "123456789".utf8))
  }
}
