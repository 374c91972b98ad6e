import Randomness
import Tokenizers
import Transformer

/// Which tokens of a sequence masked language modelling hides.
public struct MaskingOptions: Sendable, Hashable {
  /// The share of a sequence's tokens that are to be named; BERT's is 0.15.
  public var share: Double
  /// Whether all pieces of a word are hidden together.
  public var hidesWholeWords: Bool

  /// Options with both values given.
  public init(share: Double, hidesWholeWords: Bool) {
    self.share = share
    self.hidesWholeWords = hidesWholeWords
  }
}

/// Hides tokens of a sequence: of those that are chosen 80 % become the mask token, 10 % a random
/// token, and 10 % stay.
///
/// Of n tokens without a role max(1, round(share·n)) are chosen, all sets of that size equally likely;
/// with whole words, words in random order as long as they fit. Special tokens are never chosen, nor
/// drawn as a random token.
///
/// Source: Devlin et al., "BERT: Pre-training of Deep Bidirectional Transformers", NAACL 2019, §3.1
/// and appendix A.1.
struct TokenMasking: Sendable {
  private let options: MaskingOptions
  private let tokens: SpecialTokens
  private let mask: Int32
  /// Ids that a random token is drawn from.
  private let ordinaryIDs: [Int32]
  /// Whether an id has a role.
  private let isSpecial: [Bool]
  /// Whether an id continues a word.
  private let isContinuation: [Bool]

  /// Masking with a tokenizer's mask token.
  ///
  /// - Throws: ``PretrainingError/noMaskToken`` when there is none, or nothing else.
  init(_ options: MaskingOptions, tokenizer: Tokenizer) throws(PretrainingError) {
    let roles = tokenizer.specialTokens
    guard let mask = roles.mask else { throw .noMaskToken }
    let pieces = tokenizer.tokens
    let roleNames = tokenizer.roleNames
    isSpecial = pieces.map(roleNames.contains)
    ordinaryIDs = tokenizer.ordinaryIDs
    guard !ordinaryIDs.isEmpty else { throw .noMaskToken }
    isContinuation = pieces.indices.map { tokenizer.continuesWord(Int32($0)) }
    self.options = options
    self.mask = mask
    tokens = roles
  }

  /// Tokens that are chosen of so many.
  static func hiddenCount(of tokenCount: Int, share: Double) -> Int {
    tokenCount == 0 ? 0 : min(tokenCount, max(1, Int((share * Double(tokenCount)).rounded())))
  }

  /// `[CLS]`, the tokens with some hidden, `[SEP]`.
  func sequence(_ content: ArraySlice<Int32>, stream: inout RandomStream) -> MaskedSequence {
    var ids = [tokens.classification] + content + [tokens.separator]
    var hidden: [MaskedToken] = []
    for row in chosenRows(ids, &stream) {
      hidden.append(MaskedToken(row: row, id: ids[row]))
      let draw = stream.index(below: 10)
      if draw < 8 {
        ids[row] = mask
      } else if draw == 8 {
        ids[row] = ordinaryIDs[stream.index(below: ordinaryIDs.count)]
      }
    }
    return MaskedSequence(tokenIDs: ids, hidden: hidden)
  }

  /// The rows to hide, rising.
  private func chosenRows(_ ids: [Int32], _ stream: inout RandomStream) -> [Int] {
    let rows = ids.indices.filter { !isSpecial[Int(ids[$0])] }
    let wanted = Self.hiddenCount(of: rows.count, share: options.share)
    var units: [[Int]] = []
    for row in rows {
      if options.hidesWholeWords, isContinuation[Int(ids[row])], units.last?.last == row - 1 {
        units[units.count - 1].append(row)
      } else {
        units.append([row])
      }
    }
    var chosen: [Int] = []
    for place in units.indices {
      guard chosen.count < wanted else { break }
      // A shuffle of which only as much is made as is needed.
      units.swapAt(place, place + stream.index(below: units.count - place))
      if chosen.count + units[place].count <= wanted { chosen += units[place] }
    }
    return chosen.sorted()
  }
}
