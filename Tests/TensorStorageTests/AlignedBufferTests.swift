import TensorStorage
import Testing

@Suite struct AlignedBufferTests {
  @Test(arguments: [0, 1, 15, 16, 17, 1000, (1 << 19) - 1, 1 << 19, (1 << 19) + 1])
  func `lies on a 64-byte boundary and is zero throughout`(count: Int) {
    let buffer = AlignedBuffer<Float>(count: count)
    #expect(buffer.count == count)
    #expect(buffer.elements.count == count)
    #expect(UInt(bitPattern: buffer.baseAddress) % 64 == 0)
    let zeros = buffer.elements.withMemoryRebound(to: UInt32.self) { words in
      words.allSatisfy { $0 == 0 }
    }
    #expect(zeros)
  }

  @Test func `lies on a huge page's boundary when it is as large as one`() {
    let buffer = AlignedBuffer<UInt8>(count: 1 << 21)
    #expect(UInt(bitPattern: buffer.baseAddress) % (1 << 21) == 0)
  }

  @Test func `holds what is written into it`() {
    let buffer = AlignedBuffer<Double>(count: 100)
    for index in 0..<100 { buffer.elements[index] = Double(index) }
    #expect(buffer.elements.reduce(0, +) == 4950)
    #expect(buffer.baseAddress[99] == 99)
  }

  @Test func `traps on a negative count`() async {
    await #expect(processExitsWith: .failure) { _ = AlignedBuffer<Float>(count: -1) }
  }
}
