import TensorStorage
import Testing

@testable import ModelSchema

@Suite struct ParameterCatalogTests {
  private func catalog(memory: MemoryConfiguration? = nil, labels: [String] = [])
    -> ParameterCatalog
  {
    ParameterCatalog(
      ModelDescription(encoder: ExampleConfiguration.base, memory: memory, labels: labels))
  }

  @Test func `bert-base with its pooler has 109,482,240 numbers in 199 parameters`() {
    #expect(catalog().elementCount == 109_482_240)
    #expect(catalog().parameters.count == 199)
  }

  @Test func `memory adds m rows, labels a classifier`() throws {
    let memory = MemoryConfiguration(tokenCount: 10, segmentPositions: 512, alignment: .right)
    let catalog = catalog(memory: memory, labels: ["a", "b", "c"])
    #expect(catalog.elementCount == 109_482_240 + 10 * 768 + 3 * 768 + 3)
    #expect(
      catalog.parameters.suffix(3).map(\.name) == [
        "memory.initial", "classifier.weight", "classifier.bias",
      ])
    #expect(catalog.parameter(named: "memory.initial")?.shape == [10, 768])
    #expect(catalog.parameter(named: "memory.initial")?.role == .memory)
    #expect(catalog.parameter(named: "classifier.weight")?.shape == [3, 768])
  }

  @Test func `the head of masked language modelling comes last, its decoder tied`() {
    let catalog = ParameterCatalog(
      ModelDescription(
        encoder: ExampleConfiguration.base, memory: nil, labels: ["a"], predictsMaskedTokens: true))
    #expect(catalog.elementCount == 109_482_240 + 768 + 1 + 768 * 768 + 3 * 768 + 30522)
    #expect(
      catalog.parameters.suffix(5).map { "\($0.name) \($0.shape)" } == [
        "cls.predictions.transform.dense.weight [768, 768]",
        "cls.predictions.transform.dense.bias [768]",
        "cls.predictions.transform.LayerNorm.weight [768]",
        "cls.predictions.transform.LayerNorm.bias [768]", "cls.predictions.bias [30522]",
      ])
  }

  @Test func `a layer has Hugging Face's names and shapes`() {
    let prefix = "encoder.layer.11."
    let layer = catalog().parameters.filter { $0.name.hasPrefix(prefix) }
    let found = layer.map { "\($0.name.dropFirst(prefix.count)) \($0.shape)" }
    #expect(
      found == [
        "attention.self.query.weight [768, 768]", "attention.self.query.bias [768]",
        "attention.self.key.weight [768, 768]", "attention.self.key.bias [768]",
        "attention.self.value.weight [768, 768]", "attention.self.value.bias [768]",
        "attention.output.dense.weight [768, 768]", "attention.output.dense.bias [768]",
        "attention.output.LayerNorm.weight [768]", "attention.output.LayerNorm.bias [768]",
        "intermediate.dense.weight [3072, 768]", "intermediate.dense.bias [3072]",
        "output.dense.weight [768, 3072]", "output.dense.bias [768]",
        "output.LayerNorm.weight [768]", "output.LayerNorm.bias [768]",
      ])
  }

  @Test func `tables, norms and pooler have their shapes and roles`() {
    let expected: [(String, Shape, ParameterDescription.Role)] = [
      ("embeddings.word_embeddings.weight", [30522, 768], .embedding),
      ("embeddings.position_embeddings.weight", [512, 768], .embedding),
      ("embeddings.token_type_embeddings.weight", [2, 768], .embedding),
      ("embeddings.LayerNorm.weight", [768], .gain),
      ("embeddings.LayerNorm.bias", [768], .normBias),
      ("pooler.dense.weight", [768, 768], .weight),
      ("pooler.dense.bias", [768], .bias),
    ]
    for (name, shape, role) in expected {
      let parameter = catalog().parameter(named: name)
      #expect(parameter?.shape == shape && parameter?.role == role, "\(name)")
    }
    #expect(catalog().parameter(named: "layer") == nil)
  }

  @Test func `no name occurs twice`() {
    let names = catalog(labels: ["a"]).parameters.map(\.name)
    #expect(Set(names).count == names.count)
  }
}
