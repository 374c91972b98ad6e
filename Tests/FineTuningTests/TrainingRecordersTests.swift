import TensorStorage
import Testing
import TrainingRecords

@testable import FineTuning

@Suite struct TrainingRecordersTests {
  /// Takes in a number of records and fails from then on.
  private final class Recorder: TrainingRecorder {
    var (calls, resumes) = (0, 0)
    private let limit: Int

    init(limit: Int) { self.limit = limit }

    func append(_ record: MetricsRecord) throws(FileError) {
      calls += 1
      if calls > limit { throw FileError(.write, "log", code: 28) }
    }

    func resume(at point: ResumePoint) throws(FileError) { resumes += 1 }
  }

  @Test func `a recorder that fails is left out, and the others go on`() {
    let (short, long) = (Recorder(limit: 1), Recorder(limit: .max))
    var recorders = TrainingRecorders([short, long])
    var errors = 0
    recorders.keep(.resumed(.beginning)) { _ in errors += 1 }
    for step in 1...4 {
      let report = StepReport(
        stage: 1, step: step, runStep: step, stepCount: 4, meanLoss: 1, accuracy: 0,
        learningRate: 1, gradientNorm: 1, tokenCount: 1, seconds: 1)
      recorders.keep(.step(report)) { _ in errors += 1 }
    }
    recorders.keep(.note("nothing is measured")) { _ in errors += 1 }
    #expect(errors == 1)
    #expect(short.calls == 2 && long.calls == 4)
    #expect(short.resumes == 1 && long.resumes == 1)
  }
}
