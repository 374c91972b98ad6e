import ModelFile
import ModelSchema
import TensorStorage
import Tokenizers

/// Writes models as folders that the rest of the ecosystem opens.
public struct CheckpointExporter {
  let model: ModelFile
  let layout: ExportLayout
  /// The type of every tensor: `transformers` expects one type throughout a file.
  let elementType: ElementType
  let isQuantized: Bool
  let maximumShardByteCount: Int?
  let isUntied: Bool
  let tokenizer: Tokenizer?

  /// What was written of a model.
  typealias Written = (tensorCount: Int, notes: [String])

  /// Exports a model.
  ///
  /// - Parameters:
  ///   - model: what to export.
  ///   - layout: which program opens the folder.
  ///   - folder: a new one appears whole or not at all.
  ///   - collision: whether an earlier export there is replaced; what a kill meanwhile leaves is the
  ///     old one, the new one, or a folder without configuration, which no reader opens.
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
    let exporter = try CheckpointExporter(
      model: model, layout: layout, elementType: elementType, isQuantized: isQuantized,
      maximumShardByteCount: maximumShardByteCount, isUntied: isUntied)
    let output = try ExportFolder.open(path: folder, collision: collision)
    let written = try exporter.write(to: output, progress: progress)
    let path = output.path
    let files = try output.commit(openedBy: layout.entryNames, removing: layout.supersedes)
    return ExportReport(
      folder: path, layout: layout, files: files, tensorCount: written.tensorCount,
      notes: exporter.notes + written.notes)
  }

  /// Checks that the layout can hold what is asked for, before anything is written.
  private init(
    model: ModelFile, layout: ExportLayout, elementType: ElementType?, isQuantized: Bool,
    maximumShardByteCount: Int?, isUntied: Bool
  ) throws {
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
    let own = layout.elementTypes.contains(model.elementType) ? model.elementType : .f32
    let type = elementType ?? own
    guard layout.elementTypes.contains(type) else { throw ExportError.elementType(type, layout) }
    let tokenizer = try model.tokenizer()
    guard try !layout.framesSegments(of: model.description) || model.specialTokens() != nil else {
      throw ExportError.noTokenizer(path: model.path)
    }
    self.model = model
    self.layout = layout
    self.elementType = type
    self.isQuantized = isQuantized
    self.maximumShardByteCount = maximumShardByteCount
    self.isUntied = isUntied
    self.tokenizer = tokenizer
  }

  private func write(
    to output: borrowing ExportFolder, progress: (TransferProgress) throws -> Void
  ) throws -> Written {
    switch layout {
    case .huggingFace, .pyTorch, .reference, .tensorFlow:
      try writeClassFolder(to: output, progress: progress)
    case .tensorFlowVariables: try writeTensorFlowVariables(to: output, progress: progress)
    case .gguf: try writeGGUF(to: output, progress: progress)
    }
  }

  /// What a person should know of any model in the layout.
  private var notes: [String] {
    var notes: [String] = []
    if model.description.predictsMaskedTokens, !layout.keepsMaskedTokenHead(of: model.description) {
      notes.append("the head that names masked tokens is left out")
    }
    if let tokenizer, tokenizer.wordPiece == nil, !layout.holdsSubwordTokenizers {
      notes.append(
        "the layout \(layout.rawValue) is written with WordPiece vocabularies only: the "
          + "\(tokenizer.kindName) tokenizer is left out")
    }
    if tokenizer == nil { notes.append("the model has no tokenizer, so the folder has none") }
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
