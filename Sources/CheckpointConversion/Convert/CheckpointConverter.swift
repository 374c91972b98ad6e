import JSON
import ModelFile
import ModelSchema
import TensorStorage
import Tokenizers
import WeightFile

/// Turns a foreign checkpoint into a native model file.
public struct CheckpointConverter {
  /// Every file whose content goes into the model of a checkpoint, once each.
  ///
  /// - Throws: ``OpeningError`` and the errors of the readers.
  public static func sourcePaths(of source: String) throws -> [String] {
    Set(try SourceCheckpoint(path: source).provenancePaths).sorted()
  }

  /// Converts a checkpoint, one piece of a tensor in memory at a time.
  ///
  /// - Parameters:
  ///   - source: a folder in Hugging Face's form, or one file of weights with its config.json and
  ///     tokenizer beside it.
  ///   - path: the native file; it appears whole or not at all.
  ///   - elementType: f32, f16 or bf16; `nil` keeps the source's type where it is one of them and
  ///     the same throughout, and is f32 elsewhere.
  ///   - collision: whether an existing file is replaced.
  ///   - progress: called after every piece, and twice a second while the last checksum is awaited;
  ///     what it throws stops the conversion.
  /// - Throws: ``OpeningError``, ``ConversionError``, `FileError` and the errors of the readers.
  public static func convert(
    source: String, to path: String, elementType: ElementType?,
    collision: AtomicFileWriter.Collision, progress: (TransferProgress) throws -> Void = { _ in }
  ) throws -> ConversionReport {
    if let elementType, !ParameterDescription.storedElementTypes.contains(elementType) {
      throw ConversionError.targetType(elementType)
    }
    let checkpoint = try SourceCheckpoint(path: source)
    let plan = checkpoint.plan
    let type = elementType ?? plan.commonElementType
    let paths = checkpoint.provenancePaths
    // Every file is read once more for its checksum, beside the conversion; until its end a
    // placeholder stands in the header. Names and sizes are those of the beginning.
    let checksums = Lookahead(0..<1) { _ in try paths.map { try Checksum(ofFile: $0) } }
    let sources = try paths.map { try ProvenanceStep.Source(path: $0, checksum: Checksum(0)) }
    func provenance(_ checksums: [Checksum]) -> [ProvenanceStep] {
      let sources = zip(sources, checksums).map {
        ProvenanceStep.Source(name: $0.name, byteCount: $0.byteCount, checksum: $1)
      }
      return checkpoint.earlierProvenance
        + [checkpoint.provenanceStep(sources: sources, elementType: type)]
    }
    var writer = try ModelFileWriter(
      path: path, collision: collision, description: plan.description,
      tokenizer: checkpoint.tokenizer,
      provenance: provenance(sources.map(\.checksum)), elementType: type)
    let reader = ParameterReader(source: checkpoint.source)
    var nonFinite = NonFiniteTensors()
    var transfer = TransferCounter(totalByteCount: plan.elementCount * MemoryLayout<Float>.size)
    for binding in plan.bindings {
      let name = binding.parameter.name
      let target = binding.parameter.storedElementType(matrices: type)
      try reader.read(binding) { floats in
        try NumberRange.check(
          floats, as: target, path: checkpoint.location.weights, tensor: binding.sourceName)
        nonFinite.look(at: floats, of: binding.sourceName)
        try writer.write(floats: floats)
        try progress(transfer.add(floats.count * MemoryLayout<Float>.size, of: name))
      }
    }
    let last = plan.bindings.last?.parameter.name ?? ""
    let made = try checksums.next { try progress(transfer.add(0, of: last)) }
    try writer.finish(provenance: made.map(provenance))
    return ConversionReport(
      path: path, byteCount: try RandomAccessFile(path: path).byteCount,
      sourcePaths: checkpoint.source.sourcePaths, format: checkpoint.source.formatName,
      dialect: plan.dialect, description: plan.description, elementType: type,
      sourceTensorCount: checkpoint.source.tensors.count, parameterCount: plan.bindings.count,
      elementCount: plan.elementCount, tokenCount: checkpoint.tokenizer?.tokens.count,
      dropped: plan.dropped, created: plan.created,
      notes: plan.notes + checkpoint.notes + nonFinite.notes)
  }
}
