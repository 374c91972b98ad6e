import GGUF
import ModelFile
import ModelSchema
import TensorStorage
import TestSupport
import Testing

@testable import CheckpointConversion

/// Models that leave in one layout, come back and leave in another.
struct RoundTripTests {
  /// A layout, with its weights in one file or in several.
  struct Way: Sendable, CustomTestStringConvertible {
    let layout: ExportLayout
    var maximumShardByteCount: Int?

    static let whole = ExportLayout.allCases.map { Way(layout: $0) }
    static let all =
      whole
      + [ExportLayout.huggingFace, .pyTorch].map { Way(layout: $0, maximumShardByteCount: 1000) }

    var testDescription: String {
      layout.rawValue + (maximumShardByteCount == nil ? "" : " in shards")
    }
  }

  private let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  /// Exports a model and converts what was written.
  private func passed(
    _ model: ModelFile, through way: Way, as elementType: ElementType?, name: String
  ) throws -> ModelFile {
    let type = elementType.flatMap { way.layout.elementTypes.contains($0) ? $0 : nil }
    _ = try CheckpointExporter.export(
      model: model, layout: way.layout, to: folder.path(name), collision: .keepExisting,
      elementType: type, maximumShardByteCount: way.maximumShardByteCount)
    let report = try CheckpointConverter.convert(
      source: folder.path(name), to: folder.path("\(name).rmtw"), elementType: nil,
      collision: .keepExisting)
    #expect(report.format.hasPrefix("sharded ") == (way.maximumShardByteCount != nil))
    #expect(report.created.isEmpty)
    // The reference layout has buffers of ids and a second name of the word embeddings.
    #expect(way.layout == .reference || report.dropped.isEmpty)
    return try ModelFile(path: report.path)
  }

  private func expectSameBits(_ first: ModelFile, _ second: ModelFile, _ comment: Comment) throws {
    #expect(first.description == second.description, comment)
    for parameter in first.parameters {
      let left = try first.floats(of: parameter.name).map(\.bitPattern)
      let right = try second.floats(of: parameter.name).map(\.bitPattern)
      #expect(left == right, "\(comment) \(parameter.name)")
    }
  }

  /// Every way in f32; shards hold the other types no differently.
  private static let starts: [(Way, ElementType)] =
    Way.all.map { ($0, .f32) } + Way.whole.map { ($0, .f16) } + Way.whole.map { ($0, .bf16) }

  @Test(arguments: starts)
  func `what left in one layout leaves in every other with the same bits`(
    first: Way, type: ElementType
  ) throws {
    let description = TinyBERT(
      labels: ["a", "b"],
      memory: MemoryConfiguration(tokenCount: 3, segmentPositions: 12, alignment: .right)
    ).description
    let model = try DrawnModel.file(description, as: type, in: folder)
    #expect(model.elementType == type)
    let between = try passed(model, through: first, as: type, name: "first")
    try expectSameBits(model, between, "\(first.testDescription)")
    for (number, second) in (type == .f32 ? Way.all : Way.whole).enumerated() {
      let last = try passed(between, through: second, as: type, name: "second-\(number)")
      try expectSameBits(
        model, last, "\(first.testDescription), then \(second.testDescription)")
    }
  }

  @Test(arguments: FamilyGolden.names)
  func `a relative keeps its bits through every pair of its layouts`(name: String) throws {
    let model = try FamilyGolden(name).model
    let ways = Way.all.filter { $0.layout.isFor(model.description) }
    #expect(ways.count == 5)
    for (number, first) in ways.enumerated() {
      let between = try passed(model, through: first, as: nil, name: "first-\(number)")
      for (place, second) in ways.enumerated() {
        let last = try passed(between, through: second, as: nil, name: "second-\(number)-\(place)")
        try expectSameBits(
          model, last, "\(first.testDescription), then \(second.testDescription)")
      }
    }
  }

  @Test(arguments: Way.all)
  func `blocks of Q8_0 become the same blocks again, wherever they were between`(way: Way) throws {
    var encoder = TinyBERT.encoder
    encoder.hiddenSize = 32
    encoder.intermediateSize = 64
    let description = ModelDescription(encoder: encoder, memory: nil, labels: ["a", "b"])
    let model = try DrawnModel.file(description, as: .f32, in: folder)
    func quantized(_ model: ModelFile, _ name: String) throws -> GGUFFile {
      _ = try CheckpointExporter.export(
        model: model, layout: .gguf, to: folder.path(name), collision: .keepExisting,
        elementType: nil, isQuantized: true)
      return try GGUFFile(path: folder.path("\(name)/model.gguf"))
    }
    let first = try quantized(model, "q")
    _ = try CheckpointConverter.convert(
      source: folder.path("q"), to: folder.path("q.rmtw"), elementType: .f32,
      collision: .keepExisting)
    let between = try passed(
      ModelFile(path: folder.path("q.rmtw")), through: way, as: .f32, name: "between")
    let second = try quantized(between, "again")
    #expect(first["general.file_type"]?.integer == 7)
    #expect(first.tensors == second.tensors)
    #expect(try folder.bytes("q/model.gguf") == folder.bytes("again/model.gguf"))
  }
}
