import JSON
import ModelSchema
import TensorStorage
import TestSupport
import Testing
import Tokenizers
import WeightFile

@testable import ModelFile

@Suite struct ModelFileRefusalTests {
  private typealias Parts = HandmadeModel.Parts

  /// The clause by which a model is refused whose parts were changed.
  private func refusal(_ change: (inout Parts) -> Void) throws -> ModelFileError.Clause? {
    let folder = try TemporaryFolder()
    let path = try HandmadeModel.write(in: folder) { parts in
      var parts = parts
      change(&parts)
      return parts
    }
    do {
      _ = try ModelFile(path: path)
      return nil
    } catch let error as ModelFileError {
      #expect(error.path == path && !error.problem.isEmpty)
      return error.clause
    }
  }

  private func position(of name: String, in parts: Parts) -> Int {
    parts.tensors.firstIndex { $0.name == name } ?? 0
  }

  @Test func `the model from which the wrong ones are made is right`() throws {
    #expect(try refusal { _ in } == nil)
  }

  @Test func `refuses a file that holds something else`() throws {
    #expect(try refusal { $0.kind = "training" } == .kind(found: "training"))
  }

  @Test func `names a parameter that is missing`() throws {
    for name in ["encoder.layer.1.output.dense.bias", "memory.initial", "classifier.weight"] {
      let clause = try refusal { $0.tensors.remove(at: position(of: name, in: $0)) }
      guard case .missingParameter(name, _) = clause else {
        Issue.record("got \(String(describing: clause))")
        continue
      }
    }
  }

  @Test func `names a parameter of another shape, transposed ones included`() throws {
    let name = "encoder.layer.0.intermediate.dense.weight"
    let clause = try refusal {
      $0.tensors[position(of: name, in: $0)] =
        TensorDescription(name: name, elementType: .f32, shape: [8, 16])
    }
    #expect(clause == .parameterShape(name: name, found: [8, 16], expected: [16, 8]))
  }

  @Test func `names a parameter that is no floating-point tensor`() throws {
    let name = "pooler.dense.weight"
    let clause = try refusal {
      $0.tensors[position(of: name, in: $0)] =
        TensorDescription(name: name, elementType: .i32, shape: [8, 8])
    }
    #expect(clause == .parameterType(name: name, found: .i32))
  }

  @Test func `names a tensor that the model has no place for`() throws {
    let clause = try refusal {
      $0.tensors.append(TensorDescription(name: "extra", elementType: .f32, shape: [1]))
    }
    #expect(clause == .unexpectedTensor("extra"))
  }

  @Test func `refuses half a tokenizer and one of another type`() throws {
    #expect(try refusal { $0.tensors.removeFirst() } == .tokenizerParts)
    #expect(try refusal { $0.metadata["tokenizer"] = .some(.null) } == .tokenizerParts)
    let clause = try refusal {
      $0.tensors[0] = TensorDescription(
        name: ModelFile.vocabularyName, elementType: .i32, shape: [25])
    }
    #expect(clause == .tokenizerParts)
  }

  @Test(arguments: ["model", "tokenizer", "provenance"])
  func `names a member of the metadata that is missing`(name: String) throws {
    let clause = try refusal { $0.metadata[name] = nil }
    guard case .member(name, _) = clause else {
      Issue.record("got \(String(describing: clause))")
      return
    }
  }

  @Test func `refuses an unknown member of the metadata`() throws {
    #expect(try refusal { $0.metadata["extra"] = 1 } == .unknownMember("extra"))
  }

  @Test func `refuses a step without one of its members`() throws {
    let whole = try #require(ExampleModel.provenance[0].json.object)
    for member in whole.members {
      var step = whole
      step[member.name] = nil
      let clause = try refusal { $0.metadata["provenance"] = [.object(step)] }
      guard case .member("provenance.\(member.name)", _) = clause else {
        Issue.record("got \(String(describing: clause))")
        continue
      }
    }
  }

  @Test func `refuses a configuration that is wrong`() throws {
    #expect(throws: ConfigurationError.self) {
      try refusal { $0.metadata["model"] = ["architecture": "gpt2"] }
    }
  }

  @Test func `refuses a vocabulary that is longer than the embedding table`() throws {
    // The hundred zeros of the vocabulary have no newline: the first line does not end.
    let folder = try TemporaryFolder()
    let model = try ModelFile(path: try HandmadeModel.write(in: folder) { $0 })
    let error = #expect(throws: ModelFileError.self) { try model.tokenizer() }
    #expect(error?.clause == .vocabularyLine(1))

    var small = ExampleModel.description
    small.encoder.vocabularySize = 9
    let tooLong = #expect(throws: ModelFileError.self) {
      _ = try ModelFileWriter(
        path: folder.path("new"), collision: .keepExisting, description: small,
        tokenizer: ExampleModel.tokenizer(), provenance: [], elementType: .f32)
    }
    #expect(tooLong?.clause == .vocabularyTooLong(tokenCount: 10, rowCount: 9))
  }

  @Test(arguments: [ElementType.f64, .i8, .i32])
  func `stores parameters in no other type`(elementType: ElementType) throws {
    let folder = try TemporaryFolder()
    let error = #expect(throws: ModelFileError.self) {
      _ = try ModelFileWriter(
        path: folder.path("new"), collision: .keepExisting, description: ExampleModel.description,
        tokenizer: nil, provenance: [], elementType: elementType)
    }
    #expect(error?.clause == .storedType(elementType))
    #expect(error?.kind == .usage)
    #expect(try folder.names == [])
  }
}
