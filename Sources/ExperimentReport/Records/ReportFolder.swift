import FineTuning
import JSON
import TensorStorage
import TrainingRecords

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// What an experiment left in its folder; what is not there is `nil`.
package struct ReportFolder: Sendable {
  /// The files that are looked for.
  package static let names = [
    "experiment.json", "recipe.json", "metrics.jsonl", "results.jsonl", "attention.svg",
  ]
  private static let maximumSettingsByteCount = 1 << 20
  private static let maximumLineByteCount = 1 << 16
  private static let maximumPictureByteCount = 1 << 24
  /// Far more steps and lengths than an experiment takes.
  private static let maximumLineCount = 1 << 20

  /// The folder's own name.
  let name: String
  /// `experiment.json`, or the `recipe.json` that it was made from: the settings.
  let settings: JSONObject?
  /// `metrics.jsonl`: what training measured.
  let metrics: [MetricsRecord]?
  /// `results.jsonl`: accuracy by length.
  let results: [AccuracyResult]?
  /// `attention.svg`: the bytes of the picture.
  let attention: [UInt8]?
  /// The seeds that have a trained model, `seed-N/trained.rmtw`.
  let trainedSeeds: [Int]
  /// `seed-N/metrics.jsonl`: what the training of each seed measured, as far as it is there.
  let seedMetrics: [(seed: Int, records: [MetricsRecord])]
  /// `seed-N/failure.json`: why the model of a seed did not learn, by seed.
  let failures: [(seed: Int, problem: String)]

  /// Reads a folder.
  ///
  /// - Throws: ``ReportError``; `JSONError`; `FileError`.
  package init(path: String) throws {
    var status = stat()
    guard stat(path, &status) == 0 else { throw FileError(.open, path) }
    guard status.st_mode & S_IFMT == S_IFDIR else { throw FileError(.open, path, code: ENOTDIR) }
    let folder = path.hasSuffix("/") ? String(path.dropLast()) : path
    func present(_ name: String) -> String? {
      access("\(folder)/\(name)", F_OK) == 0 ? "\(folder)/\(name)" : nil
    }
    guard Self.names.contains(where: { present($0) != nil }) else {
      throw ReportError.nothingToShow(folder: path)
    }
    name = Self.name(of: folder)
    settings = try (present("experiment.json") ?? present("recipe.json")).map(Self.settings)
    metrics = try present("metrics.jsonl").map(Self.metrics)
    results = try present("results.jsonl").map { path in
      try Self.lines(path) { json throws(LineProblem) in
        try AccuracyResult(json: json)
      }
    }
    attention = try present("attention.svg").map(Self.picture)
    let seeds = settings?["seeds"]?.array?.compactMap(\.integer) ?? []
    trainedSeeds = seeds.filter { present("seed-\($0)/trained.rmtw") != nil }
    seedMetrics = try seeds.compactMap { seed in
      try present("seed-\(seed)/metrics.jsonl").map { (seed, try Self.metrics($0)) }
    }
    failures = try seeds.compactMap { seed in
      try present("seed-\(seed)/failure.json").map { path in
        (seed, try Self.settings(path)["problem"]?.string ?? "why is not known")
      }
    }
  }

  /// The folder's name without those above it; `.` has the name of the working directory.
  private static func name(of folder: String) -> String {
    folder.realPath?.split(separator: "/").last.map(String.init) ?? folder
  }

  private static func settings(_ path: String) throws -> JSONObject {
    let value = try JSONValue(
      contentsOf: path, maximumByteCount: maximumSettingsByteCount, maximumDepth: 16)
    guard let object = value.object else {
      throw ReportError.file(path, problem: "this is \(value.kindName), expected an object")
    }
    return object
  }

  private static func metrics(_ path: String) throws -> [MetricsRecord] {
    try lines(path) { json throws(LineProblem) in
      guard let record = MetricsRecord(json: json) else {
        throw LineProblem("this is no step and no evaluation of a training run")
      }
      return record
    }
  }

  private static func lines<Record>(
    _ path: String, _ record: (JSONValue) throws(LineProblem) -> Record
  ) throws -> [Record] {
    var reader = try LineReader(path: path, maximumLineByteCount: maximumLineByteCount)
    var records: [Record] = []
    while let line = try reader.next() {
      if line.allSatisfy({ [0x20, 0x09, 0x0D].contains($0) }) { continue }
      func broken(_ problem: String) -> ReportError {
        .line(file: path, line: reader.lineNumber, problem: problem)
      }
      guard records.count < maximumLineCount else {
        throw broken("there are more than \(maximumLineCount) records")
      }
      do {
        records.append(try record(try JSONValue(parsing: line, file: path, maximumDepth: 16)))
      } catch let error as JSONError {
        throw broken(error.problem)
      } catch let error as LineProblem {
        throw broken(error.sentence)
      }
    }
    return records
  }

  private static func picture(_ path: String) throws -> [UInt8] {
    let file = try RandomAccessFile(path: path)
    guard file.byteCount <= maximumPictureByteCount else {
      throw ReportError.file(
        path,
        problem: "\(file.byteCount) bytes are more than the \(maximumPictureByteCount) "
          + "that a page takes")
    }
    return try file.bytes(in: 0..<file.byteCount)
  }
}
