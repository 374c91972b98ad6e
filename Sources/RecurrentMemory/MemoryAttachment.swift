import JSON
import ModelFile
import ModelSchema
import Randomness
import TensorStorage

/// Gives a model memory tokens and labels.
///
/// New parameters are drawn from N(0, σ²), σ the checkpoint's initializer range: the memory's rows
/// stand where word embeddings do, and BERT draws those the same way. Biases start at zero.
public struct MemoryAttachment: Sendable {
  /// The memory's settings.
  public var memory: MemoryConfiguration
  /// Names of the classes; `nil` keeps those of the model.
  public var labels: [String]?
  /// Seed of what is drawn.
  public var seed: UInt64

  /// An attachment with every part given.
  public init(memory: MemoryConfiguration, labels: [String]?, seed: UInt64) {
    self.memory = memory
    self.labels = labels
    self.seed = seed
  }

  /// What an attachment did.
  public struct Report: Sendable {
    /// The new model.
    public let description: ModelDescription
    /// Parameters that were drawn; the others were copied bit by bit.
    public let created: [String]
  }

  /// Writes the model with its memory; the source stays as it is.
  ///
  /// A classifier is kept when the labels stay the same; a memory is kept, and one of another number
  /// of tokens refused.
  ///
  /// - Parameters:
  ///   - path: the file to write; it appears whole or not at all.
  ///   - collision: whether an existing file is replaced.
  /// - Throws: ``RecurrenceError`` or `ConfigurationError` when the parts do not fit the model;
  ///   `FileError`.
  public func attach(
    to model: ModelFile, writing path: String, collision: AtomicFileWriter.Collision
  ) throws -> Report {
    var description = model.description
    let previous = description
    if let old = previous.memory, old.tokenCount != memory.tokenCount {
      throw RecurrenceError.otherMemory(found: old.tokenCount, wanted: memory.tokenCount)
    }
    description.memory = memory
    description.labels = labels ?? previous.labels
    // Nothing behind a memory names masked tokens.
    description.predictsMaskedTokens = false
    try description.check(file: path)
    let hasSameLabels = description.labels == previous.labels
    let existing = Set(model.parameters)
    let catalog = ParameterCatalog(description).parameters
    let kept = Set(
      catalog.filter {
        existing.contains($0) && (hasSameLabels || !$0.name.hasPrefix("classifier."))
      }.map(\.name))
    let created = catalog.map(\.name).filter { !kept.contains($0) }
    let dropped = model.parameters.map(\.name).filter {
      $0.hasPrefix(ParameterCatalog.maskedTokenHeadPrefix)
    }
    let step = ProvenanceStep(
      verb: "attach", toolVersion: ProvenanceStep.currentToolVersion,
      sources: [try ProvenanceStep.Source(path: model.path)], dialect: nil,
      dropped: dropped.map {
        ProvenanceStep.Tensor(name: $0, reason: "head of the pretraining, which has no memory")
      },
      created: created.map {
        ProvenanceStep.Tensor(
          name: $0, reason: $0.hasSuffix(".bias") ? "set to zero" : "drawn from the seed")
      },
      options: options(labels: description.labels), seed: seed)
    var writer = try ModelFileWriter(
      path: path, collision: collision, description: description,
      tokenizer: try model.tokenizer(), provenance: model.provenance + [step],
      elementType: model.elementType)
    let deviation = description.encoder.initializerRange
    for (index, parameter) in writer.parameters.enumerated() {
      if kept.contains(parameter.name) {
        try writer.write(encoded: model.bytes(of: parameter).bytes)
        continue
      }
      // Each parameter has a stream of its own: its numbers do not depend on what else is new.
      var stream = RandomStream(Philox(key: seed).derived([UInt32(index), 0, 0, 0]))
      let numbers = (0..<parameter.shape.elementCount).map { _ in
        parameter.role == .bias ? 0 : Float(stream.normal(standardDeviation: deviation))
      }
      try numbers.withUnsafeBufferPointer { try writer.write(floats: $0) }
    }
    try writer.finish()
    return Report(description: description, created: created)
  }

  /// What the model's history tells of the attachment.
  private func options(labels: [String]) -> JSONObject {
    var options: JSONObject = [
      "memoryTokens": .integer(memory.tokenCount),
      "segmentPositions": .integer(memory.segmentPositions),
      "alignment": .string(memory.alignment.rawValue),
      "labels": .array(labels.map { .string($0) }),
    ]
    if let frame = memory.frame {
      options["frameIDs"] = [.integer(frame.classification), .integer(frame.separator)]
    }
    return options
  }
}
