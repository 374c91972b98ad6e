import Kernels
import Testing

@testable import Transformer

@Suite struct DropoutPlanTests {
  private static let sites: [DropoutPlan.Site] = [
    .embeddings, .attentionWeights, .attentionOutput, .feedForwardOutput, .classifier,
  ]

  /// Which of 64 elements a mask keeps.
  private func pattern(_ mask: DropoutMask) -> [Float] {
    var x = [Float](repeating: 1, count: 64)
    x.withUnsafeMutableBufferPointer {
      if let base = $0.baseAddress {
        Float.dropout(mask, firstRow: 0, rows: 1, columns: 64, base, into: base)
      }
    }
    return x
  }

  @Test func `no two places of a step share a mask`() {
    var seen: Set<[Float]> = []
    var count = 0
    let plan = DropoutPlan(key: [1, 2], sequences: [(0, 0), (1, 0), (0, 1), (.max, .max)])
    for sequence in plan.sequences.indices {
      for site in Self.sites {
        // The largest configuration has 1,024 layers and 65,536 heads.
        for layer in [0, 1, 2, 8, 1_023] {
          for head in [0, 1, 8, 65_535] {
            seen.insert(
              pattern(
                plan.mask(site, layer: layer, head: head, sequence: sequence, probability: 0.5)))
            count += 1
          }
        }
      }
    }
    #expect(seen.count == count)
  }

  @Test func `a place beyond the counter's bits is refused`() async {
    await #expect(processExitsWith: .failure) {
      _ = DropoutPlan(key: [1, 2], sequences: [(0, 0)])
        .mask(.embeddings, layer: 1 << 13, sequence: 0, probability: 0.5)
    }
  }
}
