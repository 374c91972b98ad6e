import JSON

/// How far an evaluation has come, apart from the pass that is under way.
struct EvaluationProgress: Sendable, Hashable {
  /// What the finished passes found for a row.
  struct Sum: Sendable, Hashable {
    var sampleCount = 0
    var correctCount = 0
    /// Cross entropies in nats, added up.
    var lossSum = 0.0
    /// Document tokens that were read.
    var tokenCount = 0
    var seconds = 0.0
  }

  /// The section that is under way.
  var section = 0
  /// The first sample of the section's block that is under way.
  var firstSample = 0
  /// The pass of the block that is under way.
  var pass = 0
  /// Seconds that the pass has taken.
  var passSeconds = 0.0
  /// Rows of the section that the pass has finished, for its samples.
  var finishedRowCount = 0
  /// Sums of the rows, section after section.
  var sums: [Sum]
  /// Memory of the process when a row was done, for the rows that are.
  var residentByteCounts: [Int?]
  /// Whether a row has all its samples.
  var isRowDone: [Bool]

  /// The beginning, with so many rows.
  init(rowCount: Int) {
    sums = Array(repeating: Sum(), count: rowCount)
    residentByteCounts = Array(repeating: nil, count: rowCount)
    isRowDone = Array(repeating: false, count: rowCount)
  }
}

extension EvaluationProgress {
  /// The progress for the header of a state file; losses as their bits, which may be no number.
  var json: JSONValue {
    [
      "section": .integer(section), "firstSample": .integer(firstSample), "pass": .integer(pass),
      "passSeconds": .number(passSeconds), "finishedRowCount": .integer(finishedRowCount),
      "rows": .array(
        sums.indices.map { row in
          let sum = sums[row]
          return [
            "samples": .integer(sum.sampleCount), "correct": .integer(sum.correctCount),
            "lossBits": .integer(Int(bitPattern: UInt(sum.lossSum.bitPattern))),
            "tokens": .integer(sum.tokenCount), "seconds": .number(sum.seconds),
            "residentBytes": residentByteCounts[row].map { .integer($0) } ?? .null,
            "isDone": .bool(isRowDone[row]),
          ]
        }),
    ]
  }

  /// Progress as ``json`` wrote it; `nil` when something is missing, of another type or negative.
  init?(json: JSONValue, rowCount: Int) {
    guard let section = json["section"]?.integer, let firstSample = json["firstSample"]?.integer,
      let pass = json["pass"]?.integer, let passSeconds = json["passSeconds"]?.double,
      let finished = json["finishedRowCount"]?.integer, let rows = json["rows"]?.array,
      min(section, firstSample, pass, finished) >= 0, passSeconds >= 0, passSeconds.isFinite,
      rows.count == rowCount
    else { return nil }
    self.init(rowCount: rowCount)
    (self.section, self.firstSample, self.pass) = (section, firstSample, pass)
    (self.passSeconds, finishedRowCount) = (passSeconds, finished)
    for (row, json) in rows.enumerated() {
      guard let samples = json["samples"]?.integer, let correct = json["correct"]?.integer,
        let lossBits = json["lossBits"]?.integer, let tokens = json["tokens"]?.integer,
        let seconds = json["seconds"]?.double, case .bool(let isDone)? = json["isDone"],
        samples >= 0, (0...samples).contains(correct), tokens >= 0, seconds >= 0, seconds.isFinite
      else { return nil }
      sums[row] = Sum(
        sampleCount: samples, correctCount: correct,
        lossSum: Double(bitPattern: UInt64(UInt(bitPattern: lossBits))), tokenCount: tokens,
        seconds: seconds)
      residentByteCounts[row] = json["residentBytes"]?.integer
      isRowDone[row] = isDone
    }
  }
}
