import CheckpointConversion
import JSON
import ModelFile
import TensorStorage
import WeightFile

/// What `rmt inspect` says of a weight file: the file, its tensors and, for a native model, the
/// model.
struct WeightSummary {
  let path: String
  let source: any TensorSource
  /// The model in a native file.
  let model: ModelFile?

  /// Opens a file or folder of any readable format.
  ///
  /// - Throws: what the format's reader throws.
  init(path: String) throws {
    self.path = path
    let source = try openTensorSource(path)
    if let weights = source as? WeightFile, weights.kind == "model" {
      let model = try ModelFile(path: weights.path)
      self.model = model
      self.source = model.weights
    } else {
      model = nil
      self.source = source
    }
  }

  /// What a person reads.
  func text(listsTensors: Bool) throws -> String {
    var lines: [String] = []
    let kind = (source as? WeightFile).map { ", \($0.kind)" } ?? ""
    lines.append("\(path): \(source.formatName)\(kind), \(byteCountText(try fileByteCount))")
    if source.sourcePaths.count > 1 {
      for file in source.sourcePaths { lines.append("  \(file)") }
    }
    lines.append(
      "\(counted(source.tensors.count, "tensor")), \(counted(elementCount, "number")): "
        + typeTotals.map { "\(grouped($0.elementCount)) \($0.type.rawValue)" }
        .joined(separator: ", "))
    if let model {
      lines.append(model.description.text)
      lines.append(model.tokenizerText)
      lines.append(contentsOf: model.provenance.map { "provenance: " + $0.text })
    }
    if listsTensors {
      var table = TextTable(
        [.left, .left, .left, .right], heading: ["tensor", "type", "shape", "size"])
      for tensor in source.tensors {
        table.add(
          tensor.name, tensor.elementType.rawValue, "\(tensor.shape)",
          byteCountText(tensor.byteCount))
      }
      lines.append("")
      lines.append(table.text())
    }
    return lines.joined(separator: "\n")
  }

  /// The same for a program.
  func json(listsTensors: Bool) throws -> JSONValue {
    var result: JSONObject = [
      "path": .string(path),
      "format": .string(source.formatName),
      "files": .array(source.sourcePaths.map { .string($0) }),
      "byteCount": .integer(try fileByteCount),
      "tensorCount": .integer(source.tensors.count),
      "elementCount": .integer(elementCount),
      "elementTypes": .object(
        typeTotals.reduce(into: JSONObject()) { $0[$1.type.rawValue] = .integer($1.elementCount) }),
    ]
    if let weights = source as? WeightFile { result["kind"] = .string(weights.kind) }
    if let model {
      result["model"] = model.description.summaryJSON
      result["tokenizer"] = model.tokenizerJSON
      result["provenance"] = .array(model.provenance.map(\.json))
    }
    if listsTensors {
      result["tensors"] = .array(
        source.tensors.map {
          [
            "name": .string($0.name), "elementType": .string($0.elementType.rawValue),
            "shape": .array($0.shape.dimensions.map { .integer($0) }),
            "byteCount": .integer($0.byteCount),
          ]
        })
    }
    return .object(result)
  }

  private var fileByteCount: Int {
    get throws {
      try source.sourcePaths.reduce(0) { try $0 + RandomAccessFile(path: $1).byteCount }
    }
  }

  private var elementCount: Int { source.tensors.reduce(0) { $0 &+ $1.shape.elementCount } }

  /// Numbers of each type, the most frequent first.
  private var typeTotals: [(type: ElementType, elementCount: Int)] {
    var totals: [ElementType: Int] = [:]
    for tensor in source.tensors {
      totals[tensor.elementType, default: 0] &+= tensor.shape.elementCount
    }
    return totals.map { (type: $0.key, elementCount: $0.value) }
      .sorted { ($1.elementCount, $0.type.rawValue) < ($0.elementCount, $1.type.rawValue) }
  }
}
