import TensorStorage
import Testing

/// Tensors in memory, one after another in one array of bytes.
private struct MemorySource: TensorSource {
  let formatName = "memory"
  let sourcePaths: [String] = []
  let tensors: [TensorDescription]
  let contents: [String: [UInt8]]

  func readRows(
    _ rows: Range<Int>, of tensor: TensorDescription,
    into destination: UnsafeMutableRawBufferPointer
  ) throws {
    let range = rows.lowerBound * tensor.bytesPerRow..<rows.upperBound * tensor.bytesPerRow
    destination.copyBytes(from: contents[tensor.name, default: []][range])
  }
}

@Suite struct TensorSourceTests {
  private let source = MemorySource(
    tensors: [
      TensorDescription(name: "matrix", elementType: .bf16, shape: [2, 2]),
      TensorDescription(name: "scalar", elementType: .f16, shape: []),
      TensorDescription(name: "empty", elementType: .f32, shape: [0, 3]),
    ],
    contents: ["matrix": [0x80, 0x3F, 0, 0x40, 0x40, 0x40, 0x80, 0xC0], "scalar": [0, 0x3C]])

  @Test func `finds a tensor by its exact name`() {
    #expect(source.tensor(named: "scalar")?.shape == [])
    #expect(source.tensor(named: "Scalar") == nil)
  }

  @Test func `reads whole tensors as bytes and as floats`() throws {
    let tensors = source.tensors
    #expect(try source.floats(of: tensors[0]) == [1, 2, 3, -4])
    #expect(try source.floats(of: tensors[1]) == [1])
    #expect(try source.floats(of: tensors[2]) == [])
    #expect(try source.bytes(of: tensors[1]) == [0, 0x3C])
  }
}

@Suite struct DescribedErrorTests {
  private struct Example: DescribedError {
    var kind: FailureKind { .badData }
    var place: String?
    var problem: String { "the header is cut" }
    var advice: String?
  }

  @Test func `reads as place, problem and advice, each where there is one`() {
    #expect(
      "\(Example(place: "a.bin", advice: "Download it again."))"
        == "a.bin: the header is cut. Download it again.")
    #expect("\(Example(place: "a.bin"))" == "a.bin: the header is cut.")
    #expect("\(Example())" == "the header is cut.")
    #expect("\(Interrupted(advice: "Go on with --resume."))" == "interrupted. Go on with --resume.")
  }

  @Test func `tells missing input, wrong use and failing disks apart`() {
    #expect(FileError(.open, "a", code: 2).kind == .missingInput)
    #expect(FileError(.list, "a", code: 2).kind == .missingInput)
    #expect(FileError(.create, "a", code: 17).kind == .usage)
    #expect(FileError(.create, "a", code: 13).kind == .inputOutput)
    #expect(FileError(.write, "a", code: 28).kind == .inputOutput)
    #expect(FileError(.write, "a", code: 28).advice?.contains("Free some space") == true)
    #expect(FileError(.read, "a", code: 5).advice == nil)
  }
}
