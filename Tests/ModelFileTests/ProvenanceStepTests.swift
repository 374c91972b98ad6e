import JSON
import TensorStorage
import TestSupport
import Testing
import WeightFile

@testable import ModelFile

@Suite struct ProvenanceStepTests {
  @Test func `a step comes back from its JSON`() throws {
    for step in ExampleModel.provenance {
      let text = step.json.serialized(pretty: false)
      let value = try JSONValue(parsing: Array(text.utf8), file: "step")
      #expect(try ProvenanceStep(json: value, path: "step") == step)
    }
  }

  @Test func `a source is its name without folders, its size and its checksum`() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(Array("abc".utf8), to: "vocab.txt")
    let source = try ProvenanceStep.Source(path: path)
    #expect(source.name == "vocab.txt")
    #expect(source.byteCount == 3)
    #expect(source.checksum.description == "78af5f94892f3950")
  }
}
