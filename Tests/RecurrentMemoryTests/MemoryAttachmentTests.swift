import Foundation
import ModelFile
import ModelSchema
import RecurrentMemory
import TensorStorage
import TestSupport
import Testing

@Suite struct MemoryAttachmentTests {
  private let folder: TemporaryFolder
  private let plain: ModelFile
  private let memory = MemoryConfiguration(
    tokenCount: 6, segmentPositions: 30, alignment: .right)

  init() throws {
    folder = try TemporaryFolder()
    let golden = try RecurrentGolden<Float>()
    plain = try golden.write(to: folder.path("plain.rmtw"), hasMemory: false)
  }

  private func attach(
    _ name: String, to model: ModelFile? = nil, labels: [String]?, seed: UInt64 = 1
  ) throws -> (ModelFile, MemoryAttachment.Report) {
    let path = folder.path("\(name).rmtw")
    let report = try MemoryAttachment(memory: memory, labels: labels, seed: seed)
      .attach(to: model ?? plain, writing: path, collision: .keepExisting)
    return (try ModelFile(path: path), report)
  }

  private func bytes(_ model: ModelFile, _ name: String) throws -> [UInt8] {
    try model.weights.bytes(of: #require(model.weights.tensor(named: name)))
  }

  @Test func `what the model had is copied bit by bit and the rest is drawn`() throws {
    let (model, report) = try attach("new", labels: ["x", "y"])
    #expect(report.created == ["memory.initial", "classifier.weight", "classifier.bias"])
    #expect(model.description.memory == memory && model.description.labels == ["x", "y"])
    for parameter in ParameterCatalog(model.description).parameters
    where !report.created.contains(parameter.name) {
      #expect(try bytes(model, parameter.name) == bytes(plain, parameter.name))
    }
    let drawn = try model.weights.floats(
      of: #require(model.weights.tensor(named: "memory.initial")))
    let deviation = (drawn.reduce(0) { $0 + $1 * $1 } / Float(drawn.count)).squareRoot()
    #expect(abs(deviation - 0.2) < 0.03)  // the configuration's initializer range
    #expect(model.provenance.map(\.verb) == ["attach"] && model.provenance[0].seed == 1)
  }

  @Test func `the same seed gives the same file, another one another memory`() throws {
    _ = try attach("first", labels: nil)
    _ = try attach("second", labels: nil)
    let (other, _) = try attach("third", labels: nil, seed: 2)
    let contents = try ["first", "second"].map { try folder.bytes("\($0).rmtw") }
    #expect(contents[0] == contents[1])
    let first = try ModelFile(path: folder.path("first.rmtw"))
    #expect(try bytes(first, "memory.initial") != bytes(other, "memory.initial"))
  }

  @Test func `a classifier stays when its labels do, and a memory when its size does`() throws {
    let (kept, report) = try attach("kept", labels: nil)
    #expect(report.created == ["memory.initial"])
    let (relabelled, second) = try attach("relabelled", to: kept, labels: ["p", "q"])
    #expect(second.created == ["classifier.weight", "classifier.bias"])
    #expect(try bytes(relabelled, "memory.initial") == bytes(kept, "memory.initial"))
  }

  @Test(
    arguments: [(0, 30), (-1, 30), (.min, 30), (.max, 30), (27, 30), (6, 0), (6, .min), (6, 41)])
  func `settings that fit no segment are refused`(tokenCount: Int, positions: Int) {
    let settings = MemoryConfiguration(
      tokenCount: tokenCount, segmentPositions: positions, alignment: .right)
    #expect(throws: ConfigurationError.self) {
      try MemoryAttachment(memory: settings, labels: nil, seed: 1)
        .attach(to: plain, writing: folder.path("none.rmtw"), collision: .keepExisting)
    }
    #expect(!FileManager.default.fileExists(atPath: folder.path("none.rmtw")))
  }

  @Test func `two labels of one name are refused`() {
    #expect(throws: ConfigurationError.self) { try attach("twice", labels: ["x", "x"]) }
  }

  @Test func `another memory size and an existing output are refused`() throws {
    let (kept, _) = try attach("kept", labels: nil)
    var larger = memory
    larger.tokenCount = 7
    #expect(throws: RecurrenceError.otherMemory(found: 6, wanted: 7)) {
      try MemoryAttachment(memory: larger, labels: nil, seed: 1)
        .attach(to: kept, writing: folder.path("larger.rmtw"), collision: .keepExisting)
    }
    #expect(throws: FileError.self) { try attach("kept", labels: nil) }
  }
}
