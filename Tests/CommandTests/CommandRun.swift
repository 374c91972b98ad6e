import Foundation
import JSON
import TestSupport
import Testing

/// One finished run of the built `rmt`: its exit code and what it said.
struct CommandRun {
  let exitCode: Int32
  let output: String
  let errors: String

  /// Runs `rmt` with these arguments; a run that takes over a minute is killed and fails.
  init(
    _ arguments: [String], in folder: TemporaryFolder, input: String? = nil,
    interruptedWhen isReady: ((_ errors: String) -> Bool)? = nil
  ) throws {
    try self.init(
      executable: Self.executable, arguments, in: folder, input: input, interruptedWhen: isReady)
  }

  /// Runs a line of shell in which `"$RMT"` is the command.
  init(shell line: String, in folder: TemporaryFolder) throws {
    try self.init(
      executable: URL(fileURLWithPath: "/bin/sh"), ["-c", line], in: folder, input: nil,
      interruptedWhen: nil)
  }

  private init(
    executable: URL, _ arguments: [String], in folder: TemporaryFolder, input: String?,
    interruptedWhen isReady: ((String) -> Bool)?
  ) throws {
    let process = Process()
    process.executableURL = executable
    process.arguments = arguments
    process.currentDirectoryURL = folder.url
    process.environment = ["PATH": "/usr/bin:/bin", "RMT": Self.executable.path]
    // Files and not pipes: nothing can fill up while nobody reads.
    let name = UUID().uuidString
    let outputURL = folder.url.appendingPathComponent(".\(name).output")
    let errorsURL = folder.url.appendingPathComponent(".\(name).errors")
    let inputURL = folder.url.appendingPathComponent(".\(name).input")
    for url in [outputURL, errorsURL] { try Data().write(to: url) }
    try Data((input ?? "").utf8).write(to: inputURL)
    process.standardOutput = try FileHandle(forWritingTo: outputURL)
    process.standardError = try FileHandle(forWritingTo: errorsURL)
    process.standardInput = try FileHandle(forReadingFrom: inputURL)
    func text(_ url: URL) throws -> String {
      String(decoding: try Data(contentsOf: url), as: UTF8.self)
    }
    try process.run()
    let deadline = ContinuousClock.now + .seconds(60)
    var isInterrupted = false
    while process.isRunning {
      if ContinuousClock.now > deadline {
        kill(process.processIdentifier, SIGKILL)
        Issue.record("rmt \(arguments) took over a minute")
      }
      if let isReady, !isInterrupted, isReady(try text(outputURL) + text(errorsURL)) {
        kill(process.processIdentifier, SIGINT)
        isInterrupted = true
      }
      usleep(2_000)
    }
    process.waitUntilExit()
    exitCode = process.terminationReason == .exit ? process.terminationStatus : -1
    output = try text(outputURL)
    errors = try text(errorsURL)
    for url in [outputURL, errorsURL, inputURL] { try FileManager.default.removeItem(at: url) }
  }

  /// Standard output as JSON.
  var json: JSONValue {
    get throws { try JSONValue(parsing: Array(output.utf8), file: "standard output") }
  }

  /// The `rmt` that was built beside these tests.
  private static let executable: URL = {
    let bundles = Bundle.allBundles.filter { $0.bundlePath.hasSuffix(".xctest") }
    if let bundle = bundles.first {
      return bundle.bundleURL.deletingLastPathComponent().appendingPathComponent("rmt")
    }
    return URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
      .appendingPathComponent("rmt")
  }()
}
