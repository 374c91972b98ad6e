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
  /// - Throws: `FileError`.
  func resume(at point: ResumePoint) throws(FileError)
}
