import TensorStorage

extension FailureKind {
  /// The exit code of a run that ends with this kind of failure; numbers of `sysexits.h`, and the
  /// shell's own for an interruption.
  var exitCode: Int32 {
    switch self {
    case .usage: 64
    case .badData: 65
    case .missingInput: 66
    case .inputOutput: 74
    case .interrupted: 130
    }
  }
}
