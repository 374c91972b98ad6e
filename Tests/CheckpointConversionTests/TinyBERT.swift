import Foundation
import JSON
import ModelFile
import ModelSchema
import Safetensors
import TensorStorage
import TestSupport
import Tokenizers

@testable import CheckpointConversion

/// A BERT small enough to be written in a test, with numbers that tell every tensor apart.
struct TinyBERT {
  static let encoder = EncoderConfiguration(
    vocabularySize: 11, hiddenSize: 4, layerCount: 2, headCount: 2, intermediateSize: 6,
    activation: .gelu, maximumPositions: 16, tokenTypeCount: 2, layerNormEpsilon: 1e-12,
    hiddenDropout: 0.1, attentionDropout: 0.1, classifierDropout: 0.1, initializerRange: 0.02)
  static let vocabulary = [
    "[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "the", "cat", "sat", "##s", "a", "b",
  ]

  var labels: [String] = []
  var memory: MemoryConfiguration?
  /// Two models with different numbers here agree in no tensor.
  var variant = 0

  var description: ModelDescription {
    ModelDescription(encoder: Self.encoder, memory: memory, labels: labels)
  }
  var parameters: [ParameterDescription] { ParameterCatalog(description).parameters }

  /// The numbers of a parameter: small, exact in every type, different in every tensor.
  func values(of parameter: ParameterDescription) -> [Float] {
    let index = parameters.firstIndex(of: parameter) ?? 0
    return (0..<parameter.shape.elementCount).map {
      Float((index * 13 + $0 * 5 + variant) % 127 - 63)
    }
  }

  /// The tensors under Hugging Face's names, with a prefix on all but the classifier.
  func tensors(prefix: String = "") -> [MemoryTensorSource.Entry] {
    parameters.map { parameter in
      let name = parameter.name.hasPrefix("classifier") ? "" : prefix
      return .init(name + parameter.name, parameter.shape, values(of: parameter))
    }
  }

  /// The model as a native file under a name of its own.
  func modelFile(in folder: TemporaryFolder, hasTokenizer: Bool = true) throws -> ModelFile {
    let path = folder.path("\(UUID().uuidString).rmtw")
    let tokenizer =
      hasTokenizer
      ? try Tokenizer(
        vocabulary: WordPieceVocabulary(tokens: Self.vocabulary, file: "test"),
        settings: WordPieceSettings(lowercases: true)) : nil
    var writer = try ModelFileWriter(
      path: path, collision: .keepExisting, description: description, tokenizer: tokenizer,
      provenance: [], elementType: .f32)
    for parameter in writer.parameters {
      try values(of: parameter).withUnsafeBufferPointer { try writer.write(floats: $0) }
    }
    try writer.finish()
    return try ModelFile(path: path)
  }

  /// A config.json, with members replaced or added.
  func configuration(_ changes: JSONObject = [:]) -> JSONValue {
    var object = Self.encoder.huggingFaceJSON
    for (name, value) in changes.members { object[name] = value }
    return .object(object)
  }
}

/// Tensors that lie in memory.
struct MemoryTensorSource: TensorSource {
  struct Entry {
    var name: String
    var elementType: ElementType
    var shape: Shape
    var bytes: [UInt8]

    init(_ name: String, _ shape: Shape, _ values: [Float], as elementType: ElementType = .f32) {
      self.name = name
      self.elementType = elementType
      self.shape = shape
      bytes = [UInt8](repeating: 0, count: values.count * elementType.byteWidth)
      bytes.withUnsafeMutableBytes { target in
        values.withUnsafeBufferPointer { elementType.encodeFloats($0, into: target) }
      }
    }

    init(_ name: String, integers: [Int64]) {
      self.name = name
      elementType = .i64
      shape = [integers.count]
      bytes = integers.flatMap { value in
        (0..<8).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
      }
    }

    init(_ name: String, doubles: [Double]) {
      self.init(name, integers: doubles.map { Int64(bitPattern: $0.bitPattern) })
      elementType = .f64
    }
  }

  let entries: [Entry]
  var formatName: String { "memory" }
  var sourcePaths: [String] { ["memory"] }
  var tensors: [TensorDescription] {
    entries.map { TensorDescription(name: $0.name, elementType: $0.elementType, shape: $0.shape) }
  }

  func readRows(
    _ rows: Range<Int>, of tensor: TensorDescription,
    into destination: UnsafeMutableRawBufferPointer
  ) throws {
    guard let entry = entries.first(where: { $0.name == tensor.name }) else { return }
    let range = rows.lowerBound * tensor.bytesPerRow..<rows.upperBound * tensor.bytesPerRow
    destination.copyBytes(from: entry.bytes[range])
  }
}

extension TemporaryFolder {
  /// Writes a checkpoint folder: weights, configuration, vocabulary.
  func writeCheckpoint(
    _ entries: [MemoryTensorSource.Entry], configuration: JSONValue,
    vocabulary: [String]? = TinyBERT.vocabulary, metadata: [String: String] = ["format": "pt"]
  ) throws {
    try writeSafetensors(entries, to: "model.safetensors", metadata: metadata)
    try write(configuration.serialized(pretty: true), to: "config.json")
    if let vocabulary {
      try write(vocabulary.map { $0 + "\n" }.joined(), to: "vocab.txt")
      try write("{\"do_lower_case\": true}", to: "tokenizer_config.json")
    }
  }

  func writeSafetensors(
    _ entries: [MemoryTensorSource.Entry], to name: String,
    metadata: [String: String] = ["format": "pt"]
  ) throws {
    let source = MemoryTensorSource(entries: entries)
    var writer = try SafetensorsWriter(
      path: path(name), collision: .replace, tensors: source.tensors, metadata: metadata)
    for tensor in writer.tensors {
      try source.bytes(of: tensor).withUnsafeBytes { try writer.write($0) }
    }
    try writer.finish()
  }
}
