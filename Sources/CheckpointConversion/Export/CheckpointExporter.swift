import JSON
import ModelFile
import ModelSchema
import PyTorchCheckpoint
import Safetensors
import TensorStorage
import Tokenizers

/// Writes models as folders that the rest of the ecosystem opens.
public struct CheckpointExporter {
  /// Exports a model.
  ///
  /// - Parameters:
  ///   - model: what to export.
  ///   - layout: which program opens the folder.
  ///   - folder: appears whole or not at all.
  ///   - collision: whether an earlier export there is replaced, file by file.
  ///   - elementType: f32, f16 or bf16; `nil` for the type of the model's matrices, and for f32 in
  ///     the reference layout, TensorFlow 1's and, where those are bf16, in TensorFlow's.
  ///   - isQuantized: whether matrices become Q8_0, which the layout ``ExportLayout/gguf`` alone has.
  ///   - maximumShardByteCount: how many bytes of tensors a file of weights may hold before they are
  ///     divided among several beside an index, as transformers does; `nil` for one file.
  ///   - isUntied: whether tensors that are one under two names, as a decoder and the word
  ///     embeddings are, are written under both, each with numbers of its own. Otherwise safetensors
  ///     files leave the second name out, as transformers does, and PyTorch's share the numbers;
  ///     the reference layout has the second name anyway.
  ///   - progress: called after every piece; what it throws stops the export.
  /// - Throws: ``ExportError``, ``ConversionError/overflow(path:tensor:value:type:)``, `FileError`.
  public static func export(
    model: ModelFile, layout: ExportLayout, to folder: String,
    collision: AtomicFileWriter.Collision, elementType: ElementType?,
    isQuantized: Bool = false, maximumShardByteCount: Int? = nil, isUntied: Bool = false,
    progress: (TransferProgress) throws -> Void = { _ in }
  ) throws -> ExportReport {
    guard layout == .gguf || !isQuantized else { throw ExportError.quantized(layout) }
    guard layout.namesTiedTensors || !isUntied else { throw ExportError.untied(layout) }
    if let maximumShardByteCount {
      guard layout.isForPyTorchClasses else { throw ExportError.shards(layout) }
      guard maximumShardByteCount > 0 else {
        throw ExportError.shardByteCount(maximumShardByteCount)
      }
    }
    let family = model.description.encoder.family
    guard layout.isFor(model.description) else {
      throw ExportError.family(path: model.path, family, layout)
    }
    let type = try resolvedType(elementType, model: model, layout: layout)
    let tokenizer = try model.tokenizer()
    let special = tokenizer?.specialTokens
    guard model.description.memory == nil || special != nil else {
      throw ExportError.noTokenizer(path: model.path)
    }
    if layout == .tensorFlowVariables || layout == .gguf {
      return try exportAlone(
        model: model, layout: layout, to: folder, collision: collision, elementType: type,
        isQuantized: isQuantized, tokenizer: tokenizer, progress: progress)
    }
    let named = layout.tensors(
      of: model.description, framing: special.map { ($0.classification, $0.separator) },
      elementType: type)
    let tensors = tied(named, layout: layout, isUntied: isUntied)
    let configuration = ExportedConfiguration(
      model: model.description, layout: layout, elementType: type, tokenizer: tokenizer)

    let output = try ExportFolder.open(path: folder, collision: collision)
    try writeWeights(
      tensors, of: model, layout: layout, maximumShardByteCount: maximumShardByteCount,
      to: output, progress: progress)
    try output.write((configuration.json().serialized(pretty: true) + "\n").utf8, to: "config.json")
    if let tokenizer {
      let files = tokenizer.files(
        maximumLength: configuration.runsRecurrence
          ? nil : model.description.encoder.maximumPositions)
      for file in files { try output.write(file.bytes, to: file.name) }
    }
    if configuration.runsRecurrence {
      try output.write(
        ModelingFile.bytes(classifier: configuration.classifierName), to: ModelingFile.name)
    }
    let path = output.path
    let files = try output.commit(removing: layout.supersedes)
    var notes = notes(on: model, layout: layout)
    if isUntied, !named.contains(where: { $0.sharedWith != nil }) {
      notes.append("the model has no tied tensors: there is nothing to untie")
    }
    return ExportReport(
      folder: path, layout: layout, files: files, tensorCount: tensors.count, notes: notes)
  }

  /// The tensors as the layout keeps those that have two names.
  private static func tied(
    _ tensors: [ForeignTensor], layout: ExportLayout, isUntied: Bool
  ) -> [ForeignTensor] {
    if isUntied {
      return tensors.map { tensor in
        var tensor = tensor
        tensor.sharedWith = nil
        return tensor
      }
    }
    return layout == .huggingFace ? tensors.filter { $0.sharedWith == nil } : tensors
  }

  /// Exports to a format that has nothing in common with the folders of `transformers`.
  private static func exportAlone(
    model: ModelFile, layout: ExportLayout, to folder: String,
    collision: AtomicFileWriter.Collision, elementType: ElementType, isQuantized: Bool,
    tokenizer: Tokenizer?, progress: (TransferProgress) throws -> Void
  ) throws -> ExportReport {
    let output = try ExportFolder.open(path: folder, collision: collision)
    let path = output.path
    var notes = notes(on: model, layout: layout)
    let wordPiece = tokenizer?.wordPiece
    if let tokenizer, wordPiece == nil {
      notes.append(
        "the layout \(layout.rawValue) is written with WordPiece vocabularies only: the "
          + "\(tokenizer.kindName) tokenizer is left out")
    }
    let tensorCount: Int
    if layout == .gguf {
      tensorCount = try exportGGUF(
        model: model, to: output, tokenizer: wordPiece, elementType: elementType,
        isQuantized: isQuantized, progress: progress)
    } else {
      let result = try exportTensorFlowVariables(
        model: model, to: output, tokenizer: wordPiece, progress: progress)
      tensorCount = result.tensorCount
      notes += result.notes
    }
    let files = try output.commit(removing: layout.supersedes)
    return ExportReport(
      folder: path, layout: layout, files: files, tensorCount: tensorCount, notes: notes)
  }

  /// The type that every tensor gets: `transformers` expects one type throughout a file.
  private static func resolvedType(
    _ asked: ElementType?, model: ModelFile, layout: ExportLayout
  ) throws -> ElementType {
    let allowed = layout.elementTypes
    let own = allowed.contains(model.elementType) ? model.elementType : .f32
    let type = asked ?? own
    guard allowed.contains(type) else { throw ExportError.elementType(type, layout) }
    return type
  }

  private static func notes(on model: ModelFile, layout: ExportLayout) -> [String] {
    var notes: [String] = []
    if model.description.predictsMaskedTokens, !layout.keepsMaskedTokenHead(of: model.description) {
      notes.append("the head that names masked tokens is left out")
    }
    if !model.hasTokenizer { notes.append("the model has no tokenizer, so the folder has none") }
    if model.description.labels.isEmpty {
      notes.append(
        model.description.memory == nil
          ? "the model has no classes: this is the encoder alone"
          : "the model has no classes: the memory is "
            + (model.description.encoder.memoryJoinsWords
              ? "in the last rows of the embeddings" : "the tensor \(Dialect.initialMemory)")
            + ", and no class runs it")
    }
    if layout == .tensorFlow, model.description.memory != nil {
      notes.append(
        "no TensorFlow class carries memory from segment to segment: its rows are the last of the "
          + "word embeddings, and the classes read one segment")
    }
    if layout == .reference, model.description.memory == nil {
      notes.append(
        "the model has no memory: this is the state dict of the network that the reference "
          + "implementation would wrap")
    }
    return notes
  }
}
