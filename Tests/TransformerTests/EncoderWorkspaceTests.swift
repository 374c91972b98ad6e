import Kernels
import ModelSchema
import Testing

@testable import Transformer

@Suite struct EncoderWorkspaceTests {
  /// The classifier's products too: a small model may have more labels than anything else.
  @Test(arguments: [0, 3, 1_000])
  func `has room for every product of the model`(labelCount: Int) {
    let model = ModelDescription.tiny(labels: (0..<labelCount).map { "label \($0)" })
    let rows = 9, width = model.encoder.hiddenSize, inner = model.encoder.intermediateSize
    let workspace = EncoderWorkspace<Float>(
      model, capacity: EncoderCapacity(rowCount: rows, sequenceLength: rows),
      team: ThreadTeam(threadCount: 1), trains: true)
    let room = workspace.lanes[0] - workspace.multiplier.left  // neighbours in the arena
    for (outputs, inputs) in [
      (width, width), (inner, width), (width, inner), (labelCount, width),
    ] {
      // Its forward product, its weight's gradient, and the gradient at its input.
      for (m, k) in [(rows, inputs), (outputs, rows), (rows, outputs)] {
        #expect(MatrixMultiplier<Float>.leftCount(rows: m, depth: k) <= room, "\(m)×\(k)")
      }
    }
  }
}
