import JSON
import ModelSchema
import TensorStorage

extension ModelDescription {
  /// What a person reads of a model: encoder, memory, labels, and the head of a pretraining.
  var text: String {
    var lines = [
      "encoder: \(encoder.family.rawValue), \(counted(encoder.layerCount, "layer"))\(sharing), "
        + "hidden size \(encoder.hiddenSize)\(projection), \(counted(encoder.headCount, "head")), \(counted(encoder.maximumPositions, "position")), "
        + "\(counted(encoder.vocabularySize, "embedding")), \(encoder.activation.rawValue)"
    ]
    if let memory {
      lines.append(
        "memory: \(counted(memory.tokenCount, "token")), \(memory.segmentPositions) positions a segment, "
          + "of which \(memory.segmentSize) for the document, aligned \(memory.alignment.rawValue)"
          + (memory.frame.map { ", between \($0.classification) and \($0.separator)" } ?? ""))
    } else {
      lines.append("memory: none")
    }
    lines.append(
      "labels: " + (labels.isEmpty ? "none" : labels.map(\.printableName).joined(separator: ", ")))
    if predictsMaskedTokens { lines.append("head: names masked tokens, for pretraining") }
    return lines.joined(separator: "\n")
  }

  /// How many sets of parameters layers share, where they do.
  private var sharing: String {
    encoder.layerGroupCount == encoder.layerCount
      ? "" : " with \(counted(encoder.layerGroupCount, "set")) of parameters"
  }

  /// From which width embeddings are projected, where they are.
  private var projection: String {
    encoder.embeddingSize.map { " from embeddings of \($0)" } ?? ""
  }

  /// The same for a program.
  var summaryJSON: JSONValue {
    [
      "family": .string(encoder.family.rawValue),
      "hiddenSize": .integer(encoder.hiddenSize),
      "embeddingSize": .integer(encoder.embeddingWidth),
      "layerGroups": .integer(encoder.layerGroupCount),
      "positionOffset": .integer(encoder.positionOffset),
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
          "frame": $0.frame.map {
            [.integer($0.classification), .integer($0.separator)]
          } ?? .null,
        ]
      } ?? .null,
      "labels": .array(labels.map { .string($0) }),
      "predictsMaskedTokens": .bool(predictsMaskedTokens),
    ]
  }
}
