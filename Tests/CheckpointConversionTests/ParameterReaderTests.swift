import TensorStorage
import Testing

@testable import CheckpointConversion
@testable import ModelSchema

struct ParameterReaderTests {
  private func read(
    _ entry: MemoryTensorSource.Entry, _ origin: ConversionPlan.Origin, _ shape: Shape
  )
    throws -> [Float]
  {
    let reader = ParameterReader(source: MemoryTensorSource(entries: [entry]))
    let parameter = ParameterDescription(name: "p", shape: shape, role: .weight)
    var floats: [Float] = []
    try reader.read(.init(parameter: parameter, origin: origin)) { floats += Array($0) }
    return floats
  }

  @Test func `a kernel is transposed`() throws {
    let entry = MemoryTensorSource.Entry("k", [2, 3], [1, 2, 3, 4, 5, 6])
    let tensor = MemoryTensorSource(entries: [entry]).tensors[0]
    #expect(try read(entry, .transposed(tensor), [3, 2]) == [1, 4, 2, 5, 3, 6])
  }

  @Test func `a kernel larger than a panel is transposed in several passes`() throws {
    // Five columns of 1.5 million rows: two panels, and rows in several pieces.
    let (inputs, outputs) = (1_500_000, 5)
    let entry = MemoryTensorSource.Entry(
      "k", [inputs, outputs], (0..<inputs * outputs).map { Float($0 % 8191) }, as: .f32)
    let tensor = MemoryTensorSource(entries: [entry]).tensors[0]
    let floats = try read(entry, .transposed(tensor), [outputs, inputs])
    #expect(floats.count == inputs * outputs)
    for (output, input) in [(0, 0), (1, 7), (2, 999_999), (4, inputs - 1), (3, 524_288)] {
      #expect(floats[output * inputs + input] == Float((input * outputs + output) % 8191))
    }
  }

  @Test func `rows are read from any row on`() throws {
    let entry = MemoryTensorSource.Entry("t", [3, 2], [1, 2, 3, 4, 5, 6], as: .bf16)
    let tensor = MemoryTensorSource(entries: [entry]).tensors[0]
    #expect(try read(entry, .rows(tensor, from: 1), [2, 2]) == [3, 4, 5, 6])
  }

  @Test func `a double beyond a float's range is an error, infinity is not`() throws {
    let infinite = MemoryTensorSource.Entry("d", doubles: [1.5, .infinity])
    let tensor = MemoryTensorSource(entries: [infinite]).tensors[0]
    #expect(try read(infinite, .rows(tensor, from: 0), [2]) == [1.5, .infinity])
    let large = MemoryTensorSource.Entry("d", doubles: [1.5, 1e39])
    #expect(
      throws: ConversionError.overflow(path: "memory", tensor: "d", value: 1e39, type: .f32)
    ) { try read(large, .rows(tensor, from: 0), [2]) }
  }

  @Test func `new parameters are the same every time`() throws {
    let entry = MemoryTensorSource.Entry("unused", [1], [0])
    let first = try read(entry, .normal(standardDeviation: 0.02), [64, 64])
    #expect(try read(entry, .normal(standardDeviation: 0.02), [64, 64]) == first)
    let deviation = (first.reduce(0) { $0 + $1 * $1 } / Float(first.count)).squareRoot()
    #expect(abs(deviation - 0.02) < 0.002)
    #expect(try read(entry, .zeros, [3]) == [0, 0, 0])
  }

  @Test func `the largest number each type holds is let through`() throws {
    func check(_ value: Float, _ type: ElementType) throws {
      try [value].withUnsafeBufferPointer {
        try NumberRange.check($0, as: type, path: "f", tensor: "t")
      }
    }
    try check(65_519, .f16)
    try check(-.infinity, .f16)
    try check(.nan, .f16)
    try check(Float(bitPattern: 0x7F7F_7FFF), .bf16)
    try check(.greatestFiniteMagnitude, .f32)
    #expect(throws: ConversionError.self) { try check(-65_520, .f16) }
    #expect(throws: ConversionError.self) { try check(.greatestFiniteMagnitude, .bf16) }
  }
}
