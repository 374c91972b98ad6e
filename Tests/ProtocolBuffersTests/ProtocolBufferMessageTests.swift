import ProtocolBuffers
import Testing

@Suite struct ProtocolBufferMessageTests {
  @Test(arguments: [
    (0, [0x08, 0x00] as [UInt8]), (1, [0x08, 0x01]), (127, [0x08, 0x7F]),
    (128, [0x08, 0x80, 0x01]),
    (300, [0x08, 0xAC, 0x02]),
    (-1, [0x08, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01]),
  ])
  func `integers are written seven bits a byte`(value: Int, bytes: [UInt8]) {
    var message = ProtocolBufferMessage()
    message.add(value, field: 1)
    #expect(message.bytes == bytes)
  }
}
