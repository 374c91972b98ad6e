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
    metadata["settings"] = SavedSettings.json(settings)
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
  /// Stages that the run has not begun may be others than those it was saved with: nothing in the
  /// state depends on them.
  ///
  /// - Throws: ``FineTuningError/settingChanged(path:name:saved:given:)`` when a setting differs,
  ///   ``FineTuningError/notTrainingState(path:reason:)`` when the file is something else or damaged;
  ///   `FileError`.
  func read(
    into state: inout TrainingState, settings: [(name: String, value: String)],
    stageStepCounts: [Int]
  ) throws {
    let file = try SavedSettings.openState(path: path, kind: Self.kind)
    let position = try position(in: file)
    try SavedSettings.check(
      settings, against: file.metadata["settings"], path: path,
      stageDefaults: FineTuningOptions.stageDefaults,
      inheritedNames: FineTuningOptions.inheritedNames,
      begunStageCount: position.begunStageCount)
    guard position.isPossible(stageStepCounts: stageStepCounts) else { throw brokenPosition }
    try SavedSettings.whole(path) { try file.verify() }
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

  /// The stages that the run has begun.
  ///
  /// - Throws: as ``read(into:settings:stageStepCounts:)`` for a file that is no state.
  func begunStageCount() throws -> Int {
    try position(in: SavedSettings.openState(path: path, kind: Self.kind)).begunStageCount
  }

  private func position(in file: WeightFile) throws(FineTuningError) -> TrainingPosition {
    guard let position = file.metadata["position"].flatMap(TrainingPosition.init(json:)) else {
      throw brokenPosition
    }
    return position
  }

  private var brokenPosition: FineTuningError {
    .notTrainingState(path: path, reason: "its position is broken")
  }
}
