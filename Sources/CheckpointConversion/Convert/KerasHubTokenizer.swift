import Foundation
import JSON
import TensorStorage
import Tokenizers

/// The tokenizer of a keras-hub preset: a vocabulary among the assets, settings in a `tokenizer.json`
/// that is none of Hugging Face's.
///
/// Source: keras_hub 0.32, `bert_tokenizer.py`.
enum KerasHubTokenizer {
  /// Where a preset keeps the pieces.
  static let vocabularyName = "assets/tokenizer/vocabulary.txt"

  /// Whether a folder's `tokenizer.json` is keras-hub's.
  static func isPresent(in folder: String) -> Bool {
    guard FileManager.default.fileExists(atPath: "\(folder)/\(vocabularyName)"),
      let json = try? settings(in: folder)
    else { return false }
    return json["class_name"] != nil && json["model"] == nil
  }

  /// Reads the tokenizer.
  ///
  /// - Throws: `TokenizerError`, also for one that is not BERT's, `JSONError` or `FileError`.
  static func load(folder: String) throws -> Tokenizer {
    let json = try settings(in: folder)
    let path = "\(folder)/tokenizer.json"
    guard json["class_name"]?.string == "BertTokenizer" else {
      throw TokenizerError.unsupported(
        what: json["class_name"]?.string ?? "no class_name", expected: "BertTokenizer", file: path)
    }
    let file = try RandomAccessFile(path: "\(folder)/\(vocabularyName)")
    guard file.byteCount <= maximumByteCount else {
      throw TokenizerError.fileTooLarge(
        byteCount: file.byteCount, limit: maximumByteCount, file: file.path)
    }
    let vocabulary = try WordPieceVocabulary(
      lines: file.bytes(in: 0..<file.byteCount), file: file.path)
    // BertTokenizer's default is not to lower letters.
    var settings = WordPieceSettings(lowercases: json["config"]?["lowercase"]?.bool ?? false)
    settings.stripsAccents = json["config"]?["strip_accents"]?.bool
    return try Tokenizer(vocabulary: vocabulary, settings: settings, file: file.path)
  }

  private static let maximumByteCount = 128 << 20

  private static func settings(in folder: String) throws -> JSONValue {
    try JSONValue(contentsOf: "\(folder)/tokenizer.json", maximumByteCount: maximumByteCount)
  }
}
