import JSON
import TensorStorage
import Transformer
import WeightFile

/// The numbers that a run changes as it goes.
struct TrainingState {
  /// The weights that are learning.
  let parameters: ParameterStore<Float>
  /// AdamW's mean of gradients.
  let firstMoment: ParameterStore<Float>
  /// AdamW's mean of squared gradients.
  let secondMoment: ParameterStore<Float>
  /// The stage's best weights; before its first evaluation those it began with.
  let bestParameters: ParameterStore<Float>
  /// How far the run has come.
  var position = TrainingPosition()

  /// The stores by the names they have in a file.
  var stores: [(name: String, store: ParameterStore<Float>)] {
    [
      ("parameters", parameters), ("first_moment", firstMoment), ("second_moment", secondMoment),
      ("best_parameters", bestParameters),
    ]
  }
}

/// The file in which a run that was stopped waits to be resumed: a weight file of kind `training`.
///
/// It holds one flat f32 tensor a store, in the order of the parameter catalogue, and in its header
/// the run's settings and position. It replaces its predecessor in one step, so whenever a run is
/// killed there is one whole state.
struct TrainingStateFile {
  static let kind = "training"

  /// Where the file is.
  let path: String

  /// Writes the state of a run.
  ///
  /// - Throws: `FileError`; the state that was there before is then still there.
  func write(_ state: TrainingState, settings: [(name: String, value: String)]) throws {
    var metadata = JSONObject()
    metadata["settings"] = .array(
      settings.map { ["name": .string($0.name), "value": .string($0.value)] })
    metadata["position"] = state.position.json
    var writer = try WeightFileWriter(
      path: path, collision: .replace, kind: Self.kind, metadata: metadata,
      tensors: state.stores.map {
        TensorDescription(name: $0.name, elementType: .f32, shape: [$0.store.elements.count])
      })
    for (_, store) in state.stores { try writer.write(UnsafeRawBufferPointer(store.elements)) }
    try writer.finish()
  }

  /// Reads the state of a run with these settings into `state`.
  ///
  /// - Throws: ``FineTuningError/settingChanged(path:name:saved:given:)`` when a setting differs,
  ///   ``FineTuningError/notTrainingState(path:reason:)`` when the file is something else or damaged;
  ///   `FileError`.
  func read(
    into state: inout TrainingState, settings: [(name: String, value: String)],
    stageStepCounts: [Int]
  ) throws {
    let file = try Self.whole(path) { try WeightFile(path: path) }
    guard file.kind == Self.kind else {
      throw FineTuningError.notTrainingState(path: path, reason: "it is a \(file.kind) file")
    }
    try check(settings, against: file.metadata["settings"])
    guard let position = file.metadata["position"].flatMap(TrainingPosition.init(json:)),
      position.finishedStageCount <= stageStepCounts.count,
      position.step <= (stageStepCounts + [0])[position.finishedStageCount]
    else { throw FineTuningError.notTrainingState(path: path, reason: "its position is broken") }
    try Self.whole(path) { try file.verify() }
    for (name, store) in state.stores {
      let expected = TensorDescription(
        name: name, elementType: .f32, shape: [store.elements.count])
      guard file.tensor(named: name) == expected, let bytes = file.bytes(of: name) else {
        throw FineTuningError.notTrainingState(
          path: path, reason: "\(name) is missing or of another size")
      }
      UnsafeMutableRawBufferPointer(store.elements).copyMemory(from: bytes)
    }
    state.position = position
  }

  /// Tells damage as what it means for the run; the weight file's own advice is to convert again.
  private static func whole<Result>(_ path: String, _ read: () throws -> Result) throws -> Result {
    do {
      return try read()
    } catch let error as any DescribedError where error.kind == .badData {
      throw FineTuningError.notTrainingState(path: path, reason: error.problem)
    }
  }

  private func check(
    _ settings: [(name: String, value: String)], against saved: JSONValue?
  ) throws(FineTuningError) {
    guard let saved = saved?.array, saved.count == settings.count else {
      throw .notTrainingState(path: path, reason: "its settings are of another version")
    }
    for (setting, member) in zip(settings, saved) {
      guard member["name"]?.string == setting.name, let value = member["value"]?.string else {
        throw .notTrainingState(path: path, reason: "its settings are of another version")
      }
      guard value == setting.value else {
        throw .settingChanged(
          path: path, name: setting.name, saved: value, given: setting.value)
      }
    }
  }
}
