import Kernels
import RecurrentMemory
import TensorStorage
import Transformer
import WeightFile

/// How much a run takes on at a time.
struct EvaluationLimits {
  /// Bytes that the memories of the samples of one pass may take; more samples go in several passes.
  var memoryByteCount = 1 << 25
  /// Floating-point operations, for each thread that reads by itself, between two pauses.
  ///
  /// Some tenths of a second. Counted, not timed, so that a run can be repeated.
  var operationsBetweenPauses = 4e10
  /// Seconds after which the state is saved again.
  var secondsBetweenSaves = 30.0
}

/// Measures sections of rows: a loop over passes that can be put away between any two moments.
final class EvaluationRun {
  /// Where a run puts its state, and what a resumed one must have in common with it.
  struct Saving {
    let file: EvaluationStateFile
    let settings: [(name: String, value: String)]
  }

  private let sections: [EvaluationSection]
  private let plan: RecurrentPlan
  private let parameters: ModelParameters<Float>
  private let owner: AnyObject
  private let team: ThreadTeam
  private let saving: Saving?
  private let limits: EvaluationLimits
  private let pause: (_ segmentsRead: Int, _ segmentCount: Int) throws -> Void
  private let report: (EvaluationEvent) throws -> Void
  private var progress: EvaluationProgress
  private var reading: EvaluationReading?
  private var lastSave = ContinuousClock.now

  /// A run that has not begun.
  ///
  /// - Parameters:
  ///   - parameters: those of a model with memory and labels, which `owner` keeps alive.
  ///   - pause: called several times a second, also before the first segment; what it throws ends
  ///     the run, after the state was saved.
  ///   - report: told what happens.
  init(
    _ sections: [EvaluationSection], plan: RecurrentPlan, parameters: ModelParameters<Float>,
    owner: AnyObject, team: ThreadTeam, saving: Saving?,
    limits: EvaluationLimits = EvaluationLimits(),
    pause: @escaping (_ segmentsRead: Int, _ segmentCount: Int) throws -> Void,
    report: @escaping (EvaluationEvent) throws -> Void
  ) {
    self.sections = sections
    self.plan = plan
    self.parameters = parameters
    self.owner = owner
    self.team = team
    self.saving = saving
    self.limits = limits
    self.pause = pause
    self.report = report
    progress = EvaluationProgress(rowCount: sections.reduce(0) { $0 + $1.rows.count })
  }

  /// Goes to where an earlier run's state is.
  ///
  /// - Throws: ``FineTuningError``; `FileError`.
  func resume() throws {
    guard let saving else { preconditionFailure("a run without a state") }
    let (progress, file) = try saving.file.read(
      rowCount: self.progress.sums.count, settings: saving.settings)
    let broken = saving.file.broken("its progress is broken")
    self.progress = progress
    guard progress.section < sections.count else {
      guard progress.isWhole(of: sections) else { throw broken }
      return
    }
    let section = sections[progress.section]
    let passes =
      progress.firstSample < section.sampleCount
      ? section.passes(over: block(from: progress.firstSample, of: section)) : []
    guard passes.indices.contains(progress.pass) || (passes.isEmpty && progress.pass == 0),
      progress.firstSample % samplesPerBlock == 0,
      progress.isPossible(in: sections, pass: passes.dropFirst(progress.pass).first)
    else { throw broken }
    guard !file.tensors.isEmpty, let pass = passes.dropFirst(progress.pass).first else {
      guard progress.finishedRowCount == 0 else {
        throw saving.file.broken("it lacks the pass that was under way")
      }
      return
    }
    let reading = reading(of: pass)
    try saving.file.fill(reading, from: file)
    self.reading = reading
  }

  /// The rows that are done, in order.
  var rows: [EvaluationRow] {
    zip(sections.flatMap(\.rows), progress.isRowDone.indices).compactMap { row, index in
      guard progress.isRowDone[index] else { return nil }
      let sum = progress.sums[index]
      return EvaluationRow(
        segmentCounts: row.segmentCounts,
        evaluation: Evaluation(
          sampleCount: sum.sampleCount, correctCount: sum.correctCount,
          meanLoss: sum.lossSum / Double(max(1, sum.sampleCount)), tokenCount: sum.tokenCount,
          seconds: sum.seconds),
        residentByteCount: progress.residentByteCounts[index])
    }
  }

  /// Measures what is not measured yet.
  ///
  /// - Throws: what `pause` throws; `FileError` of saving.
  func run() throws {
    while progress.section < sections.count {
      let section = sections[progress.section]
      if section.sampleCount == 0 {
        for row in section.rows.indices { try finish(row: row, of: section) }
      }
      while progress.firstSample < section.sampleCount {
        let samples = block(from: progress.firstSample, of: section)
        let passes = section.passes(over: samples)
        while progress.pass < passes.count {
          try read(passes[progress.pass])
          progress.pass += 1
          (progress.passSeconds, progress.finishedRowCount) = (0, 0)
        }
        progress.firstSample = samples.upperBound
        progress.pass = 0
      }
      progress.section += 1
      progress.firstSample = 0
    }
    try save()
  }

  private func read(_ pass: EvaluationPass) throws {
    let reading = self.reading ?? reading(of: pass)
    self.reading = reading
    let passStart = ContinuousClock.now
    let earlierSeconds = progress.passSeconds
    func takeTime() {
      progress.passSeconds = earlierSeconds + seconds(passStart.duration(to: .now))
    }
    let total = reading.segmentCount
    func pauseNow() throws {
      takeTime()
      do {
        try pause(reading.segmentsReadCount, total)
      } catch {
        try save()
        throw error
      }
      if seconds(lastSave.duration(to: .now)) >= limits.secondsBetweenSaves { try save() }
    }
    try pauseNow()
    try reading.read(
      operationsBetweenPauses: limits.operationsBetweenPauses, pause: pauseNow
    ) { row in
      guard row - pass.rows.lowerBound >= progress.finishedRowCount else { return }
      takeTime()
      let result = reading.result(of: row)
      let index = firstRow(of: progress.section) + row
      progress.sums[index].sampleCount += pass.samples.count
      progress.sums[index].correctCount += result.correctCount
      progress.sums[index].lossSum += result.lossSum
      progress.sums[index].tokenCount += result.tokenCount
      progress.sums[index].seconds += progress.passSeconds
      progress.finishedRowCount += 1
      if progress.sums[index].sampleCount == pass.section.sampleCount {
        try finish(row: row, of: pass.section)
      }
    }
    self.reading = nil
  }

  /// Puts a row away that has all its samples.
  private func finish(row: Int, of section: EvaluationSection) throws {
    let index = firstRow(of: progress.section) + row
    guard !progress.isRowDone[index] else { return }
    progress.isRowDone[index] = true
    progress.residentByteCounts[index] = ResidentMemory.byteCount
    try save()
    let rowsBefore = progress.isRowDone[..<index].count(where: { $0 })
    try report(.row(rows[rowsBefore]))
  }

  private func save() throws {
    guard let saving else { return }
    try saving.file.write(progress, reading: reading, settings: saving.settings)
    lastSave = .now
    try report(.saved(path: saving.file.path))
  }

  private func reading(of pass: EvaluationPass) -> EvaluationReading {
    // Documents of a task may have segments of their own size.
    let positions = pass.samples.indices.reduce(1) { positions, index in
      let document = pass.document(index - pass.samples.lowerBound, row: pass.rows.upperBound - 1)
      return max(positions, document.cut(plan.memory).segmentPositions)
    }
    return EvaluationReading(
      pass,
      reader: SideBySideReader(
        plan, parameters: parameters, owner: owner, sampleCount: pass.samples.count,
        segmentPositions: positions, team: team))
  }

  private func firstRow(of section: Int) -> Int {
    sections[..<section].reduce(0) { $0 + $1.rows.count }
  }

  /// Samples of a block: as many as their memories leave room for, whatever the machine.
  private var samplesPerBlock: Int {
    max(1, limits.memoryByteCount / (plan.memoryStride * MemoryLayout<Float>.stride))
  }

  private func block(from first: Int, of section: EvaluationSection) -> Range<Int> {
    first..<min(first + samplesPerBlock, section.sampleCount)
  }
}
