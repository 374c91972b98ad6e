import TensorStorage

/// Keeps what a training run measures, in some form that outlives the run.
package protocol TrainingRecorder: AnyObject {
  /// Keeps a record.
  ///
  /// - Throws: `FileError`; the recorder takes nothing in after that.
  func append(_ record: MetricsRecord) throws(FileError)

  /// Forgets what an interrupted run recorded beyond the point from which it goes on, because it
  /// will be recorded once more.
  ///
  /// - Parameters:
  ///   - stage: the stage that is gone on with, from 1.
  ///   - runStep: optimizer steps that were done at that point.
  ///   - step: those of them that were of the stage.
  ///   - isEvaluated: whether an evaluation after the last of them had been made.
  /// - Throws: `FileError`.
  func resume(
    stage: Int, afterRunStep runStep: Int, step: Int, isEvaluated: Bool
  ) throws(FileError)
}
