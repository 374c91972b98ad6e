import Foundation
import ONNX
import ProtocolBuffers
import TensorStorage
import TestSupport
import Testing

@Suite struct ONNXFileTests {
  private let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  private func open(
    _ tensors: [ProtocolBufferMessage], _ nodes: [ProtocolBufferMessage] = []
  ) throws -> ONNXFile {
    try ONNXFile(path: folder.write(ONNXBytes.model(tensors, nodes), to: "m.onnx"))
  }

  private func names(
    _ tensors: [ProtocolBufferMessage], _ nodes: [ProtocolBufferMessage]
  ) throws -> [String] {
    try open(tensors, nodes).tensors.map(\.name)
  }

  @Test func `a product's matrix is named by its step, and is the other way round`() throws {
    let matrix = ONNXBytes.tensor("onnx::MatMul_7")
    let node = ONNXBytes.node(
      "MatMul", ["x", "onnx::MatMul_7"], "y", named: "/bert/a/query/MatMul")
    #expect(try names([matrix], [node]) == ["bert.a.query.kernel"])
  }

  @Test func `a product without a name is known by the bias behind it`() throws {
    let tensors = [
      ONNXBytes.tensor("201"),
      ONNXBytes.tensor("a.key.bias", dimensions: [3], raw: Array(ONNXBytes.floats.prefix(12))),
    ]
    let nodes = [
      ONNXBytes.node("MatMul", ["x", "201"], "y", named: "MatMul_3"),
      ONNXBytes.node("Add", ["a.key.bias", "y"], "z", named: "Add_4"),
    ]
    #expect(try names(tensors, nodes) == ["a.key.bias", "a.key.kernel"])
  }

  @Test func `a weight that is transposed on the way keeps its name alone`() throws {
    let nodes = [
      ONNXBytes.node("Transpose", ["a.query.weight"], "t"),
      ONNXBytes.node("MatMul", ["x", "t"], "y", named: "/a/query/MatMul"),
    ]
    #expect(try names([ONNXBytes.tensor("a.query.weight")], nodes) == ["a.query.weight"])
    #expect(
      try names(
        [ONNXBytes.tensor("7")],
        [
          ONNXBytes.node("Transpose", ["7"], "t"),
          ONNXBytes.node("MatMul", ["x", "t"], "y", named: "/a/query/MatMul"),
        ]) == ["a.query.weight"])
  }

  @Test func `a table under another name is also known by the step that looks up in it`() throws {
    let node = ONNXBytes.node(
      "Gather", ["cls.predictions.decoder.weight", "ids"], "y",
      named: "/bert/embeddings/word_embeddings/Gather")
    #expect(
      try names([ONNXBytes.tensor("cls.predictions.decoder.weight")], [node])
        == ["cls.predictions.decoder.weight", "bert.embeddings.word_embeddings.weight"])
  }

  @Test func `Gemm says which way its matrix lies`() throws {
    for (flag, leaf) in [(1, "weight"), (0, "kernel")] {
      let node = ONNXBytes.node(
        "Gemm", ["x", "7"], "y", named: "/pooler/dense/Gemm", attribute: ("transB", flag))
      #expect(try names([ONNXBytes.tensor("7")], [node]) == ["pooler.dense.\(leaf)"])
    }
  }

  @Test func `one tensor that two modules take has both names`() throws {
    let nodes = [
      ONNXBytes.node("MatMul", ["x", "7"], "y", named: "/a/query/MatMul"),
      ONNXBytes.node("MatMul", ["y", "7"], "z", named: "/b/query/MatMul"),
    ]
    let file = try open([ONNXBytes.tensor("7")], nodes)
    #expect(file.tensors.map(\.name) == ["a.query.kernel", "b.query.kernel"])
    #expect(try file.floats(of: file.tensors[1]) == [0, 1, 2, 3, 4, 5])
  }

  @Test func `numbers are read from every place where they may lie`() throws {
    let packed = ONNXBytes.tensor("a.weight", raw: nil) { $0.add(ONNXBytes.floats, field: 4) }
    let doubles = ONNXBytes.tensor("b.weight", type: 11, dimensions: [1], raw: nil) {
      $0.add([0, 0, 0, 0, 0, 0, 0xF8, 0x3F], field: 10)
    }
    // 1, -2 and 65504 as halves, each a varint.
    let halves = ONNXBytes.tensor("c.weight", type: 10, dimensions: [3], raw: nil) {
      $0.add([0x80, 0x78, 0x80, 0x80, 0x03, 0xFF, 0xF7, 0x01], field: 5)
    }
    let external = ONNXBytes.external(
      "d.weight", [("location", "m.data"), ("offset", "4"), ("length", "24")])
    try folder.write([9, 9, 9, 9] + ONNXBytes.floats, to: "m.data")
    let file = try open([packed, doubles, halves, external])
    #expect(try file.floats(of: file.tensors[0]) == [0, 1, 2, 3, 4, 5])
    #expect(try file.floats(of: file.tensors[1]) == [1.5])
    #expect(try file.floats(of: file.tensors[2]) == [1, -2, 65504])
    #expect(try file.floats(of: file.tensors[3]) == [0, 1, 2, 3, 4, 5])
    var row = [UInt8](repeating: 0, count: 2)
    try row.withUnsafeMutableBytes { try file.readRows(2..<3, of: file.tensors[2], into: $0) }
    #expect(row == [0xFF, 0x7B])
    #expect(file.sourcePaths == [folder.path("m.onnx"), folder.path("m.data")])
  }

  @Test func `halves as varints are walked through once, in whatever pieces they are read`() throws
  {
    let rowCount = 4000
    let numbers = (0..<rowCount * 10).flatMap { _ -> [UInt8] in [0x80, 0x78] }
    let nodes = [
      ONNXBytes.node("MatMul", ["x", "7"], "y", named: "/a/query/MatMul"),
      ONNXBytes.node("MatMul", ["y", "7"], "z", named: "/b/query/MatMul"),
    ]
    let file = try open(
      [
        ONNXBytes.tensor("7", type: 10, dimensions: [rowCount, 10], raw: nil) {
          $0.add(numbers, field: 5)
        }
      ], nodes)
    var row = [UInt8](repeating: 0, count: 20)
    let began = ContinuousClock.now
    // Both names in turn, and the first one from its beginning again.
    for index in Array(0..<rowCount) + [0] {
      for tensor in file.tensors {
        try row.withUnsafeMutableBytes {
          try file.readRows(index..<index + 1, of: tensor, into: $0)
        }
        #expect(row[0] == 0 && row[1] == 0x3C)
      }
    }
    // A walk from the beginning for every row would be 160 million numbers.
    #expect(ContinuousClock.now - began < .seconds(10))
  }

  @Test func `constants are left out and said`() throws {
    let file = try open([
      ONNXBytes.tensor("a.weight"),
      ONNXBytes.tensor("val_0", type: 7, dimensions: [], raw: floats8),
      ONNXBytes.tensor("words", type: 8, dimensions: [1], raw: nil),
    ])
    #expect(file.tensors.map(\.name) == ["a.weight"])
    #expect(file.skipped.map(\.path).sorted() == ["val_0", "words"])
  }

  private let floats8 = [UInt8](repeating: 0, count: 8)
}
