import SystemCallFaults

/// What befalls a writer between two of its system calls.
public enum SystemCallFault: CaseIterable, Sendable {
  /// The process is killed there: what its calls had done stays, and nothing comes after it.
  case kill
  /// The disk is full from there on; files can still be removed.
  case fullDisk

  /// How a trial went.
  public struct Trial {
    /// How many calls went before the fault.
    public let call: Int
    /// What the writer threw; `nil` when it came to its end.
    public let error: (any Error)?
    /// Whether the fault came too late to be met.
    public let isOver: Bool
  }

  /// Whether the system's calls are seen here, which needs Linux and the C library of GNU.
  public static var isSupported: Bool {
    system_call_fault_begin(SYSTEM_CALL_FAULT_KILL, .max, true)
    return system_call_fault_end() >= 0
  }

  /// Has a writer meet the fault before its first call that changes files, before its second, and
  /// so on to the last, on the calling thread.
  ///
  /// - Parameters:
  ///   - hasNamelessFiles: whether the system is one with `O_TMPFILE`.
  ///   - write: what is tried; it must make the same calls each time.
  ///   - check: looks at what is left, with no fault in the way; makes room for the next trial.
  /// - Returns: how many trials met the fault.
  @discardableResult
  public func trials(
    hasNamelessFiles: Bool, write: () throws -> Void, check: (Trial) throws -> Void
  ) throws -> Int {
    for call in 0... {
      system_call_fault_begin(
        self == .kill ? SYSTEM_CALL_FAULT_KILL : SYSTEM_CALL_FAULT_FULL, call, hasNamelessFiles)
      let result = Result { try write() }
      let isOver = system_call_fault_end() <= call
      var error: (any Error)?
      if case .failure(let failure) = result { error = failure }
      try check(Trial(call: call, error: error, isOver: isOver))
      if isOver { return call }
    }
    return 0
  }
}
