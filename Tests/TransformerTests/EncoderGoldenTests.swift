import Foundation
import JSON
import Kernels
import ModelSchema
import Safetensors
import TensorStorage
import TestSupport
import Testing
import Transformer

/// Hidden states of every layer, pooled output and logits against transformers' BertModel.
@Suite struct EncoderGoldenTests {
  @Test func `double agrees with the reference to rounding`() throws {
    try check(Double.self, tolerance: 2e-12)
  }

  @Test func `float agrees with the reference to 2e-5`() throws {
    try check(Float.self, tolerance: 2e-5)
  }

  private func check<Scalar: KernelScalar>(_ type: Scalar.Type, tolerance: Double) throws {
    let cases = try JSONValue(
      contentsOf: Fixtures.path("encoder.json"), maximumByteCount: 1 << 20)["cases"]
    let golden = try SafetensorsFile(path: Fixtures.path("encoder.safetensors"))
    for value in try #require(cases?.array) {
      let name = try #require(value["name"]?.string)
      let ids = try #require(value["ids"]?.array).compactMap(\.integer)
      let exact = value["hidden_act"]?.string == "gelu"
      let pass = try GoldenPass<Scalar>(
        weights: Fixtures.path("bert-tiny/model.safetensors"), ids: ids,
        activation: exact ? .gelu : .geluTanh)
      func expect(_ array: String, _ found: [Double]) throws {
        let expected = try doubles(golden, "\(name).\(array)")
        #expect(expected.count == found.count, "\(name).\(array)")
        let worst = zip(found, expected).reduce(0.0) { max($0, abs($1.0 - $1.1)) }
        #expect(worst <= tolerance, "\(name).\(array)")
      }
      for layer in 0...3 { try expect("hidden.\(layer)", pass.hidden(layer)) }
      try expect("pooler_output", pass.pooled)
      try expect("logits", pass.logits)
    }
  }
}

/// The numbers of an f64 tensor.
private func doubles(_ file: SafetensorsFile, _ name: String) throws -> [Double] {
  let tensor = try #require(file.tensor(named: name), "\(name)")
  #expect(tensor.elementType == .f64)
  return try file.bytes(of: tensor).withUnsafeBytes { bytes in
    (0..<tensor.shape.elementCount).map {
      bytes.loadUnaligned(fromByteOffset: $0 * 8, as: Double.self)
    }
  }
}

/// bert-tiny applied to one sequence of ids.
private struct GoldenPass<Scalar: KernelScalar> {
  let pooled: [Double]
  let logits: [Double]
  private let activations: EncoderActivations<Scalar>
  private let count: Int

  init(weights path: String, ids: [Int], activation: EncoderConfiguration.Activation) throws {
    let model = ModelDescription(
      encoder: EncoderConfiguration(
        vocabularySize: 100, hiddenSize: 32, layerCount: 3, headCount: 4, intermediateSize: 64,
        activation: activation, maximumPositions: 40, tokenTypeCount: 2, layerNormEpsilon: 1e-12,
        hiddenDropout: 0.1, attentionDropout: 0.1, classifierDropout: 0.1, initializerRange: 0.2),
      memory: nil, labels: ["yes", "no", "maybe"])
    let file = try SafetensorsFile(path: path)
    let store = ParameterStore<Scalar>(model)
    for entry in store.layout.entries {
      let name = entry.parameter.name
      let tensor = try #require(file.tensor(named: name) ?? file.tensor(named: "bert.\(name)"))
      for (index, value) in try file.floats(of: tensor).enumerated() {
        store.elements(of: entry)[index] = Scalar(value)
      }
    }
    let width = model.encoder.hiddenSize
    let batch = SequenceBatch(lengths: [ids.count])
    let capacity = EncoderCapacity(rowCount: ids.count, sequenceLength: ids.count)
    let workspace = EncoderWorkspace<Scalar>(
      model, capacity: capacity, team: ThreadTeam(threadCount: 2), trains: false)
    activations = EncoderActivations(model.encoder, capacity: capacity, keepsEveryLayer: true)
    for (row, id) in ids.enumerated() {
      (activations.inputs + row * width).update(
        from: store.parameters.embeddings.word + id * width, count: width)
    }
    Encoder(model.encoder).forward(
      store.parameters, batch: batch, reading: batch, dropout: nil, activations: activations,
      workspace: workspace)
    var pooled = [Scalar](repeating: 0, count: width), logits: [Scalar] = [0, 0, 0]
    store.parameters.pooler.forward(
      activations.output, rows: 1, into: &pooled, workspace: workspace)
    let classifier = try #require(store.parameters.classifier)
    Classifier.forward(classifier, pooled, rows: 1, into: &logits, workspace: workspace)
    self.pooled = pooled.map { Double($0) }
    self.logits = logits.map { Double($0) }
    count = ids.count * width
  }

  /// Hidden states after `layer` layers.
  func hidden(_ layer: Int) -> [Double] {
    let states = layer == 0 ? activations.embedded : activations.output(of: layer - 1)
    return (0..<count).map { Double(states[$0]) }
  }
}
