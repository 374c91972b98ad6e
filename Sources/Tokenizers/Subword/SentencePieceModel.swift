import ProtocolBuffers
import TensorStorage

/// What SentencePiece's own file holds, `spiece.model` or `sentencepiece.bpe.model`: a unigram language
/// model and the map of characters in front of it.
///
/// A message of protocol buffers; of its fields those are read that say how text is cut. Reading holds
/// the pieces and the map, nothing else.
///
/// A piece's type is not read: user-defined and control symbols are pieces with a score like others, as
/// they are in the `tokenizer.json` that lies beside the model in ALBERT's releases. transformers 5 cuts
/// them out of the text first where there is the model alone; `generate_sentencepiece.py` counts the
/// strings where that matters.
///
/// Source: `sentencepiece_model.proto` of SentencePiece 0.2.
struct SentencePieceModel {
  /// A piece and the logarithm of its probability.
  struct Piece {
    /// How it is spelt, U+2581 for a space.
    var content = ""
    /// Its score.
    var score: Float = 0
  }

  /// The pieces in the order of SentencePiece's ids.
  private(set) var pieces: [Piece] = []
  /// The id of the piece that stands for what no piece covers.
  private(set) var unknown = 0
  /// The compiled map of characters; empty where the model has none.
  private(set) var characterMap: [UInt8] = []
  private let file: String

  /// The largest file that is accepted, in bytes; that of a million pieces has a little more than half.
  private static let largestByteCount = 32 << 20
  /// The most pieces that are accepted.
  private static let largestCount = 1 << 21

  /// Reads a file.
  ///
  /// - Throws: ``TokenizerError`` for a model of another kind, or without pieces; `ProtocolBufferError`,
  ///   `TruncatedBytes` and `FileError`.
  init(path: String) throws {
    file = path
    let bytes = try RandomAccessFile(path: path)
    guard bytes.byteCount <= Self.largestByteCount else {
      throw TokenizerError.fileTooLarge(
        byteCount: bytes.byteCount, limit: Self.largestByteCount, file: path)
    }
    var reader = ProtocolBufferReader(bytes)
    try reader.read(reader.whole) { reader, field in
      switch field.number {
      case 1: try readPiece(field, &reader)
      case 2: try readTrainer(field, &reader)
      case 3: try readNormalizer(field, &reader)
      default: break
      }
    }
    guard !pieces.isEmpty else { throw TokenizerError.emptyVocabulary(file: file) }
    guard pieces.indices.contains(unknown) else {
      throw TokenizerError.invalidMember(
        name: "unk_id", expected: "the id of a piece", file: file)
    }
  }

  private mutating func readPiece(
    _ field: ProtocolBufferField, _ reader: inout ProtocolBufferReader
  ) throws {
    guard pieces.count < Self.largestCount else {
      throw TokenizerError.vocabularyTooLarge(
        count: pieces.count + 1, limit: Self.largestCount, file: file)
    }
    var piece = Piece()
    try reader.read(try field.part(in: file)) { reader, field in
      switch field.number {
      case 1:
        piece.content = try reader.text(of: field, limit: WordPieceVocabulary.longestByteCount)
      case 2: piece.score = Float(bitPattern: try field.fixed32(in: file))
      default: break
      }
    }
    guard !piece.content.isEmpty else {
      throw TokenizerError.invalidMember(
        name: "pieces", expected: "pieces with a text; that of id \(pieces.count) is empty",
        file: file)
    }
    pieces.append(piece)
  }

  private mutating func readTrainer(
    _ field: ProtocolBufferField, _ reader: inout ProtocolBufferReader
  ) throws {
    try reader.read(try field.part(in: file)) { _, field in
      switch field.number {
      case 3:
        let type = try field.integer(in: file)
        let names: [Int64: String] = [1: "unigram", 2: "BPE", 3: "word", 4: "character"]
        try expect(type == 1, "a model of the type \(names[type] ?? "\(type)")", "unigram")
      case 24:
        try expect(try field.integer(in: file) == 0, "spaces behind words", "spaces before words")
      case 35:
        try expect(try field.integer(in: file) == 0, "byte_fallback", "a model without")
      case 40: unknown = Int(try field.integer(in: file))
      default: break
      }
    }
  }

  private mutating func readNormalizer(
    _ field: ProtocolBufferField, _ reader: inout ProtocolBufferReader
  ) throws {
    try reader.read(try field.part(in: file)) { reader, field in
      switch field.number {
      case 2: characterMap = try reader.bytes(of: field, limit: CharacterMap.largestByteCount)
      case 3: try expect(try field.integer(in: file) != 0, "add_dummy_prefix false", "true")
      case 4: try expect(try field.integer(in: file) != 0, "remove_extra_whitespaces false", "true")
      case 5: try expect(try field.integer(in: file) != 0, "escape_whitespaces false", "true")
      default: break
      }
    }
  }

  private func expect(
    _ isKnown: Bool, _ what: String, _ expected: String
  ) throws(TokenizerError) {
    guard isKnown else { throw .unsupported(what: what, expected: expected, file: file) }
  }
}
