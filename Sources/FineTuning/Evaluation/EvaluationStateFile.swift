import JSON
import TensorStorage
import WeightFile

/// The file in which an evaluation that was stopped waits to be resumed: a weight file of kind
/// `evaluation`.
///
/// Its header holds the settings and what is finished; its tensors are those of the pass that is under
/// way: the segments that each sample has behind it, its memory, and its answers. They are a few
/// numbers a sample, whatever the documents' length. It replaces its predecessor in one step.
struct EvaluationStateFile {
  static let kind = "evaluation"

  /// Where the file is.
  let path: String

  /// Writes the state of a run; without a reading no pass is under way.
  ///
  /// - Throws: `FileError`; the state that was there before is then still there.
  func write(
    _ progress: EvaluationProgress, reading: EvaluationReading?,
    settings: [(name: String, value: String)]
  ) throws {
    var metadata = JSONObject()
    metadata["settings"] = SavedSettings.json(settings)
    metadata["progress"] = progress.json
    let tensors = reading.map(Self.tensors) ?? []
    var writer = try WeightFileWriter(
      path: path, collision: .replace, kind: Self.kind, metadata: metadata,
      tensors: tensors.map(\.description))
    for tensor in tensors { try writer.write(UnsafeRawBufferPointer(tensor.bytes)) }
    try writer.finish()
  }

  /// Opens the state of a run with these settings.
  ///
  /// - Returns: what is finished, and the file, from which ``fill(_:from:)`` takes the rest.
  /// - Throws: ``FineTuningError/settingChanged(path:name:saved:given:)`` when a setting differs,
  ///   ``FineTuningError/notTrainingState(path:reason:)`` when the file is something else or damaged;
  ///   `FileError`.
  func read(
    rowCount: Int, settings: [(name: String, value: String)]
  ) throws -> (progress: EvaluationProgress, file: WeightFile) {
    let file = try SavedSettings.openState(path: path, kind: Self.kind)
    try SavedSettings.check(settings, against: file.metadata["settings"], path: path)
    guard
      let progress = file.metadata["progress"].flatMap({
        EvaluationProgress(json: $0, rowCount: rowCount)
      })
    else { throw broken("its progress is broken") }
    try SavedSettings.whole(path) { try file.verify() }
    return (progress, file)
  }

  /// Takes a pass to where the file left it.
  ///
  /// - Throws: ``FineTuningError/notTrainingState(path:reason:)``.
  func fill(_ reading: EvaluationReading, from file: WeightFile) throws {
    for tensor in Self.tensors(reading) {
      let name = tensor.description.name
      guard file.tensor(named: name) == tensor.description, let bytes = file.bytes(of: name) else {
        throw broken("\(name) is missing or of another size")
      }
      tensor.bytes.copyMemory(from: bytes)
    }
    for (sample, position) in reading.segmentsRead.enumerated() {
      guard reading.canBe(at: position, sample: sample) else {
        throw broken("sample \(sample) is at segment \(position), which it does not have")
      }
    }
    guard reading.answers.allSatisfy({ $0 <= 1 }) else {
      throw broken("an answer is neither right nor wrong")
    }
  }

  /// Says that the file cannot be gone on from.
  func broken(_ reason: String) -> FineTuningError {
    .notTrainingState(path: path, reason: reason)
  }

  /// What a pass keeps, by the names that it has in a file.
  private static func tensors(
    _ reading: EvaluationReading
  ) -> [(description: TensorDescription, bytes: UnsafeMutableRawBufferPointer)] {
    func tensor(
      _ name: String, _ elementType: ElementType, _ bytes: UnsafeMutableRawBufferPointer
    ) -> (TensorDescription, UnsafeMutableRawBufferPointer) {
      let shape = Shape([bytes.count / elementType.byteWidth])
      return (TensorDescription(name: name, elementType: elementType, shape: shape), bytes)
    }
    // A file has no f64; the bits of a loss are kept as an integer's.
    return [
      tensor("segments_read", .i64, UnsafeMutableRawBufferPointer(reading.segmentsRead)),
      tensor("memories", .f32, UnsafeMutableRawBufferPointer(reading.reader.memories)),
      tensor("loss_bits", .i64, UnsafeMutableRawBufferPointer(reading.losses)),
      tensor("answers", .u8, UnsafeMutableRawBufferPointer(reading.answers)),
    ]
  }
}
