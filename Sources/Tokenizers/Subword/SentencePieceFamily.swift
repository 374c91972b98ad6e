import JSON

/// Whose model a file of SentencePiece is: the file says what pieces there are, not which ids the model
/// gives them, nor what becomes of letters before.
///
/// Source: the tokenizers of these names in transformers 5.23, and its `convert_slow_tokenizer`.
enum SentencePieceFamily: String {
  case albert
  case xlmRoberta = "xlm-roberta"
  case camembert

  /// The family of a folder: by the tokenizer's class, then by `model_type`.
  ///
  /// - Parameters:
  ///   - modelType: what `config.json` says; `albert` in the folder of Google's release.
  ///   - file: the file of SentencePiece, for messages.
  /// - Throws: ``TokenizerError`` for another one, and for none.
  init(config: TokenizerConfig, modelType: String?, file: String) throws(TokenizerError) {
    var name = try config.members.optional("tokenizer_class", "a string", \.string)
    if name?.hasSuffix("Fast") == true { name?.removeLast(4) }
    if let family = name.flatMap({ Self.classes[$0] }) {
      self = family
      return
    }
    if name == nil || Self.anyClass.contains(name ?? ""),
      let family = modelType.flatMap(Self.init(rawValue:))
    {
      self = family
      return
    }
    throw .unsupported(
      what: "a model of SentencePiece for \(name ?? modelType ?? "an unknown family")",
      expected: "albert, xlm-roberta or camembert in config.json beside it", file: file)
  }

  private static let classes: [String: SentencePieceFamily] = [
    "AlbertTokenizer": .albert, "XLMRobertaTokenizer": .xlmRoberta,
    "CamembertTokenizer": .camembert,
  ]

  /// Classes that say nothing of the family.
  private static let anyClass: Set = ["PreTrainedTokenizer", "TokenizersBackend"]

  /// The pieces in the order of the model's ids, with their scores, and the unknown one's id.
  ///
  /// fairseq put four tokens of its own before SentencePiece's pieces and left out as many of these as it
  /// had replaced: three for XLM-R, one for CamemBERT, whose `<s>` and `</s>` therefore come twice and
  /// whose unknown piece is spelt otherwise. ALBERT was taught never to use pieces that end in a digit and
  /// a comma: they lose 100.
  ///
  /// - Throws: ``TokenizerError`` when the pieces in front are not those that are replaced.
  func vocabulary(
    of model: SentencePieceModel, file: String
  ) throws(TokenizerError) -> (pieces: [(token: String, score: Double)], unknown: Int) {
    let pieces = model.pieces.map { (token: $0.content, score: Double($0.score)) }
    func expectFront(_ count: Int) throws(TokenizerError) {
      let front = ["<unk>", "<s>", "</s>"].prefix(count)
      guard model.unknown == 0, pieces.prefix(count).map(\.token) == Array(front) else {
        throw .unsupported(
          what: "other pieces in front", expected: front.joined(separator: ", "), file: file)
      }
    }
    switch self {
    case .albert:
      let scored = pieces.map { piece in
        (piece.token, piece.score - (Self.endsInDigitAndComma(piece.token) ? 100 : 0))
      }
      return (scored, model.unknown)
    case .xlmRoberta:
      try expectFront(3)
      let front = ["<s>", "<pad>", "</s>", "<unk>"].map { ($0, 0.0) }
      return (front + pieces.dropFirst(3) + [("<mask>", 0)], 3)
    case .camembert:
      try expectFront(1)
      let front = [
        ("<s>NOTUSED", 0.0), ("<pad>", 0), ("</s>NOTUSED", 0), ("<unk>", 0), ("<unk>NOTUSED", -100),
      ]
      return (front + pieces.dropFirst() + [("<mask>", 0)], 3)
    }
  }

  /// What becomes of text before it is cut, as `tokenizer.json` says it.
  ///
  /// ALBERT writes quotation marks of two characters as one, and takes accents and upper case away unless
  /// `keep_accents` is true or `do_lower_case` false.
  ///
  /// - Throws: ``TokenizerError`` for a wrong member.
  func normalizer(
    _ config: SettingsReader, hasCharacterMap: Bool
  ) throws(TokenizerError) -> JSONValue {
    var steps: [JSONValue] = []
    if self == .albert {
      steps = ["``", "''"].map { quotes in
        ["type": "Replace", "pattern": ["String": .string(quotes)], "content": "\""]
      }
      if try config.optional("keep_accents", "true or false", \.bool) != true {
        steps += [["type": "NFKD"], ["type": "StripAccents"]]
      }
      if try config.optional("do_lower_case", "true or false", \.bool) != false {
        steps.append(["type": "Lowercase"])
      }
    }
    if hasCharacterMap { steps.append(["type": "Precompiled"]) }
    return ["type": "Sequence", "normalizers": .array(steps)]
  }

  private static func endsInDigitAndComma(_ piece: String) -> Bool {
    let end = piece.unicodeScalars.suffix(2)
    guard end.count == 2, end.last == ",", let digit = end.first else { return false }
    return digit.properties.numericType == .decimal || digit.properties.numericType == .digit
  }
}
