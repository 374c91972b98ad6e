import TensorStorage
import TestSupport
import Testing

@testable import PyTorchCheckpoint

struct StridedGatherTests {
  private let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  private func tensor(
    _ size: [Int], _ stride: [Int], offset: Int, type: String, count: Int
  ) throws -> TorchTensor {
    let element = try #require(TorchElement.byName[type])
    return TorchTensor(
      storage: TorchStorage(
        key: "0", element: element, count: count, viewOffset: 0, viewCount: count),
      element: element, offset: offset, dimensions: size, strides: stride)
  }

  /// Element by element, as the definition says.
  private func reference(_ layout: StridedLayout, rows: Range<Int>, in bytes: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    func visit(_ axis: Int, _ position: Int) {
      guard axis < layout.dimensions.count else {
        let start = layout.start + position * layout.width
        result += bytes[start..<start + layout.width]
        return
      }
      for index in axis == 0 ? rows : 0..<layout.dimensions[axis] {
        visit(axis + 1, position + index * layout.strides[axis])
      }
    }
    visit(0, 0)
    return result
  }

  @Test(arguments: [
    ([3, 5], [1, 3], "uint8"), ([300, 200], [1, 300], "int16"),
    ([7, 3, 11], [1, 77, 7], "float32"),
    ([50, 40], [40_000, 1000], "uint8"), ([9, 4], [0, 2], "float64"), ([4, 4], [1, 1], "int32"),
    ([2, 3, 4, 5], [60, 1, 15, 3], "int64"), ([1, 30], [.max, 70_000], "uint8"),
    ([60, 1, 20], [1, 5, 90_000], "uint8"), ([5], [3], "complex64"), ([], [], "float64"),
  ])
  func `gives each element the place that its strides say`(
    size: [Int], stride: [Int], type: String
  ) throws {
    let bytes = (0..<2_400_000).map { UInt8(truncatingIfNeeded: $0 &* 0x9E37_79B1 >> 13) }
    let file = try RandomAccessFile(path: folder.write(bytes, to: "storage"))
    let width = try #require(TorchElement.byName[type]).byteWidth
    let tensor = try tensor(size, stride, offset: 3, type: type, count: 2_390_000 / width)
    let layout = try StridedLayout(tensor, shape: Shape(size), storage: 5..<2_400_000)
    let rowCount = size.first ?? 1
    for rows in [0..<rowCount, 0..<1, rowCount - 1..<rowCount, rowCount / 3..<max(1, rowCount / 2)]
    where !rows.isEmpty {
      let expected = reference(layout, rows: rows, in: bytes)
      var found = [UInt8](repeating: 0, count: expected.count)
      var gather = StridedGather(file, layout: layout)
      try found.withUnsafeMutableBytes { try gather.read(rows: rows, into: $0) }
      #expect(found == expected, "rows \(rows)")
    }
  }

  @Test func `reads a transposed matrix that is larger than a panel`() throws {
    let (rows, columns) = (2300, 2100)
    let bytes = (0..<rows * columns).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 4) }
    #expect(bytes.count > StridedGather.panelByteCount)
    let file = try RandomAccessFile(path: folder.write(bytes, to: "storage"))
    let tensor = try tensor(
      [columns, rows], [1, columns], offset: 0, type: "uint8", count: bytes.count)
    let layout = try StridedLayout(
      tensor, shape: [columns, rows], storage: 0..<bytes.count)
    #expect(!layout.isContiguous)
    var gather = StridedGather(file, layout: layout)
    var found = [UInt8](repeating: 0, count: bytes.count)
    try found.withUnsafeMutableBytes { try gather.read(rows: 0..<columns, into: $0) }
    #expect((1...StridedGather.panelByteCount).contains(gather.panel.count))
    let isTransposed = found.withUnsafeBufferPointer { found in
      bytes.withUnsafeBufferPointer { bytes in
        (0..<columns).allSatisfy { column in
          (0..<rows).allSatisfy { row in
            found[column &* rows &+ row] == bytes[row &* columns &+ column]
          }
        }
      }
    }
    #expect(isTransposed)
  }
}
