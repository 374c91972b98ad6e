import TensorStorage
import Testing

@Suite struct ElementTypeTests {
  @Test func `knows the width of every type`() {
    let widths: [(Int, [ElementType])] = [
      (4, [.f4]), (6, [.f6e2m3, .f6e3m2]),
      (8, [.bool, .u8, .i8, .f8e5m2, .f8e4m3, .f8e8m0, .f8e4m3fnuz, .f8e5m2fnuz]),
      (16, [.i16, .u16, .f16, .bf16]), (32, [.i32, .u32, .f32]), (64, [.c64, .f64, .i64, .u64]),
    ]
    for (bitWidth, types) in widths {
      for type in types {
        #expect(type.bitWidth == bitWidth)
        #expect(type.byteWidth == (bitWidth + 7) / 8)
      }
    }
    #expect(widths.reduce(0) { $0 + $1.1.count } == ElementType.allCases.count)
  }

  @Test func `decodes exactly the types that it calls floating-point`() {
    #expect(ElementType.allCases.filter(\.isFloatingPoint) == [.f16, .bf16, .f32, .f64])
  }

  @Test func `rounds the bytes of a sub-byte tensor up`() {
    func byteCount(_ type: ElementType, _ shape: Shape) -> Int {
      TensorDescription(name: "t", elementType: type, shape: shape).byteCount
    }
    #expect(byteCount(.f4, [3]) == 2)
    #expect(byteCount(.f6e2m3, [4]) == 3)
    #expect(byteCount(.f6e2m3, [1]) == 1)
    #expect(byteCount(.f32, [3, 2]) == 24)
    #expect(byteCount(.i64, []) == 8)
  }
}
