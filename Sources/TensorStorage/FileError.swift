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

  public var kind: FailureKind {
    switch operation {
    case .open, .list: .missingInput
    case .create where code == EEXIST: .usage
    default: .inputOutput
    }
  }

  public var place: String? { path }

  public var problem: String {
    code == 0
      ? "cannot \(operation.rawValue): the file ended early, as if it had been cut while in use"
      : "cannot \(operation.rawValue): \(String(cString: strerror(code)))"
  }

  public var advice: String? {
    switch code {
    case ENOENT: "Check the path."
    case EACCES, EPERM, EROFS: "Check the permissions of the file and its folder."
    case ENOSPC, EDQUOT: "Free some space, or choose another folder; nothing was left behind."
    case EFBIG: "Raise the file-size limit (ulimit -f); nothing was left behind."
    case ENOTDIR: "A part of the path is a file, not a folder; check the path."
    case EEXIST: "Choose another name, or pass --force to replace it."
    default: nil
    }
  }
}
