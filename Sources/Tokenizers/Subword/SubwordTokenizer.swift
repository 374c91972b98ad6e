/// A tokenizer of BERT's relatives: literal tokens, normalisation, words, and each word as the pieces
/// that byte-pair encoding or a unigram language model makes of it.
///
/// Gives the ids of Hugging Face's tokenizers for the pipelines that it accepts. Time is linear in the
/// length of the text, but for a single word of many bytes, whose merges take n log n.
///
/// Source: Liu et al. 2019 (RoBERTa), Lan et al. 2020 (ALBERT), Conneau et al. 2020 (XLM-R).
package struct SubwordTokenizer: Sendable {
  /// The pieces.
  package let vocabulary: SubwordVocabulary
  /// How text is treated before.
  package let settings: SubwordSettings
  /// What cuts words.
  package let model: SubwordModel
  /// The ids of the tokens with a role.
  package let specialTokens: SpecialTokens

  private enum Encoder: Sendable {
    case bytePair(BytePairEncoder)
    case unigram(UnigramEncoder)
  }

  private let encoder: Encoder
  private let literals: LiteralSearch
  private let normalizedLiterals: LiteralSearch
  private let caches = WordCachePool()

  /// A tokenizer.
  ///
  /// - Throws: ``TokenizerError`` when the vocabulary lacks the unknown, classification or separator
  ///   token or a literal one, or when the parts do not fit each other.
  package init(
    vocabulary: SubwordVocabulary, model: SubwordModel, settings: SubwordSettings
  ) throws(TokenizerError) {
    let file = vocabulary.file
    func id(_ name: String, _ role: String) throws(TokenizerError) -> Int32 {
      guard let id = vocabulary.id(of: name) else {
        throw .missingSpecialToken(name, role: role, file: file)
      }
      return id
    }
    let names = settings.specialTokens
    specialTokens = SpecialTokens(
      padding: vocabulary.id(of: names.padding) ?? 0, unknown: try id(names.unknown, "unknown"),
      classification: try id(names.classification, "classification"),
      separator: try id(names.separator, "separator"), mask: vocabulary.id(of: names.mask))
    switch (model, settings.preTokenization) {
    case (.bytePair(let pairs), .byteLevel):
      encoder = .bytePair(BytePairEncoder(pairs, tokens: vocabulary.tokens))
    case (.unigram(let unigram), .metaspace):
      guard unigram.scores.count <= vocabulary.tokens.count else {
        throw .invalidMember(name: "vocab", expected: "a piece for each score", file: file)
      }
      encoder = .unigram(UnigramEncoder(unigram, tokens: vocabulary.tokens))
    case (.bytePair, _):
      throw .unsupported(what: "BPE without ByteLevel", expected: "byte-level BPE", file: file)
    case (.unigram, _):
      throw .unsupported(what: "Unigram without Metaspace", expected: "Metaspace", file: file)
    }
    var literals = LiteralSearch()
    var normalizedLiterals = LiteralSearch()
    for token in settings.literals {
      let id = try id(token.content, "added")
      if token.isNormalized {
        normalizedLiterals.insert(
          settings.normalization.normalize(token.content).utf8, token, id: id)
      } else {
        literals.insert(token.content.utf8, token, id: id)
      }
    }
    self.literals = literals
    self.normalizedLiterals = normalizedLiterals
    self.vocabulary = vocabulary
    self.model = model
    self.settings = settings
  }

  /// The ids of a text, without classification and separator tokens around them.
  package func encode(_ text: String) -> [Int32] {
    var text = text
    var ids: [Int32] = []
    text.withUTF8 { bytes in
      ids.reserveCapacity(bytes.count / 4 + 1)
      caches.withCache { cache in
        var scratch: [UInt8] = []
        literals.cut(bytes, into: &ids) { part, ids in
          let normalized = settings.normalization.normalize(
            UnsafeBufferPointer(rebasing: bytes[part]))
          normalized.withUnsafeBufferPointer { normalized in
            normalizedLiterals.cut(normalized, into: &ids) { inner, ids in
              settings.preTokenization.forEachWord(
                in: UnsafeBufferPointer(rebasing: normalized[inner]),
                opensText: part.lowerBound == 0 && inner.lowerBound == 0, scratch: &scratch
              ) { word in
                cache.append(word, to: &ids, appendPieces)
              }
            }
          }
        }
      }
    }
    return ids
  }

  private func appendPieces(_ word: UnsafeBufferPointer<UInt8>, to ids: inout [Int32]) {
    switch encoder {
    case .bytePair(let encoder): encoder.append(word, to: &ids)
    case .unigram(let encoder): encoder.append(word, to: &ids)
    }
  }
}
