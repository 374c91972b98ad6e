import AllocationCounter
import Kernels
import ModelFile
import Randomness
import TestSupport
import Testing
import Transformer

@testable import RecurrentMemory

#if canImport(Glibc)
  import Glibc

  /// After the first segment of a length, or the first step with as many segments, the engine allocates
  /// nothing and touches no page for the first time.
  ///
  /// Each measurement has a process of its own: allocations of other tests would count as well. One
  /// thread, because the lending of a job's body to other threads is an allocation of Swift's, a few
  /// dozen bytes a job that are given back at its end.
  @Suite struct SteadyStateTests {
    @Test func `an allocation is counted`() async {
      await #expect(processExitsWith: .exitCode(1)) {
        exit(Int32(Effort.of { free(malloc(10)) }.allocations))
      }
    }

    @Test func `reading a segment allocates nothing`() async {
      await #expect(processExitsWith: .success) {
        let folder = try TemporaryFolder()
        let golden = try RecurrentGolden<Float>()
        let reader = try RecurrentReader(
          model: try golden.write(to: folder.path("tiny.rmtw")), threadCount: 1)
        let tokens = golden.samples[0].tokens(ofSegment: 0)
        try reader.read(tokens)
        let count = try Effort.of { for _ in 0..<10 { try reader.read(tokens) } }
        // The status shows what was counted: allocations, or a hundred and more for page faults.
        exit(Int32(min(99, count.allocations) + 100 * min(1, count.pageFaults)))
      }
    }

    @Test func `reading segments side by side allocates nothing`() async {
      await #expect(processExitsWith: .success) {
        let golden = try RecurrentGolden<Float>()
        let team = ThreadTeam(threadCount: 1)
        let packed = PackedParameters(golden.store, of: golden.model, team: team)
        let reader = SideBySideReader(
          golden.trainer.plan, parameters: packed.parameters, owner: packed, sampleCount: 2,
          segmentPositions: golden.trainer.plan.memory.segmentPositions, team: team)
        let segments = (0..<2).map {
          SampleSegment(sample: $0, tokens: Array(golden.samples[$0].tokens(ofSegment: 0)))
        }
        var count = Effort.of {}
        reader.perform(0..<1) { samples, lane in
          lane.read(segments)
          count = Effort.of { for _ in 0..<10 { lane.read(segments) } }
        }
        // The status shows what was counted: allocations, or a hundred and more for page faults.
        exit(Int32(min(99, count.allocations) + 100 * min(1, count.pageFaults)))
      }
    }

    @Test func `nor does a step of a model that projects its embeddings`() async {
      await #expect(processExitsWith: .success) {
        // Some of the documents are one but for their last segment, which take two passes.
        let batch = try RecurrentBatch<Float>(
          dropout: 0.1, threadCount: 1,
          tokenCounts: [1, 5, 16, 11] + Array(repeating: 12, count: 60),
          family: .albert
        ) { sample, memory in
          RecurrentSample(
            tokens: sample.tokens.count == 12
              ? Array(repeating: 1, count: 8) + sample.tokens.suffix(4) : sample.tokens,
            label: sample.label, memory: memory)
        }
        let plan = batch.trainer.plan
        let worker = RecurrentWorker<Float>(plan, team: ThreadTeam(threadCount: 1), trains: true)
        let group = RecurrentWorker<Float>.Group(
          batch.samples, firstSample: 0, sharesBeginnings: true, plan: plan)
        #expect(group.lastPassCount == 2 && group.readers.last == 4)
        let gradients = ParameterStore<Float>(plan.model)
        let objective = RecurrentObjective(lossSegments: .last, backpropagation: .full)
        let key = SIMD2<UInt32>(1, 2)
        func step() {
          _ = worker.accumulate(
            group, objective: objective, scale: 1, dropoutKey: key,
            parameters: batch.store.parameters, gradients: gradients.parameters)
        }
        step()
        let count = Effort.of { for _ in 0..<3 { step() } }
        // The status shows what was counted: allocations, or a hundred and more for page faults.
        exit(Int32(min(99, count.allocations) + 100 * min(1, count.pageFaults)))
      }
    }

    @Test(arguments: ["full", "replay"])
    func `a step allocates nothing`(backpropagation: String) async {
      await #expect(processExitsWith: .success) { [backpropagation] in
        let golden = try RecurrentGolden<Float>()
        let plan = golden.trainer.plan
        let worker = RecurrentWorker<Float>(
          plan, team: ThreadTeam(threadCount: 1), trains: true)
        let group = RecurrentWorker<Float>.Group(
          golden.samples, firstSample: 0, sharesBeginnings: false, plan: plan)
        let gradients = ParameterStore<Float>(plan.model)
        let objective = RecurrentObjective(
          lossSegments: .all, backpropagation: try #require(Backpropagation(backpropagation)))
        let key = SIMD2<UInt32>(1, 2)
        func step() {
          _ = worker.accumulate(
            group, objective: objective, scale: 1, dropoutKey: key,
            parameters: golden.store.parameters, gradients: gradients.parameters)
        }
        step()
        let count = Effort.of { for _ in 0..<3 { step() } }
        // The status shows what was counted: allocations, or a hundred and more for page faults.
        exit(Int32(min(99, count.allocations) + 100 * min(1, count.pageFaults)))
      }
    }
  }

  /// What something cost the system.
  private struct Effort {
    let allocations: Int
    let pageFaults: Int

    static func of(_ body: () throws -> Void) rethrows -> Effort {
      let before = now
      try body()
      let after = now
      return Effort(
        allocations: after.allocations - before.allocations,
        pageFaults: after.pageFaults - before.pageFaults)
    }

    private static var now: Effort {
      var usage = rusage()
      getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
      return Effort(allocations: allocation_count(), pageFaults: usage.ru_minflt)
    }
  }
#endif
