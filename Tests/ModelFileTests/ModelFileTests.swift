import JSON
import ModelSchema
import TensorStorage
import TestSupport
import Testing
import Tokenizers
import WeightFile

@testable import ModelFile

@Suite struct ModelFileTests {
  @Test func `everything that was written comes back`() throws {
    let folder = try TemporaryFolder()
    let model = try ModelFile(path: try ExampleModel.write(in: folder))
    try model.weights.verify()
    #expect(model.description == ExampleModel.description)
    #expect(model.provenance == ExampleModel.provenance)
    #expect(model.parameters == ParameterCatalog(ExampleModel.description).parameters)
    #expect(model.elementType == .f32)
    let written = try #require(try ExampleModel.tokenizer().wordPiece)
    #expect(model.tokenCount == written.vocabulary.count)
    let tokenizer = try #require(try model.tokenizer())
    #expect(tokenizer.wordPiece?.vocabulary == written.vocabulary)
    #expect(tokenizer.wordPiece?.settings == written.settings)
    #expect(tokenizer.encode("ab \u{E9}") == [5, 6, 8])
  }

  @Test(arguments: [ElementType.f32, .f16, .bf16])
  func `every number lies in its parameter, vectors and memory as f32`(
    elementType: ElementType
  ) throws {
    let folder = try TemporaryFolder()
    let model = try ModelFile(path: try ExampleModel.write(in: folder, elementType: elementType))
    #expect(model.elementType == elementType)
    var index = 0
    for parameter in model.parameters {
      let isVector = parameter.shape.rank == 1 || parameter.role == .memory
      #expect(model.bytes(of: parameter).elementType == (isVector ? .f32 : elementType))
      var floats = [Float](repeating: .nan, count: parameter.shape.elementCount)
      floats.withUnsafeMutableBufferPointer { model.decode(parameter, into: $0) }
      let tolerance: Float = isVector || elementType != .bf16 ? 0 : 1.0 / 32
      for float in floats {
        #expect(abs(float - ExampleModel.value(index)) <= tolerance, "\(parameter.name)")
        index += 1
      }
    }
    #expect(index == ParameterCatalog(ExampleModel.description).elementCount)
  }

  @Test(arguments: [1, 7, 4096])
  func `the same model gives the same bytes, however it is cut`(pieceElementCount: Int) throws {
    let folder = try TemporaryFolder()
    for elementType in [ElementType.f32, .bf16] {
      let name = "\(elementType)"
      _ = try ExampleModel.write(in: folder, name: name, elementType: elementType)
      _ = try ExampleModel.write(
        in: folder, name: name + "-cut", elementType: elementType,
        pieceElementCount: pieceElementCount)
      #expect(try folder.bytes(name) == folder.bytes(name + "-cut"))
    }
  }

  @Test func `encoded bytes of a model make the same model`() throws {
    let folder = try TemporaryFolder()
    let model = try ModelFile(path: try ExampleModel.write(in: folder, elementType: .f16))
    var writer = try ModelFileWriter(
      path: folder.path("copy.rmtw"), collision: .keepExisting, description: model.description,
      tokenizer: model.tokenizer(), provenance: model.provenance, elementType: .f16)
    for parameter in writer.parameters {
      try writer.write(encoded: model.bytes(of: parameter).bytes)
    }
    try writer.finish()
    #expect(try folder.bytes("copy.rmtw") == folder.bytes("model.rmtw"))
  }

  @Test func `a model may have no tokenizer`() throws {
    let folder = try TemporaryFolder()
    let model = try ModelFile(path: try ExampleModel.write(in: folder, hasTokenizer: false))
    #expect(!model.hasTokenizer)
    #expect(try model.tokenizer() == nil)
  }

  @Test func `opening touches neither parameters nor vocabulary, however long`() throws {
    // The parameters are a hole in the file, 4 GiB of it; the vocabulary is no text at all.
    let folder = try TemporaryFolder()
    var description = ExampleModel.description
    description.encoder.vocabularySize = 1 << 20
    description.encoder.hiddenSize = 1024
    let path = try HandmadeModel.write(in: folder, description: description) { $0 }
    let model = try ModelFile(path: path)
    #expect(model.weights.byteCount > 4 << 30)
    #expect(throws: ModelFileError.self) { try model.tokenizer() }
  }

  @Test func `too few and too many numbers are errors, and no file appears`() throws {
    let folder = try TemporaryFolder()
    for change in [-1, 1] {
      #expect(throws: WeightFileError.self) {
        var writer = try ModelFileWriter(
          path: folder.path("model"), collision: .keepExisting,
          description: ExampleModel.description, tokenizer: nil, provenance: [],
          elementType: .bf16)
        let count = ParameterCatalog(ExampleModel.description).elementCount + change
        let zeros = AlignedBuffer<Float>(count: count)
        try writer.write(floats: UnsafeBufferPointer(zeros.elements))
        try writer.finish()
      }
    }
    #expect(try folder.names == [])
  }

  @Test func `a model that exists is kept unless it is to be replaced`() throws {
    let folder = try TemporaryFolder()
    _ = try ExampleModel.write(in: folder)
    let bytes = try folder.bytes("model.rmtw")
    #expect(throws: FileError.self) { try ExampleModel.write(in: folder, elementType: .f16) }
    #expect(try folder.bytes("model.rmtw") == bytes)
  }
}
