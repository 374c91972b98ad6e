import TensorStorage

/// Text does not serve as background.
public enum BackgroundError: DescribedError, Equatable {
  /// There is less text than one segment.
  case tooShort(place: String, part: Part, tokenCount: Int, minimumTokenCount: Int)
  /// A file is larger than any text that is read whole.
  case tooLarge(path: String, byteCount: Int, maximumByteCount: Int)
  /// Folders lie in each other deeper than any real tree.
  case tooDeep(path: String)
  /// A path is neither a file nor a folder.
  case noText(path: String)
  /// A file for evaluation says what one for training says: it is the same, a link to it or a copy.
  case sharedText(path: String, trainingPath: String)
  /// The vocabulary does not know the generator's words.
  case foreignVocabulary(share: Double)

  /// What text is for.
  public enum Part: String, Sendable {
    case training = "for training"
    /// What is held out of the text for training.
    case heldOut = "held out for evaluation"
    /// What is named for evaluation.
    case evaluation = "for evaluation"
  }

  /// The family it belongs to.
  public var kind: FailureKind {
    switch self {
    case .sharedText: .usage
    default: .badData
    }
  }

  /// Where: the file or the folder; nothing for generated text.
  public var place: String? {
    switch self {
    case .tooShort(let place, _, _, _): place
    case .tooLarge(let path, _, _), .tooDeep(let path), .noText(let path),
      .sharedText(let path, _):
      path
    case .foreignVocabulary: nil
    }
  }

  /// What happened and what was expected.
  public var problem: String {
    switch self {
    case .tooShort(_, let part, let tokenCount, let minimum):
      "the background text \(part.rawValue) has \(tokenCount) tokens, but a segment takes \(minimum)"
    case .tooLarge(_, let byteCount, let maximum):
      "the file has \(byteCount) bytes, but background files are read up to \(maximum)"
    case .tooDeep: "folders lie in each other more than \(TextFolder.maximumDepth) deep"
    case .noText: "neither a text file nor a folder"
    case .sharedText(let path, let trainingPath):
      path == trainingPath
        ? "the file was named as background for training and for evaluation"
        : "the background for evaluation is that of \(trainingPath), which is for training"
    case .foreignVocabulary(let share):
      "the model's vocabulary does not know \(Int((share * 100).rounded())) % of the generated "
        + "background's words, which are English"
    }
  }

  /// What to do.
  public var advice: String? {
    switch self {
    case .tooShort(_, .heldOut, _, _):
      "Name more text; one file in ten, or a tenth of a file, is held out."
    case .tooShort: "Name more text."
    case .tooLarge: "Split the file."
    case .tooDeep: "Name the folder that holds the text."
    case .noText: "Name text files or folders of them."
    case .sharedText: "Name different files, or leave out those for evaluation."
    case .foreignVocabulary: "Name text in the model's language with --background."
    }
  }
}
