#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The operating system refused something on a file.
public struct FileError: DescribedError {
  /// What was being done.
  public enum Operation: String, Sendable {
    case open = "open"
    case read = "read"
    case map = "map"
    case write = "write"
    case create = "create"
    case synchronize = "synchronise"
    case rename = "put in place"
    case list = "list"
    case remove = "remove"
  }

  /// What was being done.
  public let operation: Operation
  /// On which file.
  public let path: String
  /// The system's error number, or 0 when the file ended early.
  public let code: Int32

  /// An error with the system's current error number unless another is given.
  public init(_ operation: Operation, _ path: String, code: Int32 = errno) {
    self.operation = operation
    self.path = path
    self.code = code
  }

  /// Missing input for what cannot be opened, wrong use for a name that cannot be written to, and
  /// an input/output failure for the rest.
  public var kind: FailureKind {
    switch operation {
    case .open, .list: .missingInput
    case .create where [EEXIST, EISDIR, EINVAL].contains(code): .usage
    default: .inputOutput
    }
  }

  /// The file.
  public var place: String? { path }

  /// What could not be done, and the system's reason.
  public var problem: String {
    let reason =
      switch code {
      case 0: "the file ended early, as if it had been cut while in use"
      // What the readers and the writer report for pipes and devices.
      case EINVAL where operation == .open || operation == .create: "it is not a regular file"
      default: String(cString: strerror(code))
      }
    return "cannot \(operation.rawValue): \(reason)"
  }

  /// What helps against the system's reason.
  public var advice: String? {
    switch code {
    case ENOENT: "Check the path."
    case EACCES, EPERM, EROFS: "Check the permissions of the file and its folder."
    case ENOSPC, EDQUOT: "Free some space, or choose another folder; nothing was left behind."
    case EISDIR: "Name a file, not a folder."
    case EFBIG: "Raise the limit on the size of files (ulimit -f); nothing was left behind."
    case ENOTDIR: "A part of the path is a file, not a folder; check the path."
    case EEXIST: "Choose another name, or pass --force to replace it."
    default: nil
    }
  }
}
