import JSON
import TensorStorage
import WeightFile

/// The settings in the header of a state file, which a resumed run must have too.
enum SavedSettings {
  /// The settings as a header holds them.
  static func json(_ settings: [(name: String, value: String)]) -> JSONValue {
    .array(settings.map { ["name": .string($0.name), "value": .string($0.value)] })
  }

  /// Compares a run's settings with those in a header.
  ///
  /// - Parameters:
  ///   - stageNames: settings whose values are lists with commas, of a value for each stage.
  ///   - begunStageCount: the stages of which those values must be the same.
  /// - Throws: ``FineTuningError/settingChanged(path:name:saved:given:)`` for the first that differs,
  ///   ``FineTuningError/notTrainingState(path:reason:)`` when others were saved.
  static func check(
    _ settings: [(name: String, value: String)], against saved: JSONValue?, path: String,
    stageNames: Set<String> = [], begunStageCount: Int = 0
  ) throws(FineTuningError) {
    func begun(_ value: String) -> ArraySlice<Substring> {
      value.split(separator: ",").prefix(begunStageCount)
    }

    guard let saved = saved?.array, saved.count == settings.count else {
      throw .notTrainingState(path: path, reason: "its settings are of another version")
    }
    for setting in settings {
      guard
        let member = saved.first(where: { $0["name"]?.string == setting.name }),
        let value = member["value"]?.string
      else {
        throw .notTrainingState(path: path, reason: "its settings are of another version")
      }
      let isOfStages = stageNames.contains(setting.name)
      guard isOfStages ? begun(value) == begun(setting.value) : value == setting.value else {
        throw .settingChanged(
          path: path, name: setting.name, saved: value, given: setting.value)
      }
    }
  }

  /// Opens a state file of a kind.
  ///
  /// - Throws: ``FineTuningError/notTrainingState(path:reason:)``; `FileError`.
  static func openState(path: String, kind: String) throws -> WeightFile {
    let file = try whole(path) { try WeightFile(path: path) }
    guard file.kind == kind else {
      throw FineTuningError.notTrainingState(path: path, reason: "it is a \(file.kind) file")
    }
    return file
  }

  /// Tells damage as what it means for the run; the weight file's own advice is to convert again.
  static func whole<Result>(_ path: String, _ read: () throws -> Result) throws -> Result {
    do {
      return try read()
    } catch let error as any DescribedError where error.kind == .badData {
      throw FineTuningError.notTrainingState(path: path, reason: error.problem)
    }
  }
}
