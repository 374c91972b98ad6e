import ArgumentParser
import Logging
import TensorStorage

/// How much a verb says.
struct MessageOptions: ParsableArguments {
  @Flag(name: [.short, .long], help: "Print no notes, warnings or progress; errors remain.")
  var quiet = false

  @Flag(name: [.short, .long], help: "Print more about what is done.")
  var verbose = false

  func validate() throws {
    if quiet && verbose { throw ValidationError("--quiet and --verbose exclude each other.") }
  }

  /// Notes and warnings go here.
  var log: Logger { .command(isVerbose: verbose, isQuiet: quiet) }
}

/// Whether a machine reads the result.
struct JSONOption: ParsableArguments {
  @Flag(name: .long, help: "Print the result as JSON, for programs.")
  var json = false
}

/// What to do with an output that exists.
struct ForceOption: ParsableArguments {
  @Flag(name: [.short, .long], help: "Replace an output that exists.")
  var force = false

  /// The same as the writers understand it.
  var collision: AtomicFileWriter.Collision { force ? .replace : .keepExisting }
}
