import Safetensors
import TensorStorage

/// Tensors of numbers by name, on their way into a safetensors file.
struct NamedStates {
  private var states: [String: (shape: Shape, numbers: [Float])] = [:]

  /// Adds a tensor; the shape holds as many numbers.
  mutating func add(_ name: String, _ shape: Shape, _ numbers: [Float]) {
    precondition(shape.elementCount == numbers.count, "\(name) \(shape) of \(numbers.count)")
    states[name] = (shape, numbers)
  }

  /// Name and shape of each tensor, by name.
  var shapes: [(name: String, shape: Shape)] {
    states.map { (name: $0.key, shape: $0.value.shape) }.sorted { $0.name < $1.name }
  }

  /// Writes all of them as f32.
  ///
  /// - Throws: `FileError`.
  func write(to path: String, collision: AtomicFileWriter.Collision) throws {
    let descriptions = shapes.map {
      TensorDescription(name: $0.name, elementType: .f32, shape: $0.shape)
    }
    var writer = try SafetensorsWriter(path: path, collision: collision, tensors: descriptions)
    for tensor in writer.tensors {
      let numbers = states[tensor.name]?.numbers ?? []
      var encoded = [UInt8](repeating: 0, count: tensor.byteCount)
      numbers.withUnsafeBufferPointer { numbers in
        encoded.withUnsafeMutableBytes { ElementType.f32.encodeFloats(numbers, into: $0) }
      }
      try encoded.withUnsafeBytes { try writer.write($0) }
    }
    try writer.finish()
  }
}
