import CheckpointConversion
import JSON
import ModelSchema
import TensorStorage

extension ConversionReport {
  /// What a person reads after a conversion.
  var text: String {
    var lines = [
      "\(path): \(byteCountText(byteCount)), \(elementType.rawValue)",
      "from \(format), dialect \(dialect): "
        + "\(sourceTensorCount) tensors became \(parameterCount) parameters "
        + "(\(grouped(elementCount)) numbers)",
      description.text,
    ]
    if let tokenCount { lines.append("vocabulary: \(grouped(tokenCount)) tokens") }
    lines += Self.list("dropped", dropped) + Self.list("created", created)
    return lines.joined(separator: "\n")
  }

  /// A line a tensor; many of one reason share one.
  private static func list(_ word: String, _ remarks: [ConversionRemark]) -> [String] {
    let byReason = Dictionary(grouping: remarks, by: \.reason)
    var told: Set<String> = []
    return remarks.compactMap { remark in
      let reason = remark.reason.withoutControls
      let alike = byReason[remark.reason, default: []]
      guard alike.count > 8 else { return "\(word) \(remark.name.printableName): \(reason)" }
      guard told.insert(remark.reason).inserted else { return nil }
      return "\(word) \(alike.count) tensors, \(remark.name.printableName) and others: \(reason) "
        + "(--json names them all)"
    }
  }

  /// The same for a program.
  var json: JSONValue {
    func list(_ remarks: [ConversionRemark]) -> JSONValue {
      .array(remarks.map { ["name": .string($0.name), "reason": .string($0.reason)] })
    }
    return [
      "file": .string(path),
      "byteCount": .integer(byteCount),
      "elementType": .string(elementType.rawValue),
      "sources": .array(sourcePaths.map { .string($0) }),
      "format": .string(format),
      "dialect": .string(dialect),
      "model": description.summaryJSON,
      "sourceTensorCount": .integer(sourceTensorCount),
      "parameterCount": .integer(parameterCount),
      "elementCount": .integer(elementCount),
      "vocabularySize": tokenCount.map { .integer($0) } ?? .null,
      "dropped": list(dropped),
      "created": list(created),
      "notes": .array(notes.map { .string($0) }),
    ]
  }
}
