import JSON
import ModelSchema

extension ModelDescription {
  /// What a person reads of a model: encoder, memory, labels, and the head of a pretraining.
  var text: String {
    var lines = [
      "encoder: \(counted(encoder.layerCount, "layer")), hidden size \(encoder.hiddenSize), "
        + "\(counted(encoder.headCount, "head")), \(counted(encoder.maximumPositions, "position")), "
        + "\(counted(encoder.vocabularySize, "embedding")), \(encoder.activation.rawValue)"
    ]
    if let memory {
      lines.append(
        "memory: \(counted(memory.tokenCount, "token")), \(memory.segmentPositions) positions a segment, "
          + "of which \(memory.segmentSize) for the document, aligned \(memory.alignment.rawValue)")
    } else {
      lines.append("memory: none")
    }
    lines.append("labels: " + (labels.isEmpty ? "none" : labels.joined(separator: ", ")))
    if predictsMaskedTokens { lines.append("head: names masked tokens, for pretraining") }
    return lines.joined(separator: "\n")
  }

  /// The same for a program.
  var summaryJSON: JSONValue {
    [
      "hiddenSize": .integer(encoder.hiddenSize),
      "layers": .integer(encoder.layerCount),
      "heads": .integer(encoder.headCount),
      "intermediateSize": .integer(encoder.intermediateSize),
      "positions": .integer(encoder.maximumPositions),
      "vocabularySize": .integer(encoder.vocabularySize),
      "tokenTypes": .integer(encoder.tokenTypeCount),
      "activation": .string(encoder.activation.rawValue),
      "layerNormEpsilon": .number(encoder.layerNormEpsilon),
      "memory": memory.map {
        [
          "tokens": .integer($0.tokenCount),
          "segmentPositions": .integer($0.segmentPositions),
          "segmentSize": .integer($0.segmentSize),
          "alignment": .string($0.alignment.rawValue),
        ]
      } ?? .null,
      "labels": .array(labels.map { .string($0) }),
      "predictsMaskedTokens": .bool(predictsMaskedTokens),
    ]
  }
}
