import Kernels
import ModelSchema
import Randomness
import Testing
import Transformer

/// The encoder's gradients against central differences, in Double.
@Suite struct EncoderGradientTests {
  private let batch = SequenceBatch(lengths: [5, 1, 9])

  /// All rows, and some: more than the shortest sequence has.
  private static let readCounts = [Int.max, 3]

  @Test(
    arguments: EncoderConfiguration.Activation.allCases, [(0.0, Int.max), (0.3, .max), (0.3, 3)])
  func `every parameter's gradient is the difference quotient`(
    _ activation: EncoderConfiguration.Activation, setting: (dropout: Double, readCount: Int)
  ) {
    let pass = EncoderPass<Double>(
      .tiny(activation: activation, dropout: setting.dropout), batch: batch,
      readCount: setting.readCount)
    let gradients = ParameterStore<Double>(pass.model)
    pass.backward(into: gradients)
    var stream = RandomStream(seed: 9)
    for entry in pass.store.layout.entries
    where !entry.parameter.name.hasPrefix("pooler") && !entry.parameter.name.contains("word") {
      let values = pass.store.elements(of: entry)
      for _ in 0..<min(6, values.count) {
        let index = stream.index(below: values.count)
        let slope = pass.slope { values[index] += $0 }
        let gradient = gradients.elements(of: entry)[index]
        #expect(
          abs(gradient - slope) < 1e-6 * (1 + abs(slope)), "\(entry.parameter.name)[\(index)]")
      }
    }
  }

  @Test(arguments: TinyRelative.allCases, [0.0, 0.3])
  func `so is every relative's`(_ relative: TinyRelative, dropout: Double) {
    let batch = SequenceBatch(lengths: [5, 3, 9], memoryRows: 1..<3)
    let pass = EncoderPass<Double>(
      .tiny(relative, dropout: dropout), batch: batch, readCount: dropout > 0 ? 3 : .max)
    let gradients = ParameterStore<Double>(pass.model)
    pass.backward(into: gradients)
    var stream = RandomStream(seed: 10)
    for entry in pass.store.layout.entries
    where !entry.parameter.name.hasPrefix("pooler") && !entry.parameter.name.contains("word") {
      let values = pass.store.elements(of: entry)
      for _ in 0..<min(8, values.count) {
        let index = stream.index(below: values.count)
        let slope = pass.slope { values[index] += $0 }
        let gradient = gradients.elements(of: entry)[index]
        #expect(
          abs(gradient - slope) < 1e-6 * (1 + abs(slope)), "\(entry.parameter.name)[\(index)]")
      }
    }
  }

  @Test(arguments: TinyRelative.allCases, readCounts)
  func `the gradient at the inputs is the difference quotient`(
    _ relative: TinyRelative, readCount: Int
  ) {
    let batch = SequenceBatch(lengths: [5, 3, 9], memoryRows: 1..<3)
    let pass = EncoderPass<Double>(
      .tiny(relative, dropout: 0.2), batch: batch, readCount: readCount)
    let inputGradient = pass.backward(into: ParameterStore(pass.model))
    #expect(inputGradient.count == pass.inputs.count)
    for index in stride(from: 0, to: pass.inputs.count, by: 3) {
      let slope = pass.slope { pass.inputs[index] += $0 }
      #expect(abs(inputGradient[index] - slope) < 1e-6 * (1 + abs(slope)), "input \(index)")
    }
  }

  @Test func `rows of memory take the place of projected embeddings and leave no trace there`() {
    let batch = SequenceBatch(lengths: [6], memoryRows: 1..<3)
    let pass = EncoderPass<Double>(.tiny(.projected), batch: batch)
    let first = pass.loss()
    // Nobody writes embeddings into these rows, so there may be anything.
    let width = pass.model.encoder.embeddingWidth
    for index in width..<3 * width { pass.inputs[index] = .nan }
    #expect(pass.loss() == first)
    let gradients = ParameterStore<Double>(pass.model)
    pass.backward(into: gradients)
    let isFinite = gradients.elements.allSatisfy { $0.isFinite }
    #expect(isFinite)
    let positions = gradients.elements(named: "embeddings.position_embeddings.weight")
    for row in 0..<6 {
      let isUsed = positions?[row * width..<(row + 1) * width].contains { $0 != 0 }
      #expect(isUsed == !batch.memoryRows.contains(row), "row \(row)")
    }
  }

  @Test func `gradients are added to what is there`() {
    let pass = EncoderPass<Double>(.tiny(), batch: batch)
    let once = ParameterStore<Double>(pass.model), twice = ParameterStore<Double>(pass.model)
    pass.backward(into: once)
    pass.backward(into: twice)
    pass.backward(into: twice)
    for (single, double) in zip(once.elements, twice.elements) {
      #expect(abs(2 * single - double) < 1e-9 * (1 + abs(double)))
    }
  }

  @Test(arguments: readCounts)
  func `any number of threads gives the same gradients`(readCount: Int) {
    // Rows of several blocks, and an inner width that leaves tails in every split.
    let batch = SequenceBatch(lengths: Array(repeating: 9, count: 12) + [1, 2])
    func gradients(threadCount: Int) -> [UInt32] {
      let pass = EncoderPass<Float>(
        .tiny(dropout: 0.2), batch: batch, readCount: readCount, threadCount: threadCount)
      let gradients = ParameterStore<Float>(pass.model)
      let input = pass.backward(into: gradients)
      return (input + gradients.elements).map(\.bitPattern)
    }
    let alone = gradients(threadCount: 1)
    for threadCount in [2, 3, 8] {
      #expect(gradients(threadCount: threadCount) == alone, "\(threadCount) threads")
    }
  }

  @Test func `float gradients follow the double ones`() {
    let model = ModelDescription.tiny(dropout: 0.2)
    let wide = ParameterStore<Double>(model), narrow = ParameterStore<Float>(model)
    EncoderPass<Double>(model, batch: batch).backward(into: wide)
    EncoderPass<Float>(model, batch: batch).backward(into: narrow)
    // Against the largest gradient: that of the key's bias is zero, and what is left is rounding.
    let size = wide.elements.reduce(0) { max($0, abs($1)) }
    for entry in wide.layout.entries {
      let expected = wide.elements(of: entry)
      let found = narrow.elements(named: entry.parameter.name) ?? .init(start: nil, count: 0)
      for (value, reference) in zip(found, expected) {
        #expect(abs(Double(value) - reference) < 2e-6 * size, "\(entry.parameter.name)")
      }
    }
  }
}

/// One forward and backward pass, whose loss is a fixed random functional of the output.
final class EncoderPass<Scalar: KernelScalar> {
  let model: ModelDescription
  let store: ParameterStore<Scalar>
  /// Word embeddings and memory, as the encoder's callers write them: `[rows, d]`, or `[rows, e]` and
  /// behind it `[rows, d]` where memory enters behind a projection.
  var inputs: [Scalar]
  private let batch: SequenceBatch
  private let reading: SequenceBatch
  private let encoder: Encoder<Scalar>
  private let activations: EncoderActivations<Scalar>
  private let workspace: EncoderWorkspace<Scalar>
  private let functional: [Scalar]
  private let dropout: DropoutPlan?

  init(
    _ model: ModelDescription, batch: SequenceBatch, readCount: Int = .max, threadCount: Int = 1
  ) {
    self.model = model
    self.batch = batch
    reading = batch.leading(readCount)
    store = ParameterStore(model)
    store.randomize(seed: 1)
    encoder = Encoder(model.encoder)
    let capacity = EncoderCapacity(rowCount: batch.rowCount, sequenceLength: batch.longestLength)
    activations = EncoderActivations(model.encoder, capacity: capacity, keepsEveryLayer: true)
    workspace = EncoderWorkspace(
      model, capacity: capacity, team: ThreadTeam(threadCount: threadCount), trains: true)
    var stream = RandomStream(seed: 2)
    let count = batch.rowCount * model.encoder.hiddenSize
    let narrowCount = batch.rowCount * model.encoder.embeddingWidth
    inputs = (0..<(model.encoder.embeddingSize == nil ? count : narrowCount + count)).map { _ in
      Scalar(stream.normal(standardDeviation: 1))
    }
    functional = (0..<count).map { _ in Scalar(stream.normal(standardDeviation: 1)) }
    dropout =
      model.encoder.hiddenDropout > 0
      ? DropoutPlan(
        key: [3, 4], sequences: (0..<batch.count).map { (UInt32($0), UInt32(2 * $0)) }) : nil
  }

  func loss() -> Scalar {
    let narrowCount = batch.rowCount * model.encoder.embeddingWidth
    inputs.withUnsafeBufferPointer { values in
      guard let base = values.baseAddress else { return }
      activations.inputs.update(from: base, count: narrowCount)
      if values.count > narrowCount {
        activations.memoryInputs.update(from: base + narrowCount, count: values.count - narrowCount)
      }
    }
    encoder.forward(
      store.parameters, batch: batch, reading: reading, dropout: dropout,
      activations: activations, workspace: workspace)
    return (0..<reading.rowCount * model.encoder.hiddenSize).reduce(0) {
      $0 + functional[$1] * activations.output[$1]
    }
  }

  /// (loss(x + h) − loss(x − h)) / 2h, where `nudge` moves one number by what it is given.
  func slope(_ nudge: (Scalar) -> Void) -> Scalar {
    let step: Scalar = 1e-5
    nudge(step)
    let above = loss()
    nudge(-2 * step)
    let below = loss()
    nudge(step)
    return (above - below) / (2 * step)
  }

  @discardableResult
  func backward(into gradients: ParameterStore<Scalar>) -> [Scalar] {
    _ = loss()
    var gradient = functional
    return gradient.withUnsafeMutableBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return [] }
      let found = encoder.backward(
        store.parameters, gradients: gradients.parameters, hiddenGradient: base, batch: batch,
        reading: reading, dropout: dropout, activations: activations, workspace: workspace)
      let words = UnsafeBufferPointer(
        start: found.words, count: batch.rowCount * model.encoder.embeddingWidth)
      guard model.encoder.embeddingSize != nil else { return Array(words) }
      return Array(words) + memoryGradient(found.memory)
    }
  }

  /// The gradient at memory in its rows, and zeros in those that no memory enters.
  private func memoryGradient(_ rows: UnsafePointer<Scalar>) -> [Scalar] {
    let width = model.encoder.hiddenSize
    return (0..<batch.count).flatMap { sequence in
      batch.rows(of: sequence).flatMap { row in
        let isMemory = batch.memoryRows.contains(row - batch.starts[sequence])
        return (0..<width).map { isMemory ? rows[row * width + $0] : 0 }
      }
    }
  }
}
