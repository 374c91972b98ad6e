import TensorStorage

/// A model cannot be pretrained with this text.
public enum PretrainingError: DescribedError, Equatable {
  /// The vocabulary has no token that stands for a hidden one.
  case noMaskToken
  /// The model has gone on from pretraining already.
  case hasMemory(path: String)
  /// There is less text than one sequence.
  case tooShort(place: String, part: String, tokenCount: Int, minimumTokenCount: Int)
  /// The vocabulary does not know most of the text.
  case foreignVocabulary(place: String, share: Double)

  /// The family it belongs to.
  public var kind: FailureKind {
    switch self {
    case .hasMemory: .usage
    default: .badData
    }
  }

  /// Where: the model or the text.
  public var place: String? {
    switch self {
    case .noMaskToken: nil
    case .hasMemory(let path): path
    case .tooShort(let place, _, _, _), .foreignVocabulary(let place, _): place
    }
  }

  /// What happened and what was expected.
  public var problem: String {
    switch self {
    case .noMaskToken: "the model's vocabulary has no mask token, or nothing but special tokens"
    case .hasMemory: "the model has memory tokens or labels, which pretraining knows nothing of"
    case .tooShort(_, let part, let tokenCount, let minimum):
      "the text left for \(part) has \(tokenCount) tokens, but one sequence takes \(minimum)"
    case .foreignVocabulary(_, let share):
      "the model's vocabulary does not know \(Int((share * 100).rounded())) % of the text"
    }
  }

  /// What to do.
  public var advice: String? {
    switch self {
    case .noMaskToken: "Take a model whose vocabulary has [MASK]."
    case .hasMemory: "Take the model as it was before `rmt attach` or fine-tuning."
    case .tooShort:
      "Name more text, one file in ten or a tenth of a file is held out; or take fewer --positions."
    case .foreignVocabulary: "Take a model whose vocabulary was made for this text."
    }
  }
}
