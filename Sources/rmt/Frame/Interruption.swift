import Synchronization
import TensorStorage

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Times that the user asked to stop.
///
/// The signal handler does nothing but count here.
private let requestCount = Atomic<Int>(0)

/// Signals, and how long work learns that it should stop.
enum Interruption {
  /// Takes over the signals of the process.
  ///
  /// The first Ctrl-C, SIGTERM or SIGHUP asks the work to stop at its next safe point; the second
  /// ends the process at once. A reader that closes the pipe and a file that outgrows its quota
  /// become errors of the write that met them.
  static func takeOverSignals() {
    // Touched before a handler can run, so that the handler never meets a first initialisation.
    _ = requestCount.load(ordering: .relaxed)
    var handled = sigset_t()
    sigemptyset(&handled)
    for number in [SIGINT, SIGTERM, SIGHUP] {
      var previous = sigaction()
      sigaction(number, nil, &previous)
      // Whoever started this process with the signal ignored (nohup, a shell's `&`) keeps that.
      if isIgnored(previous) { continue }
      var action = sigaction()
      setHandler(of: &action) { _ in
        if requestCount.add(1, ordering: .relaxed).newValue > 1 { _exit(130) }
      }
      action.sa_flags = Int32(SA_RESTART)
      sigaction(number, &action, nil)
      sigaddset(&handled, number)
    }
    // A program that starts this one from a thread of a pool may have them blocked there.
    sigprocmask(SIG_UNBLOCK, &handled, nil)
    signal(SIGPIPE, SIG_IGN)
    signal(SIGXFSZ, SIG_IGN)
  }

  /// Whether the user asked to stop.
  static var isRequested: Bool { requestCount.load(ordering: .relaxed) > 0 }

  /// Throws once the user has asked to stop.
  ///
  /// - Throws: `Interrupted`.
  static func check(advice: String? = nil) throws(Interrupted) {
    if isRequested { throw Interrupted(advice: advice) }
  }

  private static func isIgnored(_ action: sigaction) -> Bool {
    #if canImport(Glibc)
      let handler = action.__sigaction_handler.sa_handler
    #else
      let handler = action.__sigaction_u.__sa_handler
    #endif
    return unsafeBitCast(handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
  }

  private static func setHandler(
    of action: inout sigaction, _ handler: @convention(c) (Int32) -> Void
  ) {
    #if canImport(Glibc)
      action.__sigaction_handler.sa_handler = handler
    #else
      action.__sigaction_u.__sa_handler = handler
    #endif
  }
}
