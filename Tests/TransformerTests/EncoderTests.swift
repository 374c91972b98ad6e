import Foundation
import Kernels
import ModelSchema
import Randomness
import Testing
import Transformer

@Suite struct EncoderTests {
  private let model = ModelDescription.tiny()

  private func outputs(
    lengths: [Int], inputs: [Float], threadCount: Int = 1, model: ModelDescription = .tiny(),
    readCount: Int = .max
  ) -> [Float] {
    let store = ParameterStore<Float>(model)
    store.randomize(seed: 4)
    let batch = SequenceBatch(lengths: lengths)
    let capacity = EncoderCapacity(rowCount: batch.rowCount, sequenceLength: batch.longestLength)
    let activations = EncoderActivations<Float>(
      model.encoder, capacity: capacity, keepsEveryLayer: false)
    activations.inputs.update(from: inputs, count: inputs.count)
    let reading = batch.leading(readCount)
    Encoder(model.encoder).forward(
      store.parameters, batch: batch, reading: reading, dropout: nil, activations: activations,
      workspace: EncoderWorkspace(
        model, capacity: capacity, team: ThreadTeam(threadCount: threadCount),
        trains: false))
    return (0..<reading.rowCount * model.encoder.hiddenSize).map { activations.output[$0] }
  }

  private func inputs(rows: Int) -> [Float] {
    var stream = RandomStream(seed: 5)
    return (0..<rows * model.encoder.hiddenSize).map { _ in
      Float(stream.normal(standardDeviation: 1))
    }
  }

  @Test func `a sequence comes out the same alone and beside others`() {
    let inputs = inputs(rows: 12), width = model.encoder.hiddenSize
    let together = outputs(lengths: [4, 8], inputs: inputs)
    let first = outputs(lengths: [4], inputs: Array(inputs[..<(4 * width)]))
    let second = outputs(lengths: [8], inputs: Array(inputs[(4 * width)...]))
    for (one, other) in zip(together, first + second) { #expect(abs(one - other) < 1e-5) }
  }

  @Test func `rows that are read come out as they do when all are`() {
    let lengths = [5, 2, 9], width = model.encoder.hiddenSize
    let inputs = inputs(rows: 16)
    let all = outputs(lengths: lengths, inputs: inputs)
    let read = outputs(lengths: lengths, inputs: inputs, readCount: 3)
    let rows = [0, 1, 2, 5, 6, 7, 8, 9]
    #expect(read == rows.flatMap { all[$0 * width..<($0 + 1) * width] })
  }

  @Test(arguments: EncoderConfiguration.Activation.allCases)
  func `any number of threads gives the same bits`(_ activation: EncoderConfiguration.Activation) {
    // Five grains of rows; the inner width of 12 leaves tails at other places in every split.
    let lengths = [9, 4, 9, 9, 7]
    let model = ModelDescription.tiny(activation: activation)
    let inputs = inputs(rows: lengths.reduce(0, +))
    let alone = outputs(lengths: lengths, inputs: inputs, model: model)
    for threadCount in [2, 3, 5, 8] {
      let shared = outputs(
        lengths: lengths, inputs: inputs, threadCount: threadCount, model: model)
      #expect(shared == alone, "\(threadCount) threads")
    }
  }
}

@Suite struct ClassifierTests {
  @Test func `probabilities are the logits' softmax, whatever their size`() {
    let values = Classifier<Double>.probabilities([1, -2, 0.5])
    let sum = exp(1) + exp(-2) + exp(0.5)
    for (value, power) in zip(values, [exp(1.0), exp(-2), exp(0.5)]) {
      #expect(abs(value - power / sum) < 1e-15)
    }
    #expect(Classifier<Float>.probabilities([3e38, -3e38]) == [1, 0])
  }

  @Test func `cross-entropy and its gradient are the formula`() {
    let logits: [Double] = [1, -2, 0.5]
    var gradient: [Double] = [0, 0, 0]
    let loss = Classifier.crossEntropy(
      logits: logits, labelCount: 3, label: 2, scale: 0.5, gradient: &gradient)
    #expect(abs(loss - (log(exp(1) + exp(-2) + exp(0.5)) - 0.5)) < 1e-14)
    #expect(abs(gradient.reduce(0, +)) < 1e-15)
    for index in 0..<3 {
      let step = 1e-6
      var moved = logits
      moved[index] += step
      let above = Classifier.crossEntropy(
        logits: moved, labelCount: 3, label: 2, scale: 1, gradient: nil)
      #expect(abs(gradient[index] - 0.5 * (above - loss) / step) < 1e-6)
    }
  }

  @Test func `cross-entropy survives logits of any size`() {
    let logits: [Float] = [1e4, -1e4]
    #expect(
      Classifier.crossEntropy(
        logits: logits, labelCount: 2, label: 1, scale: 1, gradient: nil) == 2e4)
  }
}
