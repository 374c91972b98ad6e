import JSON
import Testing

@testable import FineTuning

/// What a state may lack, and what must be the same.
@Suite struct SavedSettingsTests {
  private let settings = [("batch", "4"), ("steps", "5,6"), ("plain questions", "0.0,0.5")]
  private let defaults = ["steps": "1", "plain questions": "0.0"]

  private func check(_ saved: [(name: String, value: String)], begun: Int) throws {
    try SavedSettings.check(
      settings, against: SavedSettings.json(saved), path: "state", stageDefaults: defaults,
      begunStageCount: begun)
  }

  @Test func `a stage setting that came later is what it was before`() throws {
    let old = Array(settings.dropLast())
    try check(old, begun: 1)
    #expect(
      throws: FineTuningError.settingChanged(
        path: "state", name: "plain questions", saved: "0.0,0.0", given: "0.0,0.5")
    ) { try check(old, begun: 2) }
  }

  @Test func `other settings must all be there, and none beside them`() throws {
    let problem = FineTuningError.notTrainingState(
      path: "state", reason: "its settings are of another version")
    #expect(throws: problem) { try check(Array(settings.dropFirst()), begun: 1) }
    #expect(throws: problem) { try check(settings + [("colour", "red")], begun: 1) }
    #expect(throws: problem) {
      try SavedSettings.check(
        settings, against: nil, path: "state", stageDefaults: defaults, begunStageCount: 1)
    }
  }

  @Test func `every stage setting has a default`() {
    let defaults = FineTuningOptions.stageDefaults
    #expect(defaults.count == FineTuningOptions.stageSettings.count)
    #expect(defaults["questions per story"] == "1" && defaults["plain questions"] == "0.0")
    #expect(defaults["skips positions"] == "false" && defaults["ambiguous stories"] == "false")
    #expect(defaults["corner stories"] == "0.0")
    #expect(defaults.values.allSatisfy { !$0.contains(",") })
  }
}
