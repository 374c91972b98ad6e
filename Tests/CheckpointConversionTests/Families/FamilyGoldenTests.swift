import Kernels
import ModelFile
import ModelSchema
import RecurrentMemory
import TensorStorage
import TestSupport
import Testing
import Tokenizers
import Transformer

@testable import CheckpointConversion

/// BERT's relatives, converted, against transformers: hidden states of every layer, logits, the
/// recurrence and its gradients.
@Suite struct FamilyGoldenTests {
  @Test(arguments: FamilyGolden.encoderNames)
  func `hidden states of every layer agree with the reference`(name: String) throws {
    let golden = try FamilyGolden(name)
    try checkStates(golden, Double.self, tolerance: 2e-12)
    try checkStates(golden, Float.self, tolerance: 2e-5)
  }

  @Test(arguments: FamilyGolden.names)
  func `a sequence is read to the reference's logits`(name: String) throws {
    let golden = try FamilyGolden(name)
    let reader = SequenceReader(model: golden.model, threadCount: 2)
    for ids in golden.sequences {
      let expected = try golden.numbers("\(ids.count).logits")
      let found = try reader.read(ids.map(Int32.init)).logits
      #expect(worst(found.map(Double.init), expected) < 2e-5)
    }
  }

  @Test(arguments: FamilyGolden.names)
  func `memory carried over segments gives the reference's logits`(name: String) throws {
    let golden = try FamilyGolden(name)
    try checkRecurrence(golden, Double.self, tolerance: 1e-11)
    try checkRecurrence(golden, Float.self, tolerance: 5e-5)
  }

  @Test(arguments: FamilyGolden.names)
  func `every gradient through three segments is the reference's`(name: String) throws {
    let golden = try FamilyGolden(name)
    for backpropagation in [Backpropagation.full, .replay] {
      try checkGradients(golden, Double.self, backpropagation, tolerance: 1e-11)
      try checkGradients(golden, Float.self, backpropagation, tolerance: 5e-5)
    }
  }

  private func worst(_ found: [Double], _ expected: [Double]) -> Double {
    found.count == expected.count
      ? zip(found, expected).reduce(0) { max($0, abs($1.0 - $1.1)) } : .infinity
  }

  private func checkStates<Scalar: KernelScalar>(
    _ golden: FamilyGolden, _ type: Scalar.Type, tolerance: Double
  ) throws {
    let store = try golden.store(of: type), configuration = golden.description.encoder
    let encoder = Encoder<Scalar>(configuration), width = configuration.embeddingWidth
    for ids in golden.sequences {
      let batch = SequenceBatch(lengths: [ids.count])
      let capacity = EncoderCapacity(rowCount: ids.count, sequenceLength: ids.count)
      let activations = EncoderActivations<Scalar>(
        configuration, capacity: capacity, keepsEveryLayer: true)
      let workspace = EncoderWorkspace<Scalar>(
        golden.description, capacity: capacity, team: ThreadTeam(threadCount: 2), trains: false)
      for (row, id) in ids.enumerated() {
        (activations.inputs + row * width).update(
          from: store.parameters.embeddings.word + id * width, count: width)
      }
      encoder.forward(
        store.parameters, batch: batch, reading: batch, dropout: nil, activations: activations,
        workspace: workspace)
      for layer in 0...configuration.layerCount {
        let states = layer == 0 ? activations.embedded : activations.output(of: layer - 1)
        let found = (0..<ids.count * configuration.hiddenSize).map { Double(states[$0]) }
        let expected = try golden.numbers("\(ids.count).hidden.\(layer)")
        #expect(worst(found, expected) < tolerance, "\(ids.count) ids, layer \(layer)")
      }
    }
  }

  private func trainer<Scalar: KernelScalar>(
    _ golden: FamilyGolden, _ type: Scalar.Type
  ) throws -> RecurrentTrainer<Scalar> {
    let tokens = SpecialTokens(padding: 0, unknown: 4, classification: 2, separator: 3, mask: 4)
    return RecurrentTrainer(
      try RecurrentPlan(golden.description, tokens: tokens), threadCount: 2, trains: true)
  }

  private func checkRecurrence<Scalar: KernelScalar>(
    _ golden: FamilyGolden, _ type: Scalar.Type, tolerance: Double
  ) throws {
    let document = try golden.document
    let whole = RecurrentSample(tokens: document, label: 0, memory: golden.memory)
    // The logits of a segment are those of the document that ends there.
    let documents = whole.pieces.map {
      RecurrentSample(
        tokens: Array(document[..<$0.upperBound]), label: 0, memory: golden.memory)
    }
    let store = try golden.store(of: type)
    let found = try trainer(golden, type).logits(documents, parameters: store.parameters)
    let expected = try golden.numbers("recurrence.logits")
    #expect(worst(found.joined().map { Double($0) }, expected) < tolerance)
  }

  private func checkGradients<Scalar: KernelScalar>(
    _ golden: FamilyGolden, _ type: Scalar.Type, _ backpropagation: Backpropagation,
    tolerance: Double
  ) throws {
    let sample = RecurrentSample(
      tokens: try golden.document, label: golden.label, memory: golden.memory)
    let found = ParameterStore<Scalar>(golden.description)
    let store = try golden.store(of: type)
    let loss = try trainer(golden, type).accumulateGradients(
      [sample], firstSample: 0,
      objective: RecurrentObjective(lossSegments: .last, backpropagation: backpropagation),
      scale: 1, dropoutKey: nil, parameters: store.parameters, into: found)
    #expect(abs(loss.lossSum - (try golden.loss)) < tolerance)
    let expected = try golden.gradients()
    #expect(Set(expected.keys) == Set(found.layout.entries.map(\.parameter.name)))
    let size = expected.values.joined().reduce(0) { max($0, abs($1)) }
    for entry in found.layout.entries {
      let values = found.elements(of: entry).map { Double($0) }
      let name = entry.parameter.name
      #expect(worst(values, expected[name] ?? []) < tolerance * size, "\(name)")
    }
  }
}
