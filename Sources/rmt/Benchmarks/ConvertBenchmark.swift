import ArgumentParser
import CheckpointConversion
import Foundation
import JSON
import ModelFile
import ModelSchema
import TensorStorage

/// `rmt bench convert`: a checkpoint to a native file, beside a copy of the same bytes.
struct ConvertBenchmark: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "convert",
    abstract: "Convert a checkpoint, beside a plain copy of it; open the result.",
    discussion: """
      Without a checkpoint one of --shape with random numbers is made, in the form that rmt export \
      --layout writes: safetensors unless another is named. A \
      measurement converts it, copies its weights, and copies them once more with a wait until they \
      are on the disk: a conversion waits for that too, cp does not. All of it happens in a \
      temporary folder ($TMPDIR) that is removed afterwards.

      Opening is measured on the converted file and on a small one with as many tensors.

      Examples:
        rmt bench convert path/to/bert-base-cased
        rmt bench convert --shape mini --repetitions 5
        rmt bench convert --layout tensorflow1
      """)

  @Argument(
    help: "A checkpoint folder, or a .safetensors or .h5 file in one.", completion: .file())
  var checkpoint: String?

  @Option(help: EncoderShape.help, transform: { try EncoderShape(argument: $0) })
  var shape: EncoderShape?

  @Option(help: "The form of the checkpoint that is made; huggingface unless given.")
  var layout: ExportLayout?

  @OptionGroup var measuring: MeasuringOptions

  /// Seconds of one measurement.
  private struct Sample {
    let convert: Double
    let copy: Double
    let synchronizedCopy: Double
  }

  func validate() throws {
    guard checkpoint == nil || (shape == nil && layout == nil) else {
      throw ValidationError(
        "--shape and --layout make a checkpoint; give one or name one, not both.")
    }
  }

  func run() throws {
    try ScratchFolder.with { folder in
      let source = try checkpoint ?? makeCheckpoint(in: folder)
      let target = "\(folder)/converted.rmtw"
      let first = try convert(source, to: target)
      let smallPath = "\(folder)/small.rmtw"
      // As many tensors, each of them small: what opening costs then is not the file's size.
      let small = EncoderShape(
        layerCount: first.description.encoder.layerCount, hiddenSize: 16, headCount: 1,
        intermediateSize: 16)
      try BenchmarkModel(shape: small, positions: 512, dropout: 0).write(to: smallPath)
      ResidentMemory.forgetPeak()
      try measuring.report {
        _ = try measure(source, weights: first.sourcePaths, to: target, in: folder)
      } repetition: {
        try measure(source, weights: first.sourcePaths, to: target, in: folder)
      } result: { samples in
        try result(samples, of: first, paths: [smallPath, target])
      }
    }
  }

  /// A folder with a checkpoint of random numbers.
  private func makeCheckpoint(in folder: String) throws -> String {
    let model = BenchmarkModel(shape: shape ?? .base, positions: 512, dropout: 0)
    let path = "\(folder)/random.rmtw"
    try model.write(
      ModelDescription(encoder: model.encoder, memory: nil, labels: []), to: path)
    _ = try CheckpointExporter.export(
      model: ModelFile(path: path), layout: layout ?? .huggingFace, to: "\(folder)/checkpoint",
      collision: .keepExisting, elementType: nil
    ) { _ in try Interruption.check() }
    try FileManager.default.removeItem(atPath: path)
    return "\(folder)/checkpoint"
  }

  @discardableResult
  private func convert(_ source: String, to target: String) throws -> ConversionReport {
    try CheckpointConverter.convert(
      source: source, to: target, elementType: nil, collision: .replace
    ) { _ in try Interruption.check() }
  }

  private func measure(
    _ source: String, weights: [String], to target: String, in folder: String
  ) throws -> Sample {
    // What is made is removed outside of the times, so that no replacing is measured.
    try FileManager.default.removeItem(atPath: target)
    let seconds = try Timings.seconds { try convert(source, to: target) }
    func copy(synchronizes: Bool) throws -> Double {
      let pairs = weights.enumerated().map { ($1, "\(folder)/copy-\($0)") }
      defer { for (_, path) in pairs { unlink(path) } }
      return try Timings.seconds {
        for (file, path) in pairs {
          try FileCopy.copy(file, to: path, synchronizes: synchronizes)
        }
      }
    }
    return Sample(
      convert: seconds, copy: try copy(synchronizes: false),
      synchronizedCopy: try copy(synchronizes: true))
  }

  private func result(
    _ samples: [Sample], of report: ConversionReport, paths: [String]
  ) throws -> BenchmarkResult {
    let times = Timings(samples.map(\.convert))
    let copies = Timings(samples.map(\.copy))
    let synchronized = Timings(samples.map(\.synchronizedCopy))
    // Each against its neighbour: what slows one down slows the other down as well.
    let ratio = Timings(samples.map { $0.convert / $0.copy }).median
    let synchronizedRatio = Timings(samples.map { $0.convert / $0.synchronizedCopy }).median
    var result = BenchmarkResult("Converting \(report.sourcePaths[0]), \(report.format)")
    result.set("format", .string(report.format))
    result.set("byteCount", .integer(report.byteCount))
    result.set("seconds", .number(times.median))
    result.set("minimumSeconds", .number(times.minimum))
    result.set("bytesPerSecond", .number(Double(report.byteCount) / times.median))
    result.set("copySeconds", .number(copies.median))
    result.set("ratioToCopy", .number(ratio))
    result.set("synchronizedCopySeconds", .number(synchronized.median))
    result.set("ratioToSynchronizedCopy", .number(synchronizedRatio))
    result.say(
      "conversion",
      "\(decimal(times.median, digits: 3)) s, the fastest of \(times.count) "
        + "\(decimal(times.minimum, digits: 3)) s; "
        + "\(byteCountText(Double(report.byteCount) / times.median))/s")
    result.say(
      "a copy",
      "\(decimal(copies.median, digits: 3)) s; conversion takes "
        + "\(decimal(ratio, digits: 2)) times that")
    result.say(
      "a copy, on the disk",
      "\(decimal(synchronized.median, digits: 3)) s; conversion takes "
        + "\(decimal(synchronizedRatio, digits: 2)) times that")
    result.set("openings", .array(try paths.map { try opening($0, &result) }))
    result.addResidentMemory()
    return result
  }

  /// How long it takes to open a model.
  private func opening(_ path: String, _ result: inout BenchmarkResult) throws -> JSONValue {
    let byteCount = try RandomAccessFile(path: path).byteCount
    let times = Timings(
      try (0..<50).map { _ in try Timings.seconds { _ = try ModelFile(path: path) } })
    result.say(
      "opening \(byteCountText(byteCount))", "\(decimal(times.median * 1000, digits: 3)) ms")
    return ["byteCount": .integer(byteCount), "milliseconds": .number(times.median * 1000)]
  }
}
