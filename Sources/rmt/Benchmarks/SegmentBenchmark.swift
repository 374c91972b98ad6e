import ArgumentParser
import JSON
import Kernels
import ModelSchema
import Randomness
import RecurrentMemory
import TensorStorage

/// `rmt bench segment`: reading a document, segment after segment.
struct SegmentBenchmark: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "segment",
    abstract: "Read segments of a model with memory, as rmt run does.",
    discussion: """
      A model of random numbers with 10 memory tokens reads a document of random tokens. A \
      measurement is a whole document; times are those of single segments. --segments 4096 shows \
      that neither memory nor time grows.

      Operations are counted as they are published: every layer whole, at T positions \
      layers × (2·T·(4d² + 2dI) + 4·T²·d). What RMT does not need is not computed, but counted.

      Examples:
        rmt bench segment --shape base
        rmt bench segment --shape 6,384,12,1536 --segments 4096 --repetitions 1
      """)

  @Option(help: EncoderShape.help, transform: { try EncoderShape(argument: $0) })
  var shape: EncoderShape = .base

  @Option(help: ArgumentHelp("Positions of a segment.", valueName: "n"))
  var positions: Int = 512

  @Option(help: ArgumentHelp("Segments of the document.", valueName: "n"))
  var segments: Int = 1

  @OptionGroup var threadOption: ThreadOption
  @OptionGroup var measuring: MeasuringOptions

  func validate() throws {
    try BenchmarkModel.checkPositions(positions)
    guard (1...1 << 20).contains(segments) else {
      throw ValidationError("--segments must lie between 1 and \(1 << 20).")
    }
  }

  func run() throws {
    let threads = threadOption.threads.orEveryCore
    let file = try BenchmarkModel(shape: shape, positions: positions, dropout: 0).open()
    let reader = try RecurrentReader(model: file, threadCount: threads)
    // Segments begin at different places of the text, so that no two near each other are alike.
    let size = reader.memoryConfiguration.segmentSize
    var stream = RandomStream(seed: 1)
    let text = (0..<8 * size).map { _ in
      Int32(stream.index(below: BenchmarkModel.vocabularySize))
    }
    func read(_ index: Int) throws {
      let start = index * 61 % (text.count - size + 1)
      try reader.read(text[start..<start + size])
    }
    let peak = ArithmeticPeak.operationsPerSecond(measuredFor: 0.2)
    var residentAfterFirst: Int?
    try measuring.report {
      try read(0)
      residentAfterFirst = ResidentMemory.byteCount
    } repetition: {
      reader.reset()
      return try (0..<segments).map { index in
        try Interruption.check()
        return try Timings.seconds {
          try read(index)
          if index == segments - 1 { _ = reader.logits() }
        }
      }
    } result: { documents in
      self.result(
        Timings(documents.flatMap { $0 }), threads: threads, peak: peak,
        residentAfterFirst: residentAfterFirst)
    }
  }

  private func result(
    _ times: Timings, threads: Int, peak: Double, residentAfterFirst: Int?
  ) -> BenchmarkResult {
    var result = BenchmarkResult("Reading a segment of \(positions) positions, \(shape.name)")
    result.add(threads: threads)
    result.set("shape", .string(shape.name))
    result.set("positions", .integer(positions))
    result.addSegmentTimes(times)
    result.add(
      operationCount: shape.forwardOperationCount(rowCount: positions), seconds: times.median,
      threads: threads, peak: peak)
    result.set(
      "tokensPerSecond",
      .number(Double(BenchmarkModel.segmentSize(positions: positions)) / times.median))
    if let residentAfterFirst {
      result.set("residentBytesAfterFirstSegment", .integer(residentAfterFirst))
      result.say("after the first segment", byteCountText(residentAfterFirst))
    }
    result.addResidentMemory()
    return result
  }
}

extension BenchmarkResult {
  /// Adds what a segment took.
  mutating func addSegmentTimes(_ times: Timings) {
    set("segments", .integer(times.count))
    set("millisecondsPerSegment", .number(times.median * 1000))
    set("minimumMillisecondsPerSegment", .number(times.minimum * 1000))
    say(
      "time a segment",
      "\(decimal(times.median * 1000, digits: 2)) ms, the fastest of \(grouped(times.count)) "
        + "\(decimal(times.minimum * 1000, digits: 2)) ms")
  }
}
