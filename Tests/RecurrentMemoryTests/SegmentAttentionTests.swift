import ModelFile
import RecurrentMemory
import Safetensors
import TestSupport
import Testing

/// Attention weights against transformers' (Tests/Fixtures/generate_attention.py).
@Suite struct SegmentAttentionTests {
  private let folder: TemporaryFolder
  private let sample: RecurrentSample
  private let reader: RecurrentReader
  private let layerCount: Int
  private let headCount: Int

  init() throws {
    folder = try TemporaryFolder()
    let golden = try RecurrentGolden<Float>()
    let model = try golden.write(to: folder.path("tiny.rmtw"))
    sample = try #require(golden.samples.max { $0.tokens.count < $1.tokens.count })
    reader = try RecurrentReader(model: model, threadCount: 2)
    layerCount = golden.model.encoder.layerCount
    headCount = golden.model.encoder.headCount
  }

  @Test func `weights of every head, layer and segment agree with the reference`() throws {
    let file = try SafetensorsFile(path: Fixtures.path("attention.safetensors"))
    #expect(file.tensors.count == sample.segmentCount)
    for segment in 0..<sample.segmentCount {
      let tokens = sample.tokens(ofSegment: segment)
      let attention = try reader.attention(in: tokens)
      let tensor = try #require(file.tensor(named: "segment.\(segment)"))
      let expected = try file.floats(of: tensor)
      let size = attention.rowCount
      #expect(tensor.shape.dimensions == [layerCount, headCount, size, size])
      for layer in 0..<layerCount {
        var mean = [Float](repeating: 0, count: size * size)
        for head in 0..<headCount {
          let weights = attention.weights(layer: layer, head: head)
          let start = (layer * headCount + head) * size * size
          let worst = zip(weights, expected[start..<start + size * size]).reduce(0) {
            max($0, abs($1.0 - $1.1))
          }
          #expect(worst < 2e-5, "segment \(segment), layer \(layer), head \(head)")
          for index in mean.indices { mean[index] += weights[index] / Float(headCount) }
        }
        let found = attention.weights(layer: layer)
        #expect(zip(found, mean).allSatisfy { abs($0 - $1) < 1e-6 })
      }
      try reader.read(tokens)
    }
  }

  @Test func `each row's weights sum to one`() throws {
    let attention = try reader.attention(in: sample.tokens(ofSegment: 0))
    let weights = attention.weights(layer: 0, head: 1)
    for row in 0..<attention.rowCount {
      let sum = weights[row * attention.rowCount..<(row + 1) * attention.rowCount].reduce(0, +)
      #expect(abs(sum - 1) < 1e-5)
    }
  }

  @Test func `looking changes nothing of what is read`() throws {
    let other = try RecurrentReader(
      model: ModelFile(path: folder.path("tiny.rmtw")), threadCount: 1)
    for segment in 0..<sample.segmentCount {
      let before = reader.memory
      _ = try reader.attention(in: sample.tokens(ofSegment: segment))
      #expect(reader.memory == before)
      try reader.read(sample.tokens(ofSegment: segment))
      try other.read(sample.tokens(ofSegment: segment))
      #expect(reader.memory == other.memory)
    }
    #expect(reader.logits() == other.logits())
  }

  @Test func `an id outside the vocabulary is refused`() {
    #expect(throws: RecurrenceError.tokenOutOfRange(100, limit: 100)) {
      try reader.attention(in: [7, 100])
    }
  }
}
