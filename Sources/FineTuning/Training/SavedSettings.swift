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
  ///   - inheritedNames: of those settings whose default is the run's value, the run's setting.
  ///   - begunStageCount: the stages of which those values must be the same.
  /// - Throws: ``FineTuningError/settingChanged(path:name:saved:given:)`` for the first that differs,
  ///   ``FineTuningError/notTrainingState(path:reason:)`` when there are none.
  static func check(
    _ settings: [(name: String, value: String)], against saved: JSONValue?, path: String,
    stageDefaults: [String: String] = [:], inheritedNames: [String: String] = [:],
    begunStageCount: Int = 0
  ) throws(FineTuningError) {
    let isOfAnotherVersion = FineTuningError.notTrainingState(
      path: path, reason: "its settings are of another version")
    var savedValues: [String: String] = [:]
    guard let members = saved?.array else { throw isOfAnotherVersion }
    for member in members {
      guard let name = member["name"]?.string, let value = member["value"]?.string else {
        throw isOfAnotherVersion
      }
      savedValues[name] = value
    }
    let givenValues = Dictionary(
      settings.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
    /// What each stage that was begun has, whether it says so or the run does.
    func begun(_ name: String, _ list: String, of values: [String: String]) -> [String] {
      let runValue = inheritedNames[name].flatMap { values[$0] }
      return list.split(separator: ",").prefix(begunStageCount).map { value in
        value == stageDefaults[name] ?? "" ? runValue ?? String(value) : String(value)
      }
    }
    // A setting that both have comes first: with other data it is the data's name that tells most.
    for setting in settings.filter({ savedValues[$0.name] != nil })
      + settings.filter({ savedValues[$0.name] == nil })
    {
      let stageDefault = stageDefaults[setting.name]
      guard
        let value = savedValues[setting.name]
          ?? stageDefault.map({
            Array(repeating: $0, count: begunStageCount).joined(separator: ",")
          })
      else {
        throw .settingChanged(
          path: path, name: setting.name, saved: nil, given: setting.value)
      }
      guard stageDefault != nil else {
        guard value == setting.value else {
          throw .settingChanged(
            path: path, name: setting.name, saved: value, given: setting.value)
        }
        continue
      }
      let before = begun(setting.name, value, of: savedValues)
      let now = begun(setting.name, setting.value, of: givenValues)
      guard before == now else {
        let runName = inheritedNames[setting.name]
        // Where the stages say the same, what they leave to the run is what has changed.
        if let runName, value == setting.value {
          throw .settingChanged(
            path: path, name: runName, saved: savedValues[runName], given: givenValues[runName])
        }
        throw .settingChanged(
          path: path, name: setting.name,
          saved: runName == nil ? value : before.joined(separator: ","),
          given: runName == nil ? setting.value : now.joined(separator: ","))
      }
    }
    if let missing = savedValues.sorted(by: { $0.key < $1.key })
      .first(where: { givenValues[$0.key] == nil })
    {
      throw .settingChanged(path: path, name: missing.key, saved: missing.value, given: nil)
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
