import CheckpointConversion
import Synchronization
import TensorStorage

/// A convertible checkpoint as the tensors that a conversion would make of it, in f32.
final class NativeNames: TensorSource {
  let formatName: String
  let sourcePaths: [String]
  let tensors: [TensorDescription]
  private let bindings: [String: ConversionPlan.Binding]
  private let source: any TensorSource
  /// The parameter that was transposed last; rows of it are asked for one after the other.
  private let transposed = Mutex<(name: String, floats: [Float])?>(nil)

  /// The view of a checkpoint.
  ///
  /// - Throws: what a conversion would throw.
  init(path: String) throws {
    let checkpoint = try SourceCheckpoint(path: path)
    source = checkpoint.source
    formatName = source.formatName
    sourcePaths = source.sourcePaths
    var bindings: [String: ConversionPlan.Binding] = [:]
    // What the checkpoint lacks and a conversion would make up is not compared.
    let own = checkpoint.plan.bindings.filter { $0.origin.tensor != nil }
    for binding in own { bindings[binding.parameter.name] = binding }
    self.bindings = bindings
    tensors = own.map {
      TensorDescription(
        name: $0.parameter.name, elementType: .f32, shape: $0.parameter.shape)
    }
  }

  func readRows(
    _ rows: Range<Int>, of tensor: TensorDescription,
    into destination: UnsafeMutableRawBufferPointer
  ) throws {
    guard let binding = bindings[tensor.name] else { return }
    switch binding.origin {
    case .rows(let original, let first):
      var bytes = [UInt8](repeating: 0, count: rows.count * original.bytesPerRow)
      try bytes.withUnsafeMutableBytes {
        try source.readRows(
          first + rows.lowerBound..<first + rows.upperBound, of: original, into: $0)
      }
      bytes.withUnsafeBytes {
        original.elementType.decodeFloats($0, into: destination.bindMemory(to: Float.self))
      }
    case .transposed:
      try transposed.withLock { kept in
        if kept?.name != tensor.name {
          var floats: [Float] = []
          floats.reserveCapacity(tensor.shape.elementCount)
          try ParameterReader(source: source).read(binding) { floats.append(contentsOf: $0) }
          kept = (tensor.name, floats)
        }
        let width = tensor.shape.elementsPerRow
        kept?.floats[rows.lowerBound * width..<rows.upperBound * width].withUnsafeBytes {
          destination.copyMemory(from: $0)
        }
      }
    case .zeros, .normal: break
    }
  }
}
