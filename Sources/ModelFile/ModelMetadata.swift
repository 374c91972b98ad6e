import JSON
import ModelSchema
import Tokenizers

/// The metadata of a weight file of kind `model`: `model`, `tokenizer` (or null), `provenance`.
struct ModelMetadata {
  let description: ModelDescription
  let tokenizer: TokenizerRecord?
  let provenance: [ProvenanceStep]

  init(
    description: ModelDescription, tokenizer: TokenizerRecord?,
    provenance: [ProvenanceStep]
  ) {
    self.description = description
    self.tokenizer = tokenizer
    self.provenance = provenance
  }

  /// Reads what ``json`` gives.
  init(_ object: JSONObject, path: String) throws {
    for member in object.members where !["model", "tokenizer", "provenance"].contains(member.name) {
      throw ModelFileError(path: path, .unknownMember(member.name))
    }
    guard let model = object["model"] else {
      throw ModelFileError(path: path, .member(name: "model", expected: "an object"))
    }
    description = try ModelDescription(json: model, file: path)
    switch object["tokenizer"] {
    case .some(.null): tokenizer = nil
    case .some(.object(let settings)):
      tokenizer = try TokenizerRecord(json: settings, path: path)
    default:
      throw ModelFileError(path: path, .member(name: "tokenizer", expected: "an object or null"))
    }
    guard let steps = object["provenance"]?.array else {
      throw ModelFileError(path: path, .member(name: "provenance", expected: "an array"))
    }
    provenance = try steps.map { try ProvenanceStep(json: $0, path: path) }
  }

  /// The metadata as the file holds them.
  var json: JSONObject {
    [
      "model": description.json,
      "tokenizer": tokenizer.map { .object($0.json) } ?? .null,
      "provenance": .array(provenance.map(\.json)),
    ]
  }
}
