import Testing

@testable import ModelSchema

@Suite struct TransformerShapeTests {
  private func shape(_ name: String) throws -> TransformerShape {
    try #require(TransformerShape.named.first { $0.name == name }?.shape)
  }

  /// The table of the paper: how many times as much full attention costs at 4,000 segments.
  @Test(arguments: [
    ("opt-125m", 295.07, 0.005), ("opt-1.3b", 154.4, 0.05), ("opt-6.7b", 81.6, 0.05),
    ("opt-30b", 48.4, 0.05), ("opt-175b", 29.02, 0.005),
  ])
  func `saves what the paper says at 2,048,000 tokens`(
    name: String, factor: Double, tolerance: Double
  ) throws {
    let shape = try shape(name)
    let tokenCount = Double(4000 * 512)
    let saving =
      shape.fullAttentionOperationCount(tokenCount: tokenCount)
      / shape.recurrentOperationCount(tokenCount: tokenCount, segmentPositions: 512)
    #expect(abs(saving - factor) <= tolerance, "\(saving)")
    #expect(TransformerShape.published.contains(name))
  }

  @Test func `counts by hand for a shape of ones`() throws {
    let shape = try #require(
      TransformerShape(layerCount: 1, hiddenSize: 1, headCount: 1, vocabularySize: 1))
    #expect(shape.fullAttentionOperationCount(tokenCount: 3) == 3 * 26 + 9 * 14)
    #expect(shape.recurrentOperationCount(tokenCount: 6, segmentPositions: 3) == 2 * (78 + 126))
  }

  @Test func `memory and special tokens are read in every segment`() throws {
    let shape = try shape("minilm-l6")
    func cost(_ count: Double) -> Double {
      shape.recurrentOperationCount(tokenCount: count, segmentPositions: 64, overhead: 13)
    }
    let segment = shape.fullAttentionOperationCount(tokenCount: 64)
    #expect(cost(51) == segment && abs(cost(5100) / (100 * segment) - 1) < 1e-12)
    #expect(cost(7) == shape.fullAttentionOperationCount(tokenCount: 20))
  }

  @Test func `a text that fits one segment costs the same either way`() throws {
    let shape = try shape("bert-base")
    for count in [1.0, 100, 512] {
      #expect(
        shape.recurrentOperationCount(tokenCount: count, segmentPositions: 512)
          == shape.fullAttentionOperationCount(tokenCount: count))
    }
  }

  @Test func `cost of the recurrence grows with length alone`() throws {
    let shape = try shape("minilm-l6")
    let one = shape.recurrentOperationCount(tokenCount: 1024, segmentPositions: 512)
    let ten = shape.recurrentOperationCount(tokenCount: 10_240, segmentPositions: 512)
    #expect(abs(ten / one - 10) < 1e-12)
  }

  @Test(arguments: [(0, 1, 1, 1), (1, 0, 1, 1), (1, 1, 0, 1), (1, 1, 1, -1), (1, .max, 1, 1)])
  func `refuses sizes that no model has`(layers: Int, width: Int, heads: Int, vocabulary: Int) {
    #expect(
      TransformerShape(
        layerCount: layers, hiddenSize: width, headCount: heads, vocabularySize: vocabulary) == nil)
  }

  @Test func `every name stands for one shape`() {
    #expect(Set(TransformerShape.named.map(\.name)).count == TransformerShape.named.count)
    #expect(TransformerShape.published.isSubset(of: TransformerShape.named.map(\.name)))
  }
}
