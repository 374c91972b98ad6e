import JSON
import Kernels
import ModelFile
import ModelSchema
import RecurrentMemory
import Safetensors
import TensorStorage
import TestSupport
import Testing
import Tokenizers
import Transformer

@testable import CheckpointConversion

/// A random model of one of BERT's relatives, as transformers saved it, with what transformers computes.
struct FamilyGolden {
  /// The models with a classifier in Tests/Fixtures/families.
  static let names = [
    "distilbert", "roberta", "xlm-roberta", "camembert", "electra", "electra-wide", "albert",
    "albert-groups",
  ]
  /// The same and an encoder in a folder of sentence-transformers.
  static let encoderNames = names + ["minilm"]

  let name: String
  /// The model that the conversion makes of it.
  let model: ModelFile
  /// Sequences of ids, special tokens included.
  let sequences: [[Int]]
  let memory: MemoryConfiguration
  let label: Int
  private let own: JSONValue
  private let arrays: SafetensorsFile
  private let folder: TemporaryFolder

  init(_ name: String) throws {
    self.name = name
    folder = try TemporaryFolder()
    let report = try CheckpointConverter.convert(
      source: Fixtures.path("families/\(name)"), to: folder.path("m.rmtw"), elementType: nil,
      collision: .keepExisting)
    model = try ModelFile(path: report.path)
    arrays = try SafetensorsFile(path: Fixtures.path("families.safetensors"))
    let facts = try Self.facts()
    own = try #require(facts["models"]?[name])
    sequences = try #require(own["ids"]?.array).map { $0.array?.compactMap(\.integer) ?? [] }
    label = try #require(facts["label"]?.integer)
    memory = MemoryConfiguration(
      tokenCount: try #require(facts["memoryTokens"]?.integer),
      segmentPositions: try #require(facts["segmentPositions"]?.integer), alignment: .right)
  }

  /// The whole of families.json.
  static func facts() throws -> JSONValue {
    try JSONValue(contentsOf: Fixtures.path("families.json"), maximumByteCount: 1 << 20)
  }

  /// A document of three segments.
  var document: [Int32] {
    get throws {
      try #require(own["recurrence"]?["ids"]?.array).compactMap(\.integer).map(Int32.init)
    }
  }

  /// The loss of its last segment's logits.
  var loss: Double { get throws { try #require(own["recurrence"]?["loss"]?.double) } }

  /// The model with its memory, where the golden has a recurrence.
  var description: ModelDescription {
    var description = model.description
    if own["recurrence"] != nil { description.memory = memory }
    return description
  }

  /// Numbers that transformers computed, or the memory that it began with.
  func numbers(_ array: String) throws -> [Double] {
    let tensor = try #require(arrays.tensor(named: "\(name).\(array)"), "\(name).\(array)")
    guard tensor.elementType == .f64 else { return try arrays.floats(of: tensor).map(Double.init) }
    return try arrays.bytes(of: tensor).withUnsafeBytes { bytes in
      (0..<tensor.shape.elementCount).map {
        bytes.loadUnaligned(fromByteOffset: $0 * 8, as: Double.self)
      }
    }
  }

  /// The model's parameters and the golden's initial memory.
  func store<Scalar: KernelScalar>(of type: Scalar.Type) throws -> ParameterStore<Scalar> {
    let store = ParameterStore<Scalar>(description)
    for entry in store.layout.entries {
      let values =
        entry.parameter.role == .memory
        ? try numbers("memory.initial")
        : try model.floats(of: entry.parameter.name).map(Double.init)
      for (index, value) in values.enumerated() {
        store.elements(of: entry)[index] = Scalar(value)
      }
    }
    return store
  }

  /// The gradients that transformers computed, by native names.
  func gradients() throws -> [String: [Double]] {
    let prefix = "\(name).gradient."
    let foreign = arrays.tensors.map(\.name).filter { $0.hasPrefix(prefix) }.map {
      String($0.dropFirst(prefix.count))
    }
    let dialect = Dialect.recognized(in: foreign, family: model.description.encoder.family)
    let dictionary = dialect.dictionary(of: ParameterCatalog(model.description).parameters)
    var gradients: [String: [Double]] = [:]
    for name in foreign {
      if name == "memory.initial" {
        gradients[name] = try numbers("gradient.\(name)")
      } else if case .parameter(let native, .asIs) = dictionary.meaning(of: name) {
        gradients[native] = try numbers("gradient.\(name)")
      }
    }
    return gradients
  }
}
