import JSON
import ModelSchema
import TensorStorage
import TestSupport
import Testing

@testable import CheckpointConversion

/// The names of every class of every family: each has a meaning, and no parameter goes without a name.
@Suite struct FamilyDialectTests {
  /// The smallest model with the families' facts: one layer, widths that tell axes apart.
  private func model(_ family: EncoderFamily, labels: [String] = ["a", "b"]) -> ModelDescription {
    let isNarrow = family.embeddingProjection != .never
    return ModelDescription(
      encoder: EncoderConfiguration(
        family: family, vocabularySize: 24, hiddenSize: 8, embeddingSize: isNarrow ? 6 : nil,
        layerCount: 1, headCount: 2, intermediateSize: 12, activation: .gelu, maximumPositions: 14,
        positionOffset: family.offsetsPositions ? 2 : 0,
        tokenTypeCount: family.hasTokenTypes ? family.offsetsPositions ? 1 : 2 : 0,
        layerNormEpsilon: 1e-12, hiddenDropout: 0.1, attentionDropout: 0.1,
        classifierDropout: 0.1, initializerRange: 0.02), memory: nil, labels: labels)
  }

  private func classes(_ file: String) throws -> [(name: String, facts: JSONValue)] {
    let facts = try JSONValue(contentsOf: Fixtures.path(file), maximumByteCount: 1 << 20)
    return try #require(facts["classes"]?.object).members.map { ($0.name, $0.value) }
  }

  private func family(_ facts: JSONValue) throws -> EncoderFamily {
    try #require(facts["family"]?.string.flatMap(EncoderFamily.init(rawValue:)))
  }

  /// The parameters that names stand for; every other name has to be one that is known and left out.
  private func parameters(
    _ names: [String], _ family: EncoderFamily, in className: String
  ) -> [String: (foreign: String, orientation: Dialect.Orientation)] {
    let dialect = Dialect.recognized(in: names, family: family)
    let dictionary = dialect.dictionary(of: ParameterCatalog(model(family)).parameters)
    var found: [String: (foreign: String, orientation: Dialect.Orientation)] = [:]
    for name in names {
      switch dictionary.meaning(of: name) {
      case .parameter(let native, let orientation): found[native] = (name, orientation)
      case .dropped(let reason): #expect(!reason.isEmpty)
      case .refused, .unknown: Issue.record("\(className): \(name) has no meaning")
      }
    }
    return found
  }

  @Test func `every class of transformers gives a whole encoder`() throws {
    let classes = try classes("families.json")
    #expect(classes.count == 38)
    for (name, facts) in classes {
      let family = try family(facts)
      let names = try #require(facts["names"]?.array).compactMap(\.string)
      let found = parameters(names, family, in: name)
      for parameter in ParameterCatalog(model(family, labels: [])).parameters
      where !parameter.name.hasPrefix("pooler.") {
        #expect(found[parameter.name] != nil, "\(name): \(parameter.name)")
      }
      let classifies = name.hasSuffix("ForSequenceClassification")
      if classifies {
        #expect(found["pooler.dense.weight"] != nil && found["classifier.bias"] != nil, "\(name)")
      }
      #expect(Dialect.recognized(in: names, family: family).layerCount(in: names) == 1, "\(name)")
    }
  }

  @Test func `every class of TensorFlow gives the same, kernels transposed`() throws {
    let classes = try classes("families_tensorflow.json")
    #expect(classes.count == 26)
    for (name, facts) in classes {
      let family = try family(facts)
      let shapes = try #require(facts["shapes"]?.object)
      let found = parameters(shapes.members.map(\.name), family, in: name)
      for parameter in ParameterCatalog(model(family)).parameters {
        let isHead = parameter.name.hasPrefix("pooler.") || parameter.name.hasPrefix("classifier.")
        guard let (foreign, orientation) = found[parameter.name] else {
          #expect(
            isHead && !name.hasSuffix("ForSequenceClassification"), "\(name): \(parameter.name)")
          continue
        }
        #expect((orientation == .transposed) == (parameter.role == .weight), "\(foreign)")
        // A kernel is [in, out].
        let sizes =
          orientation == .transposed
          ? parameter.shape.dimensions.reversed() : parameter.shape.dimensions
        #expect(
          shapes[foreign]?.string == sizes.map(String.init).joined(separator: "x"), "\(foreign)")
      }
    }
  }

  @Test(arguments: EncoderFamily.allCases, ["pytorch", "tensorflow"])
  func `every parameter has a spelling that comes back to it`(family: EncoderFamily, kind: String) {
    let names = FamilyNames(family, classifies: true)
    let dialect = kind == "pytorch" ? Dialect.pyTorch(names) : .tensorFlow(names)
    let parameters = ParameterCatalog(model(family)).parameters
    let dictionary = dialect.dictionary(of: parameters)
    for parameter in parameters {
      let spellings = dialect.spell(parameter)
      #expect(!spellings.isEmpty)
      for spelling in spellings {
        #expect(
          dictionary.meaning(of: spelling.name)
            == .parameter(parameter.name, spelling.orientation))
      }
    }
  }
}
