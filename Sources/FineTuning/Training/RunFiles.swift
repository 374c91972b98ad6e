import ModelFile
import ModelSchema
import TensorStorage
import Tokenizers
import TrainingRecords
import Transformer

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The files of a training run: its output, and beside it the state from which it can go on.
struct RunFiles {
  /// Where the result goes.
  let outputPath: String
  /// Whether an output or a state of an earlier run is replaced.
  let collision: AtomicFileWriter.Collision
  /// Whether to go on with the state of an interrupted run.
  let resumes: Bool

  /// The state's file.
  var stateFile: TrainingStateFile { TrainingStateFile(path: "\(outputPath).training") }

  private var hasState: Bool { access(stateFile.path, F_OK) == 0 }

  /// Refuses to lose an interrupted run or to resume a finished one.
  ///
  /// - Throws: ``FineTuningError``.
  func check() throws(FineTuningError) {
    if hasState && !resumes {
      guard collision == .replace else { throw .stateExists(path: stateFile.path) }
    }
    if resumes, !hasState, collision == .keepExisting, access(outputPath, F_OK) == 0 {
      throw .nothingToResume(path: outputPath)
    }
  }

  /// Brings the state of the interrupted run back, or removes what is not to be gone on with, and
  /// finds out whether the output can be written, before the training and not after it.
  ///
  /// - Returns: whether an existing output is replaced. A state that is complete was saved before its
  ///   output was written, and the output there may be that one: it is written again, to the same
  ///   bytes.
  /// - Throws: ``FineTuningError``; `FileError`.
  func begin(
    _ state: inout TrainingState, settings: [(name: String, value: String)],
    stageStepCounts: [Int], report: (FineTuningEvent) -> Void
  ) throws -> AtomicFileWriter.Collision {
    let hasState = hasState
    if hasState && resumes {
      try stateFile.read(into: &state, settings: settings, stageStepCounts: stageStepCounts)
      report(.note("Going on from \(stateFile.path), \(state.position.runStep) steps done."))
    } else if resumes {
      report(.note("There is no state at \(stateFile.path); beginning at the beginning."))
    }
    if resumes {
      let position = state.position
      report(
        .resumed(
          ResumePoint(
            stage: position.finishedStageCount + 1, runStep: position.runStep,
            step: position.step, isEvaluated: position.isEvaluated)))
    }
    let isComplete = state.position.finishedStageCount == stageStepCounts.count
    let outputCollision = isComplete ? .replace : collision
    do {
      _ = try AtomicFileWriter(path: outputPath, collision: outputCollision)
    }
    if hasState && !resumes { try removeState() }
    return outputCollision
  }

  /// Keeps the best weights of a run that cannot go on, and removes its state, which leads to the same
  /// end again and could not be resumed with other settings.
  ///
  /// They go to `OUTPUT.best`, or the first of `OUTPUT.best-2`, `OUTPUT.best-3`, … that is free. Nothing
  /// is replaced: what lies there may be what the run began with.
  ///
  /// - Parameter write: writes weights to a path.
  /// - Returns: where they are; `nil` where none were measured.
  /// - Throws: what `write` throws, the state being kept; `FileError`.
  func keepBest(
    of state: TrainingState,
    write: (_ weights: ParameterStore<Float>, _ path: String) throws -> Void
  ) throws -> String? {
    var path: String?
    if !state.position.history.isEmpty {
      let free = freePathOfBest()
      try write(state.bestParameters, free)
      path = free
    }
    try removeState()
    return path
  }

  private func freePathOfBest() -> String {
    // A link that leads nowhere takes a name too.
    func isTaken(_ path: String) -> Bool {
      var status = stat()
      return lstat(path, &status) == 0
    }
    var (path, number) = ("\(outputPath).best", 1)
    while isTaken(path) {
      number += 1
      path = "\(outputPath).best-\(number)"
    }
    return path
  }

  /// Removes the state, which the result has made worthless.
  func removeState() throws(FileError) {
    guard unlink(stateFile.path) == 0 || errno == ENOENT else {
      throw FileError(.remove, stateFile.path)
    }
  }

  /// Writes a model whose numbers are in a store.
  ///
  /// - Throws: `FileError`.
  static func write(
    _ store: ParameterStore<Float>, description: ModelDescription, tokenizer: Tokenizer?,
    provenance: [ProvenanceStep], elementType: ElementType, to path: String,
    _ collision: AtomicFileWriter.Collision
  ) throws {
    var writer = try ModelFileWriter(
      path: path, collision: collision, description: description, tokenizer: tokenizer,
      provenance: provenance, elementType: elementType)
    for parameter in writer.parameters {
      guard let numbers = store.elements(named: parameter.name) else {
        preconditionFailure("the store has no parameter \(parameter.name)")
      }
      try writer.write(floats: UnsafeBufferPointer(numbers))
    }
    try writer.finish()
  }

  /// The model that a run begins with, as a setting: a resumed run must find the same.
  static func modelSetting(
    _ description: ModelDescription, _ store: ParameterStore<Float>
  ) -> (name: String, value: String) {
    var fingerprint = Fingerprint()
    fingerprint.combine(description.json.serialized(pretty: false))
    fingerprint.combine(UnsafeRawBufferPointer(store.elements))
    return ("model", "checksum \(fingerprint.hexadecimal)")
  }
}
