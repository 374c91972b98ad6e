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

@testable import FineTuning

/// Ten optimizer steps of PyTorch's AdamW with transformers' schedule, `Tests/Fixtures/steps.json`.
@Suite struct OptimizerStepsTests {
  private static let model = ModelDescription(
    encoder: EncoderConfiguration(
      vocabularySize: 100, hiddenSize: 32, layerCount: 3, headCount: 4, intermediateSize: 64,
      activation: .gelu, maximumPositions: 40, tokenTypeCount: 2, layerNormEpsilon: 1e-12,
      hiddenDropout: 0, attentionDropout: 0, classifierDropout: 0, initializerRange: 0.2),
    memory: MemoryConfiguration(tokenCount: 4, segmentPositions: 20, alignment: .right),
    labels: ["yes", "no", "maybe"])

  private func json(_ name: String) throws -> JSONValue {
    try JSONValue(contentsOf: Fixtures.path(name), maximumByteCount: 1 << 24)
  }

  /// The parameters that the steps begin with.
  private func parameters<Scalar: KernelScalar>(
    of type: Scalar.Type
  ) throws -> ParameterStore<Scalar> {
    let weights = try SafetensorsFile(path: Fixtures.path("bert-tiny/model.safetensors"))
    let memory = try SafetensorsFile(path: Fixtures.path("rmt.safetensors"))
    let store = ParameterStore<Scalar>(Self.model)
    for entry in store.layout.entries {
      let name = entry.parameter.name
      let tensor =
        name == "memory.initial"
        ? memory.tensor(named: name)
        : weights.tensor(named: name) ?? weights.tensor(named: "bert.\(name)")
      let source: any TensorSource = name == "memory.initial" ? memory : weights
      let numbers = try source.floats(of: #require(tensor))
      for (index, number) in zip(entry.range, numbers) { store.elements[index] = Scalar(number) }
    }
    return store
  }

  private func samples() throws -> [RecurrentSample] {
    let memory = try #require(Self.model.memory)
    return try #require(json("rmt.json")["documents"]?.array).map { document in
      RecurrentSample(
        tokens: try #require(document["ids"]?.array).compactMap { $0.integer.map(Int32.init) },
        label: try #require(document["label"]?.integer), memory: memory)
    }
  }

  private func trainer<Scalar: KernelScalar>(
    of type: Scalar.Type
  ) throws -> RecurrentTrainer<Scalar> {
    let tokenizer = try Tokenizer(
      vocabulary: WordPieceVocabulary(tokens: SmallVocabulary.special, file: "special"),
      settings: WordPieceSettings(lowercases: true))
    return RecurrentTrainer(
      try RecurrentPlan(Self.model, tokens: tokenizer.specialTokens), threadCount: 2, trains: true)
  }

  @Test(arguments: ["paper", "clipByValue", "clipByNorm"])
  func `in double precision ten steps are PyTorch's`(variant: String) throws {
    try check(variant, of: Double.self, tolerance: 1e-9)
  }

  @Test(arguments: ["paper", "clipByValue", "clipByNorm"])
  func `in single precision ten steps stay close to PyTorch's`(variant: String) throws {
    try check(variant, of: Float.self, tolerance: 2e-4)
  }

  private func check<Scalar: KernelScalar>(
    _ variant: String, of type: Scalar.Type, tolerance: Double
  ) throws {
    let golden = try #require(json("steps.json")["variants"]?[variant])
    let clipping: GradientClipping =
      if let limit = golden["clip"]?["value"]?.double {
        .value(limit)
      } else {
        .norm(try #require(golden["clip"]?["norm"]?.double))
      }
    let optimizer = AdamW(
      beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.001,
      decayScope: golden["decaysBiasAndNorms"] == true ? .all : .matrices)
    let schedule = LearningRateSchedule(shape: .linear, learningRate: 1e-3, warmUpStepCount: 2)
    let team = ThreadTeam(threadCount: 2)
    let (parameters, samples) = (try parameters(of: type), try samples())
    let gradients = ParameterStore<Scalar>(Self.model)
    let first = ParameterStore<Scalar>(Self.model)
    let second = ParameterStore<Scalar>(Self.model)
    let trainer = try trainer(of: type)
    let objective = RecurrentObjective(lossSegments: .last, backpropagation: .full)
    func pass(_ batch: [RecurrentSample]) -> Double {
      let loss = trainer.accumulateGradients(
        batch, firstSample: 0, objective: objective, scale: 1 / Double(batch.count),
        dropoutKey: nil, parameters: parameters.parameters, into: gradients)
      return loss.lossSum / Double(batch.count)
    }

    let steps = try #require(golden["steps"]?.array)
    #expect(steps.count == 10)
    for (number, step) in steps.enumerated() {
      let batch = try #require(step["batch"]?.array).compactMap { $0.integer.map { samples[$0] } }
      let loss = pass(batch)
      #expect(abs(loss - (step["loss"]?.double ?? .nan)) < tolerance, "loss of step \(number)")
      let clip = clipping.clip(for: gradients.elements, team: team)
      #expect(
        abs(clip.norm - (step["gradientNorm"]?.double ?? .nan)) < 100 * tolerance,
        "norm of step \(number)")
      let rate = schedule.rate(step: number, stepCount: 10)
      #expect(abs(rate - (step["learningRate"]?.double ?? .nan)) < 1e-15)
      optimizer.update(
        parameters, gradients: gradients, clip: clip, firstMoment: first, secondMoment: second,
        number: number + 1, learningRate: rate, team: team)
      #expect(gradients.elements.allSatisfy { $0 == 0 }, "gradients that were used")
    }
    let final = try #require(golden["finalLossOfAllDocuments"]?.double)
    #expect(abs(pass(samples) - final) < tolerance)
    for value in try #require(golden["finalParameters"]?.array) {
      let name = try #require(value["parameter"]?.string)
      // Keys' biases have no gradient but rounding noise, which Adam turns into steps.
      if name.hasSuffix("key.bias") { continue }
      let numbers = try #require(parameters.elements(named: name))
      let found = Double(numbers[try #require(value["index"]?.integer)])
      #expect(abs(found - (value["value"]?.double ?? .nan)) < 10 * tolerance, "\(name)")
    }
  }
}
