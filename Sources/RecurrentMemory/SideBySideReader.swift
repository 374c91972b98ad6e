import Kernels
import TensorStorage
import Transformer

/// Reads many documents at once, each thread taking whole samples through segments on its own.
///
/// Threads that share a pass meet a dozen times a layer; threads with samples of their own do not
/// meet at all, which reads small models much faster and large ones no slower. Where there are fewer
/// samples than threads, several threads share a sample's passes. What comes out has the same bits
/// with any number of threads.
package final class SideBySideReader {
  /// Rows of a pass, about: short segments of several samples share one.
  ///
  /// A row costs least between 256 and 512 rows, in models 128 and 384 wide alike: with fewer, what
  /// each pass costs by itself counts; with more, activations leave the cache.
  static let rowsPerPass = 512

  /// What the recurrence knows of the model.
  package let plan: RecurrentPlan
  /// Samples that are read at once.
  package let sampleCount: Int
  /// The samples that go through passes together, in order.
  package let groups: [Range<Int>]
  /// What each sample remembers, `[samples, m, d]`.
  package var memories: UnsafeMutableBufferPointer<Float> { states.elements }

  /// One thread for each lane.
  private let team: ThreadTeam
  private let lanes: [SideBySideLane]
  private let states: AlignedBuffer<Float>
  private let initialMemory: UnsafeMutablePointer<Float>
  /// What keeps the parameters' numbers alive.
  private let owner: AnyObject

  /// Reserves the memory of `sampleCount` samples, all of which begin with the initial memory.
  ///
  /// - Parameters:
  ///   - segmentPositions: positions of the samples' longest segment, at most the plan's.
  ///   - parameters: a model's with memory and labels, numbers that `owner` keeps alive.
  ///   - team: the threads that compute.
  package init(
    _ plan: RecurrentPlan, parameters: ModelParameters<Float>, owner: AnyObject, sampleCount: Int,
    segmentPositions: Int, team: ThreadTeam
  ) {
    precondition(sampleCount >= 1, "a reader of no samples")
    precondition(
      segmentPositions <= plan.memory.segmentPositions, "segments longer than the plan's")
    guard let initialMemory = parameters.initialMemory else {
      preconditionFailure("parameters without memory")
    }
    self.plan = plan
    self.sampleCount = sampleCount
    self.owner = owner
    self.initialMemory = initialMemory
    let laneCount = min(team.threadCount, sampleCount)
    // A thread without a lane would have nothing to work with; the others share the lanes' passes.
    self.team = laneCount == team.threadCount ? team : ThreadTeam(threadCount: laneCount)
    groups = Self.groups(
      of: sampleCount, laneCount: laneCount,
      samplesPerPass: max(1, Self.rowsPerPass / segmentPositions))
    let samplesPerPass = groups.map(\.count).max() ?? 1
    let states = AlignedBuffer<Float>(count: sampleCount * plan.memoryStride)
    let memories = states.baseAddress
    self.states = states
    lanes = (0..<laneCount).map { _ in
      SideBySideLane(
        plan,
        capacity: EncoderCapacity(
          rowCount: samplesPerPass * segmentPositions, sequenceLength: segmentPositions),
        parameters: parameters, memories: memories,
        team: laneCount == 1
          ? team : ThreadTeam(threadCount: team.threadCount / laneCount))
    }
    reset()
  }

  /// Lanes that work at once.
  package var laneCount: Int { lanes.count }

  /// Lets every sample begin anew.
  package func reset() {
    for sample in 0..<sampleCount {
      (states.baseAddress + sample * plan.memoryStride).update(
        from: initialMemory, count: plan.memoryStride)
    }
  }

  /// Runs `body(samples, lane)` for some of the groups, several at once, and returns when all are
  /// done; a body reads its own samples' segments, any number of them, on its lane.
  package func perform(
    _ chosen: Range<Int>, _ body: (_ samples: Range<Int>, _ lane: SideBySideLane) -> Void
  ) {
    team.perform(partCount: chosen.count) { part, lane in
      body(groups[chosen.lowerBound + part], lanes[lane])
    }
  }

  /// Samples in groups that differ by one sample at most, as many groups for each lane as for any
  /// other.
  static func groups(of sampleCount: Int, laneCount: Int, samplesPerPass: Int) -> [Range<Int>] {
    let rounds = (sampleCount + laneCount * samplesPerPass - 1) / (laneCount * samplesPerPass)
    let groupCount = min(sampleCount, laneCount * rounds)
    return (0..<groupCount).map {
      sampleCount * $0 / groupCount..<sampleCount * ($0 + 1) / groupCount
    }
  }
}
