import Safetensors
import TensorStorage
import Testing

@testable import CheckpointConversion

/// The numbers that a conversion would write, beside the state dict that the reference makes of the
/// same checkpoint.
struct TruthComparison {
  let checkpoint: SourceCheckpoint
  let truth: SafetensorsFile

  /// Opens a checkpoint and the reference's state dict.
  init(checkpoint path: String, truth truthPath: String) throws {
    checkpoint = try SourceCheckpoint(path: path)
    truth = try SafetensorsFile(path: truthPath)
  }

  /// The largest difference over every parameter that the source has; each must be in the truth.
  func largestDifference() throws -> Float {
    let reader = ParameterReader(source: checkpoint.source)
    var largest: Float = 0
    for binding in checkpoint.plan.bindings where binding.origin.tensor != nil {
      let name = binding.parameter.name
      let expected = try #require(
        truth.tensor(named: name) ?? truth.tensor(named: "bert.\(name)"), "\(name)")
      #expect(expected.shape == binding.parameter.shape, "\(name)")
      var found: [Float] = []
      try reader.read(binding) { found += $0 }
      for (left, right) in zip(found, try truth.floats(of: expected)) {
        largest = max(largest, (left - right).magnitude)
      }
      #expect(found.count == expected.shape.elementCount)
    }
    return largest
  }
}
