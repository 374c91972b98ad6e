import ArgumentParser
import JSON

/// How long a benchmark measures, and for whom.
struct MeasuringOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Measure for so long.", valueName: "x"))
  var seconds: Double = 3

  @Option(help: ArgumentHelp("Measure so often, in place of --seconds.", valueName: "n"))
  var repetitions: Int?

  @Flag(
    help: ArgumentHelp(
      "Measure once for each line on standard input and answer with a line of JSON; the first, {\"ready\":true}, says that the warm-up is over."
    ))
  var onRequest = false

  @OptionGroup var output: JSONOption

  func validate() throws {
    guard seconds > 0, seconds <= 86_400 else {
      throw ValidationError("--seconds must lie between 0 and 86400.")
    }
    if let repetitions, !(1...1_000_000).contains(repetitions) {
      throw ValidationError("--repetitions must lie between 1 and 1000000.")
    }
  }

  /// Warms up, measures and prints.
  ///
  /// - Parameters:
  ///   - repetition: one measurement, with the warm-up behind it.
  ///   - result: what measurements say together; asked for each one alone on request.
  /// - Throws: `Interrupted`; what the closures throw.
  func report<Sample>(
    warmUp: () throws -> Void, repetition: () throws -> Sample,
    result: ([Sample]) throws -> BenchmarkResult
  ) throws {
    try warmUp()
    guard !onRequest else {
      var requests = RequestLines()
      try StandardOutput.print(JSONValue.object(["ready": true]).serialized(pretty: false))
      while try requests.next() {
        let answer = try result([try repetition()])
        try StandardOutput.print(JSONValue.object(answer.json).serialized(pretty: false))
      }
      return
    }
    var samples: [Sample] = []
    let start = ContinuousClock.now
    repeat {
      try Interruption.check()
      samples.append(try repetition())
    } while repetitions.map { samples.count < $0 }
      ?? ((ContinuousClock.now - start).inSeconds < seconds)
    let answer = try result(samples)
    try StandardOutput.print(
      output.json ? JSONValue.object(answer.json).serialized(pretty: true) : answer.text)
  }
}

/// Threads to measure with.
struct ThreadOption: ParsableArguments {
  @Option(help: ArgumentHelp("Threads; all cores unless given.", valueName: "n"))
  var threads: Int?

  func validate() throws {
    if let threads, !(1...1024).contains(threads) {
      throw ValidationError("--threads must lie between 1 and 1024.")
    }
  }
}
