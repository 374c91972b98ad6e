import JSON
import Kernels
import ModelSchema
import Randomness
import Safetensors
import TensorStorage
import TestSupport
import Testing
import Transformer

/// Masked language modelling: gradients against central differences, and against transformers.
@Suite struct MaskedLanguageModelTests {
  private static let sequences = [
    MaskedSequence(
      tokenIDs: [2, 4, 9, 7, 3],
      hidden: [MaskedToken(row: 1, id: 8), MaskedToken(row: 3, id: 7)]),
    MaskedSequence(tokenIDs: [2, 5, 3], hidden: []),
    MaskedSequence(
      tokenIDs: [2, 9, 9, 4, 10, 3],
      hidden: [
        MaskedToken(row: 4, id: 5), MaskedToken(row: 2, id: 9), MaskedToken(row: 3, id: 6),
      ]),
  ]

  @Test(arguments: EncoderConfiguration.Activation.allCases, [0.0, 0.3])
  func `every parameter's gradient is the difference quotient`(
    _ activation: EncoderConfiguration.Activation, dropout: Double
  ) {
    expectDifferenceQuotients(.headed(activation: activation, dropout: dropout))
  }

  @Test(arguments: TinyRelative.allCases)
  func `so is every relative's`(relative: TinyRelative) {
    expectDifferenceQuotients(.headed(relative, dropout: 0.3))
  }

  private func expectDifferenceQuotients(_ model: ModelDescription) {
    let pass = MaskedPass<Double>(model)
    let gradients = ParameterStore<Double>(pass.model)
    pass.loss(of: Self.sequences, into: gradients)
    var stream = RandomStream(seed: 9)
    for entry in pass.store.layout.entries where !entry.parameter.name.hasPrefix("pooler") {
      let values = pass.store.elements(of: entry)
      for _ in 0..<min(6, values.count) {
        let index = stream.index(below: values.count)
        let step = 1e-5
        values[index] += step
        let above = pass.loss(of: Self.sequences)
        values[index] -= 2 * step
        let below = pass.loss(of: Self.sequences)
        values[index] += step
        let slope = (above - below) / (2 * step)
        let gradient = gradients.elements(of: entry)[index]
        #expect(
          abs(gradient - slope) < 1e-6 * (1 + abs(slope)), "\(entry.parameter.name)[\(index)]")
      }
    }
  }

  @Test
  func
    `the loss is the same with and without gradients, and rows without a hidden token count for nothing`()
    throws
  {
    let pass = MaskedPass<Double>(.headed())
    let all = pass.loss(of: Self.sequences)
    let read = pass.language.loss(of: Self.sequences[...], parameters: pass.store.parameters)
    #expect(abs(all - read.lossSum * pass.scale) < 1e-12)
    let apart = Self.sequences.reduce(0) { $0 + pass.loss(of: [$1]) }
    #expect(abs(all - apart) < 1e-12)
    #expect(pass.loss(of: [Self.sequences[1]]) == 0)
  }

  @Test func `a token is named when its logit is the largest`() throws {
    let pass = MaskedPass<Double>(.headed())
    let head = try #require(pass.store.parameters.maskedTokenHead)
    head.decoder.bias[7] = 1000
    let outcome = pass.language.loss(of: Self.sequences[...], parameters: pass.store.parameters)
    #expect(outcome.correctCount == 1)
    #expect(outcome.lossSum > 3000)
  }

  @Test func `any number of threads gives the same gradients`() {
    let sequences = (0..<30).map { Self.sequences[$0 % 3] }
    func gradients(threadCount: Int) -> [UInt32] {
      let pass = MaskedPass<Float>(.headed(dropout: 0.2), rows: 200, threadCount: threadCount)
      let gradients = ParameterStore<Float>(pass.model)
      pass.loss(of: sequences, into: gradients)
      return gradients.elements.map(\.bitPattern)
    }
    let alone = gradients(threadCount: 1)
    for threadCount in [2, 3, 8] {
      #expect(gradients(threadCount: threadCount) == alone, "\(threadCount) threads")
    }
  }

  @Test func `loss and every gradient are those of transformers' BertForMaskedLM`() throws {
    try checkGolden(Double.self, tolerance: 1e-11)
    try checkGolden(Float.self, tolerance: 2e-5)
  }

  private func checkGolden<Scalar: KernelScalar>(_ type: Scalar.Type, tolerance: Double) throws {
    let golden = try SafetensorsFile(path: Fixtures.path("masked.safetensors"))
    let encoder = try SafetensorsFile(path: Fixtures.path("bert-tiny/model.safetensors"))
    let facts = try JSONValue(contentsOf: Fixtures.path("masked.json"), maximumByteCount: 1 << 20)
    let sequences = try #require(facts["sequences"]?.array).map { value in
      func integers(_ name: String) -> [Int] { value[name]?.array?.compactMap(\.integer) ?? [] }
      return MaskedSequence(
        tokenIDs: integers("ids").map(Int32.init),
        hidden: zip(integers("rows"), integers("labels")).map {
          MaskedToken(row: $0, id: Int32($1))
        })
    }
    let pass = MaskedPass<Scalar>(
      .golden, rows: 40, length: 40,
      scale: 1 / Double(sequences.reduce(0) { $0 + $1.hidden.count }))
    for entry in pass.store.layout.entries {
      let name = entry.parameter.name
      let tensor = try #require(
        golden.tensor(named: "parameter.\(name)") ?? encoder.tensor(named: "bert.\(name)"))
      let file = name.hasPrefix("cls.") ? golden : encoder
      for (index, value) in try file.floats(of: tensor).enumerated() {
        pass.store.elements(of: entry)[index] = Scalar(value)
      }
    }
    let gradients = ParameterStore<Scalar>(pass.model)
    let loss = pass.loss(of: sequences, into: gradients)
    #expect(abs(loss - (facts["loss"]?.double ?? 0)) < tolerance)
    for entry in gradients.layout.entries where !entry.parameter.name.hasPrefix("pooler") {
      let name = entry.parameter.name
      let tensor = try #require(golden.tensor(named: "gradient.\(name)"), "\(name)")
      let expected = try file64(golden, tensor)
      let size = expected.reduce(0) { max($0, abs($1)) } + 1e-3
      let worst = zip(gradients.elements(of: entry), expected).reduce(0.0) {
        max($0, abs(Double($1.0) - $1.1))
      }
      #expect(worst < tolerance * size, "\(name)")
    }
  }

  private func file64(_ file: SafetensorsFile, _ tensor: TensorDescription) throws -> [Double] {
    #expect(tensor.elementType == .f64)
    return try file.bytes(of: tensor).withUnsafeBytes { bytes in
      (0..<tensor.shape.elementCount).map {
        bytes.loadUnaligned(fromByteOffset: $0 * 8, as: Double.self)
      }
    }
  }
}

extension ModelDescription {
  /// A tiny model with the head.
  fileprivate static func headed(
    _ relative: TinyRelative = .plain, activation: EncoderConfiguration.Activation = .gelu,
    dropout: Double = 0
  ) -> ModelDescription {
    var model = tiny(relative, activation: activation, dropout: dropout)
    model.predictsMaskedTokens = true
    return model
  }

  /// The goldens' bert-tiny with the head.
  fileprivate static var golden: ModelDescription {
    ModelDescription(
      encoder: EncoderConfiguration(
        vocabularySize: 100, hiddenSize: 32, layerCount: 3, headCount: 4, intermediateSize: 64,
        activation: .gelu, maximumPositions: 40, tokenTypeCount: 2, layerNormEpsilon: 1e-12,
        hiddenDropout: 0, attentionDropout: 0, classifierDropout: 0, initializerRange: 0.2),
      memory: nil, labels: [], predictsMaskedTokens: true)
  }
}

/// One pass with random numbers.
private final class MaskedPass<Scalar: KernelScalar> {
  let model: ModelDescription
  let store: ParameterStore<Scalar>
  let language: MaskedLanguageModel<Scalar>
  let scale: Double

  init(
    _ model: ModelDescription, rows: Int = 20, length: Int = 9, threadCount: Int = 1,
    scale: Double = 0.2
  ) {
    self.model = model
    self.scale = scale
    store = ParameterStore(model)
    store.randomize(seed: 1)
    language = MaskedLanguageModel(
      model,
      capacity: MaskedLanguageModel<Scalar>.Capacity(
        rows: EncoderCapacity(rowCount: rows, sequenceLength: length), hiddenTokenCount: rows),
      team: ThreadTeam(threadCount: threadCount))
  }

  /// scale·Σ loss, with the same dropout every time.
  @discardableResult
  func loss(of sequences: [MaskedSequence], into gradients: ParameterStore<Scalar>? = nil) -> Double
  {
    let gradients = gradients ?? ParameterStore<Scalar>(model)
    return scale
      * language.accumulate(
        sequences[...], firstSequence: 3, scale: scale, dropoutKey: [3, 4],
        parameters: store.parameters, gradients: gradients.parameters
      ).lossSum
  }
}
