import TensorStorage

/// A recipe breaks a rule; every error names the file and the key.
public enum RecipeError: DescribedError, Equatable {
  /// A key is missing that has no default.
  case missing(file: String, key: String)
  /// A value is of another type or outside its range.
  case invalid(file: String, key: String, found: String, expected: String)
  /// No such key is known here.
  case unknownKey(file: String, key: String, known: [String])
  /// Two keys contradict each other.
  case contradiction(file: String, key: String, problem: String)
  /// A source is not where the recipe's data is looked for.
  case missingSource(file: String, name: String, path: String, origin: String)
  /// A source has another content than the recipe was written for.
  case changedSource(path: String, expected: String, found: String)
  /// A file is not where the recipe says.
  case missingFile(file: String, key: String, path: String)
  /// What a key says does not fit the model, the task or a file; the problem is the part's own.
  case unfit(file: String, key: String, problem: String, advice: String?, kind: FailureKind)
  /// The folder holds an experiment of other settings.
  case otherSettings(folder: String, key: String, before: String, now: String)
  /// The folder holds something else.
  case foreignFolder(path: String)
  /// The folder lies in one that the recipe reads, and would be read as well.
  case outputInInput(folder: String, input: String)

  /// The family it belongs to.
  public var kind: FailureKind {
    switch self {
    case .otherSettings, .foreignFolder, .outputInInput: .usage
    case .missingFile, .missingSource: .missingInput
    case .unfit(_, _, _, _, let kind): kind
    default: .badData
    }
  }

  /// Where: the file and the key, or the path.
  public var place: String? {
    switch self {
    case .missing(let file, let key), .invalid(let file, let key, _, _),
      .unknownKey(let file, let key, _), .contradiction(let file, let key, _),
      .missingFile(let file, let key, _), .unfit(let file, let key, _, _, _):
      "\(file), \(key)"
    case .missingSource(_, _, let path, _), .changedSource(let path, _, _),
      .foreignFolder(let path), .outputInInput(let path, _):
      path
    case .otherSettings(let folder, let key, _, _): "\(folder), \(key)"
    }
  }

  /// What happened and what was expected.
  public var problem: String {
    switch self {
    case .missing: "the recipe needs this key"
    case .invalid(_, _, let found, let expected): "found \(found); expected \(expected)"
    case .unknownKey: "a recipe has no such key"
    case .contradiction(_, _, let problem), .unfit(_, _, let problem, _, _): problem
    case .missingFile(_, _, let path): "there is nothing at \(path)"
    case .missingSource(let file, let name, _, _):
      "the source \"\(name)\" of \(file) is not here"
    case .changedSource(_, let expected, let found):
      "the content has checksum \(found), but the recipe was written for \(expected)"
    case .otherSettings(_, _, let before, let now):
      "the experiment in this folder was begun with \(before), and the recipe now has \(now)"
    case .foreignFolder: "the folder is not empty and holds no experiment"
    case .outputInInput(_, let input):
      "the experiment reads all of \(input), and its own folder lies in there"
    }
  }

  /// What to do.
  public var advice: String? {
    switch self {
    case .missing: "Add it; the README beside the model zoo's recipes tells what every key means."
    case .invalid: nil
    case .contradiction: "Correct this key, or the one that it contradicts."
    case .unfit(_, _, _, let advice, _): advice
    case .missingFile:
      "Paths lie beside the recipe; those of sources in the folder that --data names."
    case .unknownKey(_, _, let known): "Known are: \(known.joined(separator: ", "))."
    case .missingSource(_, _, _, let origin):
      "Get it (\(origin)) and name the folder that holds it with --data."
    case .changedSource:
      "Get the original, or leave out the source's checksum to go on with this one."
    case .otherSettings:
      "Results of different settings are not mixed: name another folder with -o, or undo the change."
    case .foreignFolder: "Name a new folder with -o."
    case .outputInInput: "Name a folder elsewhere with -o."
    }
  }
}
