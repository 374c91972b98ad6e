import Foundation
import ONNX
import ProtocolBuffers
import TensorStorage
import TestSupport
import Testing

@Suite struct ONNXRefusalTests {
  private let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  private func readAll(_ path: String) throws {
    let file = try ONNXFile(path: path)
    for tensor in file.tensors { _ = try file.bytes(of: tensor) }
  }

  private func clause(_ model: [UInt8]) throws -> String? {
    let path = try folder.write(model, to: "m.onnx")
    let error = #expect(throws: ONNXError.self) { try readAll(path) }
    #expect(error?.description.contains("m.onnx") == true && error?.kind != .usage)
    let clause = error.map { clauseName($0.clause) }
    try HostileFile.keep(path, format: "onnx", clause: clause ?? "none")
    return clause
  }

  private func clause(
    type: Int = 1, dimensions: [Int] = [2, 3], raw: [UInt8]? = ONNXBytes.floats,
    _ more: (inout ProtocolBufferMessage) -> Void = { _ in }
  ) throws -> String? {
    try clause(
      ONNXBytes.model([
        ONNXBytes.tensor("a.weight", type: type, dimensions: dimensions, raw: raw, more)
      ]))
  }

  @Test func `refuses a model that breaks a rule, a case for each`() throws {
    #expect(try clause(ONNXBytes.model([], graphCount: 0)) == "noGraph")
    #expect(try clause(ONNXBytes.model([], graphCount: 2)) == "twoGraphs")
    let tensor = ONNXBytes.tensor("a.weight")
    #expect(try clause(ONNXBytes.model([tensor, tensor])) == "duplicateName")
    let crowded = ONNXBytes.node("Add", [String](repeating: "", count: 65_536), "y")
    #expect(try clause(ONNXBytes.model([], [crowded])) == "tooManyItems")
  }

  @Test func `refuses a tensor that breaks a rule, a case for each`() throws {
    #expect(try clause(dimensions: [2, -3]) == "shape")
    #expect(try clause(dimensions: [.max, 2]) == "shape")
    #expect(try clause(dimensions: [1 << 62]) == "shape")
    #expect(try clause(dimensions: [Int](repeating: 1, count: 65)) == "shape")
    #expect(try clause(dimensions: [1 << 50]) == "byteCount")
    #expect(try clause(dimensions: [2, 4]) == "byteCount")
    #expect(try clause(raw: nil) == "byteCount")
    #expect(try clause(type: 11) == "byteCount")
    #expect(try clause { $0.add(ProtocolBufferMessage(), field: 3) } == "segment")
    #expect(try clause { $0.add(ONNXBytes.floats, field: 4) } == "numbersTwice")
    #expect(try clause(raw: nil) { $0.add(Float(1), field: 4) } == "unpackedNumbers")
    #expect(
      try clause(type: 10, dimensions: [1], raw: nil) { $0.add([0x80, 0x80, 0x04], field: 5) }
        == "notHalves")
    #expect(try clause(dimensions: [1], raw: nil) { $0.add([1], field: 5) } == "notHalves")
    #expect(
      try clause(type: 10, dimensions: [9], raw: nil) { $0.add([1], field: 5) } == "byteCount")
  }

  @Test func `refuses numbers outside the folder, or where none are`() throws {
    func external(_ entries: [(String, String)]) throws -> String? {
      try clause(ONNXBytes.model([ONNXBytes.external("a.weight", entries)]))
    }
    try folder.write(ONNXBytes.floats, to: "m.data")
    for name in ["", ".", "..", "../m.data", "/etc/passwd", "a/b", "a\\b", "a\0b"] {
      #expect(try external([("location", name)]) == "externalName", "\(name)")
    }
    #expect(try external([]) == "externalName")
    #expect(try external([("location", "none.data")]) == "missingExternalFile")
    for offset in ["-1", "x", "", "99999999999999999999"] {
      #expect(try external([("location", "m.data"), ("offset", offset)]) == "externalNumber")
    }
    #expect(try external([("location", "m.data"), ("offset", "1")]) == "beyondEnd")
    #expect(try external([("location", "m.data"), ("offset", "\(Int.max)")]) == "beyondEnd")
    #expect(try external([("location", "m.data"), ("length", "23")]) == "byteCount")
  }

  @Test func `names the matrix that nothing names, and the step that takes it`() throws {
    let path = try folder.write(
      ONNXBytes.model(
        [ONNXBytes.tensor("219")], [ONNXBytes.node("MatMul", ["x", "219"], "y", named: "MatMul_5")]),
      to: "m.onnx")
    let error = #expect(throws: ONNXError.self) { try ONNXFile(path: path) }
    #expect(error?.clause == .unnamedMatrix(node: "MatMul_5"))
    #expect(error?.description.contains("219") == true)
    #expect(error?.description.contains("torch.onnx.export") == true)
    #expect(error?.description.contains("model_quantized.onnx") == true)
  }

  @Test func `survives twenty thousand damaged models`() throws {
    let small = ONNXBytes.model(
      [
        ONNXBytes.tensor("a.query.weight"), ONNXBytes.tensor("7"),
        ONNXBytes.external("e.weight", [("location", "m.data"), ("offset", "0")]),
        ONNXBytes.tensor("c.weight", type: 10, dimensions: [3], raw: nil) {
          $0.add([0x80, 0x78, 0x80, 0x80, 0x03, 0xFF, 0xF7, 0x01], field: 5)
        },
      ],
      [
        ONNXBytes.node("Transpose", ["a.query.weight"], "t"),
        ONNXBytes.node("MatMul", ["x", "7"], "y", named: "/a/key/MatMul"),
        ONNXBytes.node("Gemm", ["x", "t", "b"], "z", named: "/p/Gemm", attribute: ("transB", 1)),
      ])
    let folder = try TemporaryFolder()
    try folder.write(ONNXBytes.floats, to: "m.data")
    let exported = try Data(
      contentsOf: URL(fileURLWithPath: Fixtures.path("onnx/static/model.onnx")))
    let originals = [[UInt8]](repeating: small, count: 19) + [[UInt8](exported)]
    var (read, refused) = (0, 0)
    for bytes in Mutations(of: originals, count: 20_000, seed: 6) {
      // Removed, not cut: ext4 writes out at once what is cut and written again.
      unlink(folder.path("m.onnx"))
      let path = try folder.write(bytes, to: "m.onnx")
      do {
        try readAll(path)
        read += 1
      } catch is any DescribedError {
        refused += 1
      }
    }
    #expect(refused > 5000 && read > 100 && read + refused == 20_000, "\(read) read")
  }
}
