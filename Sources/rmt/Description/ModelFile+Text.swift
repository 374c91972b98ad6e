import JSON
import ModelFile
import Tokenizers

extension ModelFile {
  /// What a person reads of the tokenizer.
  func tokenizerText() throws -> String {
    guard let tokenizer = try tokenizer() else { return "tokenizer: none" }
    let count = grouped(tokenizer.vocabulary.count)
    return "tokenizer: WordPiece, \(count) tokens, "
      + (tokenizer.settings.lowercases ? "uncased" : "cased")
  }

  /// The same for a program.
  func tokenizerJSON() throws -> JSONValue {
    guard let tokenizer = try tokenizer() else { return .null }
    return [
      "vocabularySize": .integer(tokenizer.vocabulary.count),
      "lowercases": .bool(tokenizer.settings.lowercases),
    ]
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
        options.members.map {
          "\($0.name) \($0.value.string ?? $0.value.serialized(pretty: false))"
        }
        .joined(separator: ", "))
    }
    return parts.joined(separator: "; ")
  }
}
