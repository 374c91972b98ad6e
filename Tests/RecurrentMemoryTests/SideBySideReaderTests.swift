import Kernels
import ModelFile
import TestSupport
import Testing

@testable import RecurrentMemory

@Suite struct SideBySideReaderTests {
  private let folder: TemporaryFolder
  private let golden: RecurrentGolden<Float>
  private let model: ModelFile

  init() throws {
    folder = try TemporaryFolder()
    golden = try RecurrentGolden<Float>()
    model = try golden.write(to: folder.path("tiny.rmtw"))
  }

  /// Reads so many samples, the golden's over and over, from segment to segment; the logits of each
  /// segment of each sample.
  private func logits(
    sampleCount: Int, threadCount: Int, packsStore: Bool = false, positionSpan: Int? = nil
  ) -> (logits: [[[Float]]], memories: [Float]) {
    let team = ThreadTeam(threadCount: threadCount)
    let bound = BoundModel(model, packingTeam: team)
    let packed = PackedParameters(golden.store, of: golden.model, team: team)
    let reader = SideBySideReader(
      golden.trainer.plan, parameters: packsStore ? packed.parameters : bound.parameters,
      owner: packsStore ? packed : bound, sampleCount: sampleCount,
      segmentPositions: golden.trainer.plan.memory.segmentPositions, team: team)
    var logits = [[[Float]]](repeating: [], count: sampleCount)
    logits.withUnsafeMutableBufferPointer { logits in
      nonisolated(unsafe) let logits = logits
      reader.perform(reader.groups.indices) { samples, lane in
        for segment in 0..<4 {
          let segments: [SampleSegment] = samples.compactMap {
            let sample = golden.samples[$0 % golden.samples.count]
            guard segment < sample.segmentCount else { return nil }
            return SampleSegment(
              sample: $0, tokens: Array(sample.tokens(ofSegment: segment)),
              positionSpan: positionSpan)
          }
          if segments.isEmpty { break }
          for (segment, row) in zip(segments, lane.ask(segments)) {
            logits[segment.sample].append(row)
          }
          lane.read(segments)
        }
      }
    }
    return (logits, Array(reader.memories))
  }

  @Test func `segments that skip positions come out as in training`() throws {
    let count = golden.samples.count
    let found = logits(sampleCount: count, threadCount: 2, positionSpan: 20).logits
    let skipping = golden.samples.map {
      RecurrentSample(
        tokens: $0.tokens, label: $0.label, memory: golden.trainer.plan.memory, positionSpan: 20)
    }
    let expected = golden.trainer.logits(skipping, parameters: golden.store.parameters)
    let plain = golden.trainer.logits(golden.samples, parameters: golden.store.parameters)
    // Some documents have a short piece, which has positions to skip.
    #expect(expected != plain)
    for (segments, last) in zip(found, expected) {
      for (one, other) in zip(try #require(segments.last), last) {
        #expect(abs(one - other) < 1e-5)
      }
    }
  }

  @Test(arguments: [1, 2, 3, 8], [1, 2, 5, 40])
  func `each sample gets the bits that it gets alone, with any threads`(
    threadCount: Int, sampleCount: Int
  ) throws {
    let found = logits(sampleCount: sampleCount, threadCount: threadCount)
    let alone = try RecurrentReader(model: model, threadCount: 1)
    let stride = alone.memory.count
    for sample in 0..<sampleCount {
      alone.reset()
      let document = golden.samples[sample % golden.samples.count]
      #expect(found.logits[sample].count == document.segmentCount)
      for segment in 0..<document.segmentCount {
        try alone.read(document.tokens(ofSegment: segment))
        #expect(found.logits[sample][segment] == alone.logits())
      }
      #expect(Array(found.memories[sample * stride..<(sample + 1) * stride]) == alone.memory)
    }
  }

  @Test func `weights in training read like those in a file`() {
    let (ofFile, ofStore) = (
      logits(sampleCount: 5, threadCount: 2),
      logits(sampleCount: 5, threadCount: 2, packsStore: true)
    )
    #expect(ofFile.logits == ofStore.logits && ofFile.memories == ofStore.memories)
  }

  @Test func `groups cover the samples, are alike, and as many for each lane`() {
    for count in 1...60 {
      for lanes in 1...min(4, count) {
        for size in 1...9 {
          let groups = SideBySideReader.groups(
            of: count, laneCount: lanes, samplesPerPass: size)
          #expect(groups.first?.lowerBound == 0 && groups.last?.upperBound == count)
          #expect(zip(groups, groups.dropFirst()).allSatisfy { $0.upperBound == $1.lowerBound })
          let sizes = groups.map(\.count)
          #expect((sizes.max() ?? 0) - (sizes.min() ?? 0) <= 1 && (sizes.max() ?? 0) <= size)
          #expect(groups.count % lanes == 0 || groups.count == count)
        }
      }
    }
  }

  @Test func `a segment longer than the plan's is a programming error`() async {
    await #expect(processExitsWith: .failure) {
      let golden = try RecurrentGolden<Float>()
      let team = ThreadTeam(threadCount: 1)
      let packed = PackedParameters(golden.store, of: golden.model, team: team)
      let reader = SideBySideReader(
        golden.trainer.plan, parameters: packed.parameters, owner: packed, sampleCount: 1,
        segmentPositions: golden.trainer.plan.memory.segmentPositions, team: team)
      let size = golden.trainer.plan.memory.segmentSize
      reader.perform(0..<1) { _, lane in
        lane.read([SampleSegment(sample: 0, tokens: [Int32](repeating: 7, count: size + 1))])
      }
    }
  }
}
