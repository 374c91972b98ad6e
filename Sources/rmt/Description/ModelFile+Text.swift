import JSON
import ModelFile
import TensorStorage
import Tokenizers

extension ModelFile {
  /// What a person reads of the tokenizer.
  var tokenizerText: String {
    guard let tokenCount, let tokenizerRecord else { return "tokenizer: none" }
    let text = "tokenizer: \(tokenizerRecord.kindName), \(grouped(tokenCount)) tokens"
    guard case .wordPiece(let settings) = tokenizerRecord else { return text }
    return text + (settings.lowercases ? ", uncased" : ", cased")
  }

  /// The same for a program.
  var tokenizerJSON: JSONValue {
    guard let tokenCount, let tokenizerRecord else { return .null }
    var json: JSONObject = [
      "kind": .string(tokenizerRecord.kindName), "vocabularySize": .integer(tokenCount),
    ]
    if case .wordPiece(let settings) = tokenizerRecord {
      json["lowercases"] = .bool(settings.lowercases)
    }
    return .object(json)
  }
}

extension ProvenanceStep {
  /// What a person reads of a step.
  var text: String {
    var parts = ["\(verb) (rmt \(toolVersion))"]
    if !sources.isEmpty {
      parts.append("from " + sources.map(\.name).joined(separator: ", "))
    }
    if let dialect { parts.append("dialect \(dialect)") }
    if !dropped.isEmpty { parts.append("\(dropped.count) dropped") }
    if !created.isEmpty { parts.append("\(created.count) created") }
    if let seed { parts.append("seed \(seed)") }
    if !options.isEmpty {
      parts.append(
        options.members.map { name, value in
          // What is kept for the program has a description for people beside it.
          let text = value.string ?? value["description"]?.string
          return "\(name) \(text ?? value.serialized(pretty: false))"
        }
        .joined(separator: ", "))
    }
    return parts.joined(separator: "; ").withoutControls
  }
}
