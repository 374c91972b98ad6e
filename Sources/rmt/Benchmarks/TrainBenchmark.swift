import ArgumentParser
import FineTuning
import JSON
import Kernels
import RecurrentMemory

/// `rmt bench train`: optimizer steps.
struct TrainBenchmark: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Take optimizer steps, as rmt finetune does.",
    discussion: """
      A model of random numbers with 10 memory tokens learns from a batch of random documents of \
      equal length: gradients through all segments, clipping to ±5, AdamW. A measurement is a step; \
      the time of a segment is that of a step by all its segments, batch × segments.

      Operations are three times those of reading: once forward, twice backward. What is computed \
      again is not counted again.

      Examples:
        rmt bench train --shape mini --segments 2 --batch 4
        rmt bench train --shape base --segments 4 --dropout 0 --bptt 2
      """)

  @Option(help: EncoderShape.help, transform: { try EncoderShape(argument: $0) })
  var shape: EncoderShape = .mini

  @Option(help: ArgumentHelp("Positions of a segment.", valueName: "n"))
  var positions: Int = 512

  @Option(help: ArgumentHelp("Segments of a document.", valueName: "n"))
  var segments: Int = 2

  @Option(help: ArgumentHelp("Documents in a batch.", valueName: "n"))
  var batch: Int = 4

  @Option(help: ArgumentHelp("Dropout, everywhere.", valueName: "x"))
  var dropout: Double = 0.1

  @Option(
    help: ArgumentHelp(
      "Gradients through all segments, whose activations are kept (full) or computed a second time (replay), or through the last k. Unless given, full up to \(Backpropagation.longestKeptSegmentCount) segments and replay beyond.",
      valueName: "full|replay|k"))
  var bptt: Backpropagation = .automatic

  @OptionGroup var threadOption: ThreadOption
  @OptionGroup var measuring: MeasuringOptions

  func validate() throws {
    try BenchmarkModel.checkPositions(positions)
    guard (1...4096).contains(segments) else {
      throw ValidationError("--segments must lie between 1 and 4096.")
    }
    guard (1...4096).contains(batch) else {
      throw ValidationError("--batch must lie between 1 and 4096.")
    }
    guard (0..<1).contains(dropout) else {
      throw ValidationError("--dropout must lie from 0 up to, but not at, 1.")
    }
  }

  func run() throws {
    let threads = threadOption.threads.orEveryCore
    let model = BenchmarkModel(shape: shape, positions: positions, dropout: dropout)
    let benchmark = try TrainingStepBenchmark(
      model: model.description, tokens: try BenchmarkModel.tokenizer().specialTokens,
      segmentCount: segments, batchSize: batch,
      objective: RecurrentObjective(lossSegments: .last, backpropagation: bptt),
      clipping: .value(5),
      optimizer: AdamW(
        beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.001, decayScope: .all),
      learningRate: 1e-5, threadCount: threads, seed: 1)
    let peak = ArithmeticPeak.operationsPerSecond(measuredFor: 0.2)
    try measuring.report {
      _ = try step(of: benchmark)
    } repetition: {
      try step(of: benchmark)
    } result: { times in
      self.result(Timings(times), threads: threads, peak: peak)
    }
  }

  /// Seconds of a step.
  private func step(of benchmark: TrainingStepBenchmark) throws -> Double {
    var loss = 0.0
    let seconds = Timings.seconds { loss = benchmark.step() }
    guard loss.isFinite else {
      throw CommandError.badData(
        place: "rmt bench train", problem: "the loss is no finite number",
        advice: "Measure with fewer repetitions, or another shape.")
    }
    return seconds
  }

  private func result(_ steps: Timings, threads: Int, peak: Double) -> BenchmarkResult {
    let segmentCount = Double(segments * batch)
    var result = BenchmarkResult(
      "Training \(shape.name), \(counted(segments, "segment")) of \(positions) positions, "
        + "batch \(batch), dropout \(dropout)")
    result.add(threads: threads)
    result.set("shape", .string(shape.name))
    result.set("positions", .integer(positions))
    result.set("segments", .integer(segments))
    result.set("batch", .integer(batch))
    result.set("dropout", .number(dropout))
    result.set("steps", .integer(steps.count))
    result.set("millisecondsPerStep", .number(steps.median * 1000))
    result.set("millisecondsPerSegment", .number(steps.median * 1000 / segmentCount))
    result.set("minimumMillisecondsPerSegment", .number(steps.minimum * 1000 / segmentCount))
    result.say(
      "time a segment",
      "\(decimal(steps.median * 1000 / segmentCount, digits: 2)) ms, in the fastest of "
        + "\(counted(steps.count, "step")) "
        + "\(decimal(steps.minimum * 1000 / segmentCount, digits: 2)) ms")
    result.add(
      operationCount: 3 * segmentCount * shape.forwardOperationCount(rowCount: positions),
      seconds: steps.median, threads: threads, peak: peak)
    result.set(
      "tokensPerSecond",
      .number(
        segmentCount * Double(BenchmarkModel.segmentSize(positions: positions)) / steps.median))
    result.addResidentMemory()
    return result
  }
}
