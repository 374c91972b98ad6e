import TensorStorage

/// An experiment's folder that cannot be shown.
package enum ReportError: DescribedError, Hashable {
  /// The folder holds nothing that a report is made of.
  case nothingToShow(folder: String)
  /// A line of a file is not what it should be.
  case line(file: String, line: Int, problem: String)
  /// A file is not what it should be.
  case file(String, problem: String)

  /// The family for the exit code.
  package var kind: FailureKind {
    switch self {
    case .nothingToShow: .missingInput
    case .line, .file: .badData
    }
  }

  /// The folder, the file, or the line in it.
  package var place: String? {
    switch self {
    case .nothingToShow(let folder): folder
    case .line(let file, let line, _): "\(file), line \(line)"
    case .file(let file, _): file
    }
  }

  /// What is wrong.
  package var problem: String {
    switch self {
    case .nothingToShow:
      "the folder holds none of \(ReportFolder.names.joined(separator: ", "))"
    case .line(_, _, let problem), .file(_, let problem): problem
    }
  }

  /// What to do about it.
  package var advice: String? {
    switch self {
    case .nothingToShow: "Name the folder of an experiment."
    case .line: "Mend the line or take it out."
    case .file: nil
    }
  }
}

/// Why a line is not what it should be, before it is known where the line stands.
struct LineProblem: Error {
  let sentence: String

  init(_ sentence: String) { self.sentence = sentence }
}
