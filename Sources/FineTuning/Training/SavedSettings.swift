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
  ///   - stageDefaults: settings whose values are lists with commas, of a value for each stage, and what
  ///     a stage has that does not name one: a state from before there was such a setting goes on.
  ///   - begunStageCount: the stages of which those values must be the same.
  /// - Throws: ``FineTuningError/settingChanged(path:name:saved:given:)`` for the first that differs,
  ///   ``FineTuningError/notTrainingState(path:reason:)`` when others were saved.
  static func check(
    _ settings: [(name: String, value: String)], against saved: JSONValue?, path: String,
    stageDefaults: [String: String] = [:], begunStageCount: Int = 0
  ) throws(FineTuningError) {
    func begun(_ value: String) -> [Substring] {
      Array(value.split(separator: ",").prefix(begunStageCount))
    }
    let isOfAnotherVersion = FineTuningError.notTrainingState(
      path: path, reason: "its settings are of another version")
    var savedValues: [String: String] = [:]
    for member in saved?.array ?? [] {
      guard let name = member["name"]?.string, let value = member["value"]?.string else {
        throw isOfAnotherVersion
      }
      savedValues[name] = value
    }
    guard Set(savedValues.keys).isSubset(of: settings.map(\.name)) else { throw isOfAnotherVersion }
    for setting in settings {
      let stageDefault = stageDefaults[setting.name]
      guard
        let value = savedValues[setting.name]
          ?? stageDefault.map({
            Array(repeating: $0, count: begunStageCount).joined(separator: ",")
          })
      else { throw isOfAnotherVersion }
      guard
        stageDefault == nil
          ? value == setting.value : begun(value) == begun(setting.value)
      else {
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
