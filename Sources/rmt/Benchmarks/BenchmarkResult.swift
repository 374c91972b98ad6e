import JSON
import Kernels
import TensorStorage

/// What a benchmark found, line by line: for people, and under its key for programs.
struct BenchmarkResult {
  /// What was measured, in a few words.
  let title: String
  /// The result for programs.
  private(set) var json: JSONObject = [:]
  private var table = TextTable([.left, .left])

  /// A result without lines.
  init(_ title: String) { self.title = title }

  /// Adds a line for people.
  mutating func say(_ name: String, _ text: String) { table.add(name, text) }

  /// Adds a member for programs; nothing for `nil`.
  mutating func set(_ key: String, _ value: JSONValue?) {
    if let value { json[key] = value }
  }

  /// The result for people.
  var text: String { "\(title)\n\(table.text(indentation: 2))" }
}

extension BenchmarkResult {
  /// Adds the machine's side: threads and the kernels in use.
  mutating func add(threads: Int) {
    set("threads", .integer(threads))
    set("instructionSet", .string(InstructionSet.activeName))
    say("kernels", "\(InstructionSet.activeName), \(counted(threads, "thread"))")
  }

  /// Adds how fast the arithmetic was.
  ///
  /// - Parameters:
  ///   - operationCount: floating-point operations in `seconds`.
  ///   - peak: operations a second that one core can do.
  mutating func add(operationCount: Double, seconds: Double, threads: Int, peak: Double) {
    let rate = operationCount / seconds
    let share = rate / (peak * Double(threads))
    set("gigaflopsPerSecond", .number(rate * 1e-9))
    set("peakGigaflopsPerSecond", .number(peak * Double(threads) * 1e-9))
    set("shareOfPeak", .number(share))
    say(
      "arithmetic",
      "\(decimal(rate * 1e-9, digits: 1)) GFLOP/s, \(percentage(share)) of the peak of "
        + "\(threads) × \(decimal(peak * 1e-9, digits: 1))")
  }

  /// Adds the memory of the process, where the system tells.
  mutating func addResidentMemory() {
    guard let now = ResidentMemory.byteCount, let peak = ResidentMemory.peakByteCount else {
      return
    }
    set("residentBytes", .integer(now))
    set("peakResidentBytes", .integer(peak))
    say("resident memory", "\(byteCountText(now)), at most \(byteCountText(peak))")
  }
}
