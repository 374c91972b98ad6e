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
    let (configuration, configurationNotes) = try SourceConfiguration.found(
      at: location, of: source)
    let plan = try ConversionPlan(source: source, configuration: configuration)
    earlierProvenance = []
    let rowCount = plan.description.encoder.vocabularySize
    let tokenizerNotes: [String]
    (tokenizer, tokenizerNotes) =
      try (source as? any ConfiguredTensorSource).map {
        try Self.tokenizer(of: $0, rowCount: rowCount)
      } ?? Self.loadTokenizer(folder: location.folder, rowCount: rowCount)
    self.plan = tokenizer == nil ? plan : plan.withTokenizer()
    notes = source.notes + configurationNotes + tokenizerNotes
  }

  /// The tokenizer that a file of weights brings itself.
  private static func tokenizer(
    of source: any ConfiguredTensorSource, rowCount: Int
  ) throws -> (Tokenizer?, [String]) {
    do {
      let (tokenizer, notes) = try source.tokenizer()
      return tokenizer.map { fitting($0, notes, rowCount: rowCount) } ?? (nil, notes)
    } catch let error as TokenizerError where error.isOfAnotherKind {
      return (nil, ["no tokenizer was stored, so the model takes ids only: \(error)"])
    }
  }

  /// The tokenizer, unless it has tokens without an embedding, and what is odd about its size.
  private static func fitting(
    _ tokenizer: Tokenizer, _ notes: [String], rowCount: Int
  ) -> (Tokenizer?, [String]) {
    let tokenCount = tokenizer.tokens.count
    guard tokenCount != rowCount else { return (tokenizer, notes) }
    let sizes = "the vocabulary has \(tokenCount) tokens, the embedding table \(rowCount) rows"
    guard tokenCount < rowCount else {
      return (
        nil,
        [
          "\(sizes), so it belongs to another model: no tokenizer was stored, so the model takes ids "
            + "only"
        ]
      )
    }
    return (tokenizer, notes + ["\(sizes); the rows behind them stay unused"])
  }

  /// The tokenizer, if there is one of a kind that is known: weights do not fail because of another.
  ///
  /// - Throws: what says that a tokenizer's file is damaged: a model would go without its tokenizer
  ///   unnoticed.
  private static func loadTokenizer(
    folder: String, rowCount: Int
  ) throws -> (Tokenizer?, [String]) {
    try checkTokenizerFiles(in: folder)
    let found: (tokenizer: Tokenizer, notes: [String])?
    do {
      found =
        KerasHubTokenizer.isPresent(in: folder)
        ? (try KerasHubTokenizer.load(folder: folder), [])
        : try TokenizerFolder(path: folder).map { ($0.tokenizer, $0.notes) }
    } catch let error as TokenizerError where error.isOfAnotherKind {
      return (nil, ["no tokenizer was stored, so the model takes ids only: \(error)"])
    } catch let error as any DescribedError where error.kind == .badData {
      throw DamagedTokenizerError(error)
    }
    guard let found else {
      let problem = "\(folder) has no tokenizer: neither tokenizer.json nor a vocabulary"
      return (nil, ["\(problem): no tokenizer was stored, so the model takes ids only"])
    }
    return fitting(found.tokenizer, found.notes, rowCount: rowCount)
  }

  /// Checks that a download brought the tokenizer's files themselves.
  ///
  /// - Throws: ``OpeningError`` at a file that stands for another one.
  private static func checkTokenizerFiles(in folder: String) throws {
    for name in TokenizerFolder.fileNames where name != "tokenizer_config.json" {
      let path = "\(folder)/\(name)"
      guard FileManager.default.fileExists(atPath: path) else { continue }
      let kind = try CheckpointKind(ofFile: path)
      guard [.gitLFSPointer, .webPage, .empty].contains(kind) else { continue }
      if let error = OpeningError(kind: kind, path: path) { throw error }
    }
  }
}

/// What is wrong with a tokenizer's file, and that the weights can do without it.
private struct DamagedTokenizerError: DescribedError {
  private let error: any DescribedError

  init(_ error: any DescribedError) { self.error = error }

  var kind: FailureKind { error.kind }
  var place: String? { error.place }
  var problem: String { error.problem }
  var advice: String? {
    (error.advice.map { $0 + " " } ?? "")
      + "Once the file is moved away, the weights are converted without a tokenizer."
  }
}

extension TokenizerError {
  /// Whether the files are whole and describe a tokenizer of a kind that is not known.
  fileprivate var isOfAnotherKind: Bool {
    switch self {
    case .unsupported, .missingSpecialToken: true
    default: false
    }
  }
}
