import TensorStorage
import TrainingRecords

/// The recorders of a run, each of which is left out once it has failed: training goes on without it.
package struct TrainingRecorders {
  private var recorders: [any TrainingRecorder]

  /// Recorders that take in everything that is measured.
  package init(_ recorders: [any TrainingRecorder]) { self.recorders = recorders }

  /// Keeps what an event measured.
  ///
  /// - Parameter failed: told the error of a recorder that takes in nothing more.
  package mutating func keep(_ event: FineTuningEvent, failed: (FileError) -> Void) {
    recorders.removeAll { recorder in
      do throws(FileError) {
        if case .resumed(let point) = event {
          try recorder.resume(at: point)
        } else if let record = event.record {
          try recorder.append(record)
        }
        return false
      } catch {
        failed(error)
        return true
      }
    }
  }
}
