import JSON

/// The merges of byte-pair encoding as files write them: pairs of pieces, or both in one string.
package enum MergeList {
  /// The ids of the pairs, in order; a line that names the format's version is none.
  ///
  /// - Throws: ``TokenizerError`` for an entry that is no pair, or that names a piece which is none.
  static func merges(
    _ list: [JSONValue], _ vocabulary: SubwordVocabulary, file: String
  ) throws(TokenizerError) -> [BytePairMerge] {
    var merges: [BytePairMerge] = []
    merges.reserveCapacity(list.count)
    for (index, value) in list.enumerated() {
      let parts: [String]
      if let text = value.string {
        if text.hasPrefix("#version") { continue }
        parts = text.utf8.split(separator: 0x20, omittingEmptySubsequences: false)
          .map { String(Substring($0)) }
      } else {
        parts = value.array?.compactMap(\.string) ?? []
      }
      guard parts.count == 2 else {
        throw .invalidMember(
          name: "merges", expected: "pairs of pieces; entry \(index) is none", file: file)
      }
      merges.append(try merge(parts[0], parts[1], index: index, vocabulary, file: file))
    }
    return merges
  }

  /// The merges of pairs of ids.
  ///
  /// - Throws: ``TokenizerError`` for an id outside, and for a pair whose whole is no piece.
  package static func merges(
    ofPairs pairs: [(left: Int32, right: Int32)], _ vocabulary: SubwordVocabulary, file: String
  ) throws(TokenizerError) -> [BytePairMerge] {
    var merges: [BytePairMerge] = []
    merges.reserveCapacity(pairs.count)
    let tokens = vocabulary.tokens
    for (index, pair) in pairs.enumerated() {
      guard tokens.indices.contains(Int(pair.left)), tokens.indices.contains(Int(pair.right)) else {
        throw .unknownMerge(index: index, token: "an id outside", file: file)
      }
      merges.append(
        try merge(
          tokens[Int(pair.left)], tokens[Int(pair.right)], index: index, vocabulary, file: file))
    }
    return merges
  }

  private static func merge(
    _ left: String, _ right: String, index: Int, _ vocabulary: SubwordVocabulary, file: String
  ) throws(TokenizerError) -> BytePairMerge {
    func id(_ token: String) throws(TokenizerError) -> Int32 {
      guard let id = vocabulary.id(of: token) else {
        throw .unknownMerge(index: index, token: token, file: file)
      }
      return id
    }
    return BytePairMerge(left: try id(left), right: try id(right), piece: try id(left + right))
  }
}

/// What a post-processor puts around a text.
struct PostProcessor {
  /// The token in front, `<s>`.
  private(set) var first: String?
  /// The token behind, `</s>`.
  private(set) var last: String?

  /// Reads the member `post_processor` of `tokenizer.json`; one of another kind frames nothing.
  init(_ value: JSONValue?) {
    switch value?["type"]?.string {
    case "RobertaProcessing", "BertProcessing":
      first = value?["cls"]?.array?.first?.string
      last = value?["sep"]?.array?.first?.string
    case "TemplateProcessing":
      let single = value?["single"]?.array ?? []
      first = single.first?["SpecialToken"]?["id"]?.string
      last = single.last?["SpecialToken"]?["id"]?.string
    case "Sequence":
      for part in value?["processors"]?.array ?? [] {
        guard part["type"]?.string != "Sequence" else { continue }
        let inner = PostProcessor(part)
        first = first ?? inner.first
        last = last ?? inner.last
      }
    default: break
    }
  }
}
