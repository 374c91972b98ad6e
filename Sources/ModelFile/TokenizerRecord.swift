import JSON
import TensorStorage
import Tokenizers
import WeightFile

/// What a file's header says of its tokenizer; its tables lie in tensors.
package enum TokenizerRecord: Sendable {
  /// BERT's own; the member `type` is absent, as it was before there were other kinds.
  case wordPiece(WordPieceSettings)
  /// Byte-level BPE or unigram.
  case subword(SubwordRecord)

  /// Reads the member `tokenizer` of the metadata.
  ///
  /// - Throws: `TokenizerError`.
  init(json: JSONObject, path: String) throws(TokenizerError) {
    self =
      json["type"] == nil
      ? .wordPiece(try WordPieceSettings(json: json, file: path))
      : .subword(try SubwordRecord(json: json, file: path))
  }

  /// The record of a tokenizer.
  init(_ tokenizer: Tokenizer) {
    switch tokenizer.kind {
    case .wordPiece(let tokenizer): self = .wordPiece(tokenizer.settings)
    case .subword(let tokenizer): self = .subword(SubwordRecord(tokenizer))
    }
  }

  /// The member `tokenizer`.
  var json: JSONObject {
    switch self {
    case .wordPiece(let settings): settings.json
    case .subword(let record): record.json
    }
  }

  /// What people call the kind.
  package var kindName: String {
    switch self {
    case .wordPiece: "WordPiece"
    case .subword(let record): record.kind.name
    }
  }

  /// The tensors that hold the tables, in the order of the file.
  var tables: [TokenizerTable] {
    switch self {
    case .wordPiece: [.vocabulary]
    case .subword(let record):
      [.vocabulary, record.kind == .bytePair ? .merges : .scores]
        + (record.hasCharacterMap ? [.characterMap] : [])
    }
  }
}

/// A tensor that holds a part of a tokenizer.
enum TokenizerTable: String, CaseIterable, Sendable {
  /// u8: one line a token, each ended by a newline.
  case vocabulary = "tokenizer.vocabulary"
  /// i32 `[n, 2]`: the ids of each pair that merges, the first ones first.
  case merges = "tokenizer.merges"
  /// i64 `[n]`: the score of each piece, as the bits of a binary64 number.
  case scores = "tokenizer.scores"
  /// u8: SentencePiece's compiled map of characters.
  case characterMap = "tokenizer.character_map"

  /// Whether a tensor has this part's type and shape.
  func fits(_ tensor: TensorDescription) -> Bool {
    switch self {
    case .vocabulary, .characterMap: tensor.elementType == .u8 && tensor.shape.rank == 1
    case .scores: tensor.elementType == .i64 && tensor.shape.rank == 1
    case .merges:
      tensor.elementType == .i32 && tensor.shape.rank == 2 && tensor.shape.dimensions[1] == 2
    }
  }

  /// The tensor of a tokenizer, and its bytes; `nil` for a part that it does not have.
  func content(of tokenizer: Tokenizer) -> (tensor: TensorDescription, bytes: [UInt8])? {
    var bytes: [UInt8] = []
    var type = ElementType.u8
    var shape: Shape?
    switch (self, tokenizer.kind) {
    case (.vocabulary, _):
      for token in tokenizer.tokens {
        bytes += token.utf8
        bytes.append(UInt8(ascii: "\n"))
      }
    case (.merges, .subword(let subword)):
      guard case .bytePair(let model) = subword.model else { return nil }
      type = .i32
      shape = [model.merges.count, 2]
      for merge in model.merges {
        withUnsafeBytes(of: merge.left.littleEndian) { bytes += $0 }
        withUnsafeBytes(of: merge.right.littleEndian) { bytes += $0 }
      }
    case (.scores, .subword(let subword)):
      guard case .unigram(let model) = subword.model else { return nil }
      type = .i64
      shape = [model.scores.count]
      for score in model.scores {
        withUnsafeBytes(of: score.bitPattern.littleEndian) { bytes += $0 }
      }
    case (.characterMap, .subword(let subword)):
      guard let map = subword.settings.normalization.characterMap else { return nil }
      bytes = map.bytes
    default: return nil
    }
    return (
      TensorDescription(name: rawValue, elementType: type, shape: shape ?? [bytes.count]), bytes
    )
  }
}
