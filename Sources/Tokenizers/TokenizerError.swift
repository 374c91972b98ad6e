import TensorStorage

/// Something in a tokenizer's files that cannot be used.
public enum TokenizerError: DescribedError, Hashable {
  /// No piece at all.
  case emptyVocabulary(file: String)
  /// No word to learn a vocabulary from.
  case noWords(file: String)
  /// More pieces than any BERT has.
  case vocabularyTooLarge(count: Int, limit: Int, file: String)
  /// A line of `vocab.txt` that is not UTF-8.
  case lineNotUTF8(line: Int, file: String)
  /// A piece that holds a line break, which no vocabulary file can hold.
  case lineBreakInToken(id: Int, file: String)
  /// A special token that the vocabulary lacks.
  case missingSpecialToken(String, role: String, file: String)
  /// A member of a settings file that is missing or of the wrong kind.
  case invalidMember(name: String, expected: String, file: String)
  /// Something that this tokenizer does not do, such as another model than WordPiece.
  case unsupported(what: String, expected: String, file: String)
  /// Two pieces with one id in `tokenizer.json`.
  case repeatedID(Int, file: String)
  /// Ids far beyond the number of pieces.
  case sparseIDs(highest: Int, count: Int, file: String)
  /// A file larger than any such file is.
  case fileTooLarge(byteCount: Int, limit: Int, file: String)

  /// A file's content is wrong.
  public var kind: FailureKind { .badData }

  /// The file, and the line where there is one.
  public var place: String? {
    switch self {
    case .emptyVocabulary(let file), .noWords(let file), .vocabularyTooLarge(_, _, let file),
      .lineBreakInToken(_, let file), .missingSpecialToken(_, _, let file),
      .invalidMember(_, _, let file), .unsupported(_, _, let file), .repeatedID(_, let file),
      .sparseIDs(_, _, let file), .fileTooLarge(_, _, let file):
      file
    case .lineNotUTF8(let line, let file): "\(file), line \(line)"
    }
  }

  /// What is wrong and what was expected.
  public var problem: String {
    switch self {
    case .emptyVocabulary: "the vocabulary is empty, expected one piece a line"
    case .noWords: "the text holds no word to learn a vocabulary from"
    case .vocabularyTooLarge(let count, let limit, _):
      "the vocabulary has \(count) pieces, at most \(limit) are accepted"
    case .lineNotUTF8: "the line is not UTF-8"
    case .lineBreakInToken(let id, _): "the piece with id \(id) holds a line break"
    case .missingSpecialToken(let token, let role, _):
      "the vocabulary has no \(token), which is to be the \(role) token"
    case .invalidMember(let name, let expected, _): "\"\(name)\" must be \(expected)"
    case .unsupported(let what, let expected, _): "found \(what), expected \(expected)"
    case .repeatedID(let id, _): "two pieces have the id \(id)"
    case .sparseIDs(let highest, let count, _):
      "the highest id is \(highest), but there are only \(count) pieces"
    case .fileTooLarge(let byteCount, let limit, _):
      "the file has \(byteCount) bytes, at most \(limit) are accepted"
    }
  }

  /// How to mend it, where that can be said.
  public var advice: String? {
    switch self {
    case .emptyVocabulary, .missingSpecialToken:
      "Check that the file is the vocabulary of a BERT, and that the special tokens named in "
        + "tokenizer_config.json are in it."
    case .noWords: "Name text files with words in them."
    case .lineNotUTF8: "Save the file as UTF-8."
    case .unsupported: "Only BERT's own tokenizer is supported."
    default: nil
    }
  }
}
