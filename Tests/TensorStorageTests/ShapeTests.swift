import TensorStorage
import Testing

@Suite struct ShapeTests {
  @Test func `counts the elements of a scalar, a vector and a matrix`() {
    #expect(Shape([]).elementCount == 1)
    #expect(Shape([]).rowCount == 1)
    #expect(Shape([]).elementsPerRow == 1)
    #expect(Shape([5]).elementCount == 5)
    #expect(Shape([5]).elementsPerRow == 1)
    let matrix: Shape = [3, 4, 5]
    #expect(matrix.rank == 3)
    #expect(matrix.elementCount == 60)
    #expect(matrix.rowCount == 3)
    #expect(matrix.elementsPerRow == 20)
    #expect(matrix.description == "[3, 4, 5]")
  }

  @Test(arguments: [
    [-1], [2, -3], [0, -1], [.min], [Int.max, 2], [2, .max], [1 << 32, 1 << 31],
  ])
  func `refuses negative lengths and products that overflow`(dimensions: [Int]) {
    #expect(Shape(checking: dimensions) == nil)
  }

  @Test func `accepts the largest count that fits`() {
    #expect(Shape(checking: [.max])?.elementCount == .max)
    #expect(Shape(checking: [1 << 31, 1 << 31])?.elementCount == 1 << 62)
  }

  @Test func `multiplies from left to right, so that a leading zero ends the overflow`() throws {
    #expect(Shape(checking: [.max, 2, 0]) == nil)
    let empty = try #require(Shape(checking: [0, .max, 2]))
    #expect(empty.elementCount == 0)
    #expect(empty.elementsPerRow == 0)
    let tensor = TensorDescription(name: "empty", elementType: .f64, shape: empty)
    #expect(tensor.byteCount == 0)
    #expect(tensor.bytesPerRow == 0)
  }

  @Test(arguments: [[0], [0, 5], [5, 0], [3, 0, 7]])
  func `has no elements in a row when it has none at all`(dimensions: [Int]) {
    #expect(Shape(dimensions).elementsPerRow == 0)
  }

  @Test func `traps on a shape of the program's own that is impossible`() async {
    await #expect(processExitsWith: .failure) { _ = Shape([2, -1]) }
  }
}
