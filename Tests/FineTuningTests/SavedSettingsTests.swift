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
    func changed(_ name: String, saved: String?, given: String?) -> FineTuningError {
      .settingChanged(path: "state", name: name, saved: saved, given: given)
    }
    #expect(throws: changed("batch", saved: nil, given: "4")) {
      try check(Array(settings.dropFirst()), begun: 1)
    }
    #expect(throws: changed("colour", saved: "red", given: nil)) {
      try check(settings + [("colour", "red")], begun: 1)
    }
    #expect(
      changed("batch", saved: nil, given: "4").problem
        == "the interrupted run had no batch, this one has 4")
    #expect(
      changed("colour", saved: "red", given: nil).problem
        == "the interrupted run had colour red, this one has none")
    // What both have tells more than what one of them lacks.
    #expect(throws: changed("steps", saved: "9", given: "5,6")) {
      try check([("steps", "9"), ("colour", "red")], begun: 1)
    }
    #expect(
      throws: FineTuningError.notTrainingState(
        path: "state", reason: "its settings are of another version")
    ) {
      try SavedSettings.check(
        settings, against: nil, path: "state", stageDefaults: defaults, begunStageCount: 1)
    }
  }

  @Test func `what a stage takes from the run is the same as when it says so`() throws {
    func check(_ saved: String, _ given: String, batch: String, begun: Int) throws {
      try SavedSettings.check(
        [("batch", batch), ("stage batches", given)],
        against: SavedSettings.json([("batch", "2"), ("stage batches", saved)]), path: "state",
        stageDefaults: ["stage batches": "the run's"],
        inheritedNames: ["stage batches": "batch"], begunStageCount: begun)
    }
    try check("the run's,the run's", "2,4", batch: "2", begun: 1)
    try check("2,4", "the run's,the run's", batch: "2", begun: 1)
    for (given, batch, begun) in [("2,4", "2", 2), ("4,4", "2", 1), ("the run's,4", "4", 1)] {
      #expect(throws: FineTuningError.self) {
        try check("the run's,the run's", given, batch: batch, begun: begun)
      }
    }
  }

  @Test func `a setting that stages leave to the run is told by the run's name and values`() throws
  {
    for (name, runName) in FineTuningOptions.inheritedNames {
      func check(_ list: String, run: String, savedList: String) throws {
        try SavedSettings.check(
          [(name, list), (runName, run)],
          against: SavedSettings.json([(name, savedList), (runName, "4")]), path: "state",
          stageDefaults: FineTuningOptions.stageDefaults,
          inheritedNames: FineTuningOptions.inheritedNames, begunStageCount: 2)
      }
      #expect(
        throws: FineTuningError.settingChanged(
          path: "state", name: runName, saved: "4", given: "8")
      ) { try check("the run's,the run's", run: "8", savedList: "the run's,the run's") }
      #expect(
        throws: FineTuningError.settingChanged(
          path: "state", name: name, saved: "4,4", given: "4,8")
      ) { try check("the run's,8", run: "4", savedList: "the run's,the run's") }
    }
  }

  @Test func `every stage setting has a default`() {
    let defaults = FineTuningOptions.stageDefaults
    #expect(defaults.count == FineTuningOptions.stageSettings.count)
    #expect(defaults["questions per story"] == "1" && defaults["plain questions"] == "0.0")
    #expect(defaults["skips positions"] == "false" && defaults["ambiguous stories"] == "false")
    #expect(defaults["corner stories"] == "0.0")
    #expect(defaults.values.allSatisfy { !$0.contains(",") })
    let inherited = FineTuningOptions.inheritedNames
    #expect(Set(inherited.keys) == Set(defaults.filter { $0.value == "the run's" }.keys))
  }
}
