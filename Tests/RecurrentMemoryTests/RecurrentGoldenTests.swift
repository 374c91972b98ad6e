import Foundation
import JSON
import Kernels
import ModelSchema
import RecurrentMemory
import Safetensors
import TensorStorage
import TestSupport
import Testing
import Tokenizers
import Transformer

/// The recurrence over five documents of unequal lengths against an independent implementation in
/// torch (Tests/Fixtures/recurrence.py): logits, losses and every gradient through 4 segments.
@Suite struct RecurrentGoldenTests {
  static let objectives: [(String, RecurrentObjective)] = [
    ("full", RecurrentObjective(lossSegments: .last, backpropagation: .full)),
    ("truncated1", RecurrentObjective(lossSegments: .last, backpropagation: .truncated(1))),
    ("truncated2", RecurrentObjective(lossSegments: .last, backpropagation: .truncated(2))),
    ("everySegment", RecurrentObjective(lossSegments: .all, backpropagation: .full)),
  ]

  @Test(arguments: objectives)
  func `every gradient agrees, in double to the golden's precision`(
    _ variant: String, _ objective: RecurrentObjective
  ) throws {
    // The golden's gradients are stored as f32: half an ulp of the largest.
    try check(Double.self, variant, objective, tolerance: 1e-7)
  }

  @Test(arguments: objectives)
  func `every gradient agrees in float`(
    _ variant: String, _ objective: RecurrentObjective
  ) throws {
    try check(Float.self, variant, objective, tolerance: 5e-6)
  }

  @Test func `logits of the last segment agree`() throws {
    let golden = try RecurrentGolden<Float>()
    let logits = golden.trainer.logits(golden.samples, parameters: golden.store.parameters)
    for (document, found) in logits.enumerated() {
      let expected = try golden.doubles("document.\(document).logits").suffix(3)
      for (one, other) in zip(found, expected) { #expect(abs(Double(one) - other) < 2e-5) }
    }
  }

  private func check<Scalar: KernelScalar>(
    _ type: Scalar.Type, _ variant: String, _ objective: RecurrentObjective, tolerance: Double
  ) throws {
    let golden = try RecurrentGolden<Scalar>()
    let gradients = ParameterStore<Scalar>(golden.model)
    let scale = 1 / Double(golden.samples.count)
    let loss = golden.trainer.accumulateGradients(
      golden.samples, firstSample: 0, objective: objective, scale: scale, dropoutKey: nil,
      parameters: golden.store.parameters, into: gradients)
    let expectedLoss = try #require(golden.json["losses"]?[variant]?.double)
    #expect(abs(loss.lossSum * scale - expectedLoss) < 10 * tolerance)
    #expect(loss.sampleCount == golden.samples.count)
    // Each segment has its tokens, 4 of memory and 3 special ones.
    #expect(
      loss.positionCount
        == golden.samples.reduce(0) { $0 + $1.tokens.count + 7 * $1.segmentCount })
    let right = try golden.samples.indices.count { index in
      let logits = try golden.doubles("document.\(index).logits").suffix(3)
      let best = logits.indices.max { logits[$0] < logits[$1] } ?? 0
      return best - logits.startIndex == golden.samples[index].label
    }
    #expect(loss.correctCount == right)
    let size = gradients.elements.reduce(0) { max($0, abs(Double($1))) }
    for entry in gradients.layout.entries {
      let name = "\(variant).gradient.\(entry.parameter.name)"
      let tensor = try #require(golden.file.tensor(named: name), "\(name)")
      let expected = try golden.file.floats(of: tensor)
      #expect(expected.count == gradients.elements(of: entry).count)
      let worst = zip(gradients.elements(of: entry), expected).reduce(0.0) {
        max($0, abs(Double($1.0) - Double($1.1)))
      }
      #expect(worst <= tolerance * size, "\(name)")
    }
  }
}

/// The golden's model, memory and documents.
struct RecurrentGolden<Scalar: KernelScalar> {
  let json: JSONValue
  let file: SafetensorsFile
  let model: ModelDescription
  let store: ParameterStore<Scalar>
  let samples: [RecurrentSample]
  let trainer: RecurrentTrainer<Scalar>

  init() throws {
    json = try JSONValue(contentsOf: Fixtures.path("rmt.json"), maximumByteCount: 1 << 20)
    file = try SafetensorsFile(path: Fixtures.path("rmt.safetensors"))
    let weights = try SafetensorsFile(path: Fixtures.path("bert-tiny/model.safetensors"))
    let memory = MemoryConfiguration(tokenCount: 4, segmentPositions: 20, alignment: .right)
    model = ModelDescription(
      encoder: EncoderConfiguration(
        vocabularySize: 100, hiddenSize: 32, layerCount: 3, headCount: 4, intermediateSize: 64,
        activation: .gelu, maximumPositions: 40, tokenTypeCount: 2, layerNormEpsilon: 1e-12,
        hiddenDropout: 0.1, attentionDropout: 0.1, classifierDropout: 0.1, initializerRange: 0.2),
      memory: memory, labels: ["yes", "no", "maybe"])
    store = ParameterStore(model)
    for entry in store.layout.entries {
      let name = entry.parameter.name
      let found: (any TensorSource, TensorDescription?) =
        name == "memory.initial"
        ? (file, file.tensor(named: name))
        : (weights, weights.tensor(named: name) ?? weights.tensor(named: "bert.\(name)"))
      let tensor = try #require(found.1, "\(name)")
      for (index, value) in try found.0.floats(of: tensor).enumerated() {
        store.elements(of: entry)[index] = Scalar(value)
      }
    }
    let documents = try #require(json["documents"]?.array)
    samples = try documents.map { document in
      let ids = try #require(document["ids"]?.array)
      let label = try #require(document["label"]?.integer)
      return RecurrentSample(
        tokens: ids.compactMap { $0.integer.map(Int32.init) }, label: label, memory: memory)
    }
    let tokens = SpecialTokens(padding: 0, unknown: 1, classification: 2, separator: 3, mask: 4)
    trainer = RecurrentTrainer(
      try RecurrentPlan(model, tokens: tokens), threadCount: 2, trains: true)
  }

  func doubles(_ name: String) throws -> [Double] {
    let tensor = try #require(file.tensor(named: name), "\(name)")
    return try file.bytes(of: tensor).withUnsafeBytes { bytes in
      (0..<tensor.shape.elementCount).map {
        bytes.loadUnaligned(fromByteOffset: $0 * 8, as: Double.self)
      }
    }
  }
}
