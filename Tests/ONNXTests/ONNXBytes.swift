import ProtocolBuffers

/// An ONNX model that a test writes by itself, so that it can be wrong in one thing.
struct ONNXBytes {
  /// An initializer of two rows of three floats, unless told otherwise.
  static func tensor(
    _ name: String, type: Int = 1, dimensions: [Int] = [2, 3], raw: [UInt8]? = floats,
    _ more: (inout ProtocolBufferMessage) -> Void = { _ in }
  ) -> ProtocolBufferMessage {
    var tensor = ProtocolBufferMessage()
    for dimension in dimensions { tensor.add(dimension, field: 1) }
    tensor.add(type, field: 2)
    tensor.add(name, field: 8)
    if let raw { tensor.add(raw, field: 9) }
    more(&tensor)
    return tensor
  }

  /// A tensor whose numbers lie in another file.
  static func external(_ name: String, _ entries: [(String, String)]) -> ProtocolBufferMessage {
    tensor(name, raw: nil) { tensor in
      for (key, value) in entries {
        var entry = ProtocolBufferMessage()
        entry.add(key, field: 1)
        entry.add(value, field: 2)
        tensor.add(entry, field: 13)
      }
      tensor.add(1, field: 14)
    }
  }

  /// A step.
  static func node(
    _ operation: String, _ inputs: [String], _ output: String, named name: String = "",
    attribute: (String, Int)? = nil
  ) -> ProtocolBufferMessage {
    var node = ProtocolBufferMessage()
    for input in inputs { node.add(input, field: 1) }
    node.add(output, field: 2)
    node.add(name, field: 3)
    node.add(operation, field: 4)
    if let attribute {
      var message = ProtocolBufferMessage()
      message.add(attribute.0, field: 1)
      message.add(attribute.1, field: 3)
      node.add(message, field: 5)
    }
    return node
  }

  /// The numbers 0 to 5 as floats.
  static let floats = (0..<6).flatMap { number in
    withUnsafeBytes(of: Float(number).bitPattern.littleEndian) { Array($0) }
  }

  /// A model of these tensors and steps.
  static func model(
    _ tensors: [ProtocolBufferMessage], _ nodes: [ProtocolBufferMessage] = [], graphCount: Int = 1
  ) -> [UInt8] {
    var graph = ProtocolBufferMessage()
    for node in nodes { graph.add(node, field: 1) }
    for tensor in tensors { graph.add(tensor, field: 5) }
    var model = ProtocolBufferMessage()
    model.add(9, field: 1)
    model.add("pytorch", field: 2)
    for _ in 0..<graphCount { model.add(graph, field: 7) }
    return model.bytes
  }
}
