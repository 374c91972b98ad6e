import Foundation
import JSON
import ModelFile
import ModelSchema
import TensorStorage
import Tokenizers

/// A checkpoint opened for conversion: weights, configuration, tokenizer and the plan for them.
package struct SourceCheckpoint {
  let location: CheckpointLocation
  package let source: any TensorSource
  package let plan: ConversionPlan
  let tokenizer: Tokenizer?
  /// What happened to a native source before.
  let earlierProvenance: [ProvenanceStep]
  /// What a person should know of the tokenizer.
  let notes: [String]

  /// Larger configurations than this are none.
  private static let maximumConfigurationByteCount = 16 << 20

  /// Opens a checkpoint.
  ///
  /// - Throws: ``OpeningError``, ``ConversionError``, and the errors of the readers.
  package init(path: String) throws {
    let location = try CheckpointLocation(path: path)
    self.location = location
    if location.kind == .native {
      let model = try ModelFile(path: location.weights)
      source = model.weights
      plan = ConversionPlan(native: model)
      tokenizer = try model.tokenizer()
      earlierProvenance = model.provenance
      notes = []
      return
    }
    source = try openTensorSource(at: location)
    guard let configurationPath = location.companion("config.json") else {
      throw OpeningError.missingConfiguration(path: "\(location.folder)/config.json")
    }
    let configuration = try SourceConfiguration(
      JSONValue(
        contentsOf: configurationPath, maximumByteCount: Self.maximumConfigurationByteCount),
      path: configurationPath)
    plan = try ConversionPlan(source: source, configuration: configuration)
    earlierProvenance = []
    let tokenizerNotes: [String]
    (tokenizer, tokenizerNotes) = try Self.loadTokenizer(
      folder: location.folder, rowCount: plan.description.encoder.vocabularySize)
    notes = source.notes + tokenizerNotes
  }

  /// The tokenizer, if there is one of a kind that is known: weights do not fail because of another.
  ///
  /// - Throws: ``ConversionError/vocabularyTooLong(path:tokenCount:rowCount:)``, and what says that
  ///   a tokenizer's file is damaged: a model would go without its tokenizer unnoticed.
  private static func loadTokenizer(
    folder: String, rowCount: Int
  ) throws -> (Tokenizer?, [String]) {
    try checkTokenizerFiles(in: folder)
    let found: TokenizerFolder?
    do {
      found = try TokenizerFolder(path: folder)
    } catch let error as TokenizerError where error.isOfAnotherKind {
      return (nil, ["no tokenizer was stored, so the model takes ids only: \(error)"])
    }
    guard let found else {
      let problem = "\(folder) has no tokenizer: neither tokenizer.json nor a vocabulary"
      return (nil, ["\(problem): no tokenizer was stored, so the model takes ids only"])
    }
    let tokenCount = found.tokenizer.tokens.count
    guard tokenCount <= rowCount else {
      throw ConversionError.vocabularyTooLong(
        path: folder, tokenCount: tokenCount, rowCount: rowCount)
    }
    var notes = found.notes
    if tokenCount < rowCount {
      notes.append(
        "the vocabulary has \(tokenCount) tokens, the embedding table \(rowCount) rows; "
          + "the rows behind them stay unused")
    }
    return (found.tokenizer, notes)
  }

  /// Checks that a download brought the tokenizer's files themselves.
  ///
  /// - Throws: ``OpeningError`` at a file that stands for another one.
  private static func checkTokenizerFiles(in folder: String) throws {
    for name in ["vocab.txt", "tokenizer.json", "vocab.json", "merges.txt"] {
      let path = "\(folder)/\(name)"
      guard FileManager.default.fileExists(atPath: path) else { continue }
      let kind = try CheckpointKind(ofFile: path)
      guard [.gitLFSPointer, .webPage, .empty].contains(kind) else { continue }
      if let error = OpeningError(kind: kind, path: path) { throw error }
    }
  }
}

extension TokenizerError {
  /// Whether the files are whole and describe a tokenizer of a kind that is not known.
  fileprivate var isOfAnotherKind: Bool {
    switch self {
    case .unsupported, .missingSpecialToken, .sentencePieceModel: true
    default: false
    }
  }
}
