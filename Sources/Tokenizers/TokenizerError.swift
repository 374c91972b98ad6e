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
  /// Something that no tokenizer here does, such as a normaliser of another name.
  case unsupported(what: String, expected: String, file: String)
  /// Two pieces with one id in `tokenizer.json`.
  case repeatedID(Int, file: String)
  /// Ids far beyond the number of pieces.
  case sparseIDs(highest: Int, count: Int, file: String)
  /// Two pieces that are spelt alike.
  case repeatedToken(String, file: String)
  /// A merge of byte-pair encoding that names something which is no piece.
  case unknownMerge(index: Int, token: String, file: String)
  /// A piece's score that is no finite number.
  case score(id: Int, file: String)
  /// A map of characters that breaks a rule.
  case characterMap(CharacterMapFault, file: String)
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
      .sparseIDs(_, _, let file), .repeatedToken(_, let file),
      .unknownMerge(_, _, let file),
      .score(_, let file), .characterMap(_, let file), .fileTooLarge(_, _, let file):
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
    case .repeatedToken(let token, _): "two pieces are spelt \"\(token)\""
    case .unknownMerge(let index, let token, _):
      "merge \(index), counted from 0, names \"\(token)\", which is no piece"
    case .score(let id, _): "the score of the piece with id \(id) is no finite number"
    case .characterMap(let fault, _): "the map of characters cannot be used: \(fault.problem)"
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
    case .unsupported:
      "WordPiece, byte-level BPE as RoBERTa has it and SentencePiece unigram as ALBERT and XLM-R have "
        + "it are supported."
    case .vocabularyTooLarge, .fileTooLarge: "Check that it is the tokenizer's own file."
    case .lineBreakInToken: "Take the line break out of the piece."
    case .invalidMember, .repeatedID, .sparseIDs, .repeatedToken, .unknownMerge, .score,
      .characterMap:
      "Save the tokenizer again with save_pretrained of transformers."
    }
  }
}
