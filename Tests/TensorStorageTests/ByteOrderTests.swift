import TensorStorage
import Testing

@Suite struct ByteOrderTests {
  @Test(arguments: ElementType.allCases)
  func `elements change their byte order one by one, and back`(type: ElementType) {
    let first = (0..<48).map { UInt8($0) }
    // A complex number is two numbers, which keep their places.
    let width = type == .c64 ? 4 : type.byteWidth
    var bytes = first
    bytes.withUnsafeMutableBytes { type.swapBytes(in: $0) }
    #expect(bytes == first.indices.map { UInt8($0 / width * width + width - 1 - $0 % width) })
    bytes.withUnsafeMutableBytes { type.swapBytes(in: $0) }
    #expect(bytes == first)
  }

  @Test func `no bytes are turned without harm`() {
    ElementType.f64.swapBytes(in: UnsafeMutableRawBufferPointer(start: nil, count: 0))
  }
}
