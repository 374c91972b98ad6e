import TestSupport
import Testing

@Suite("Tasks on stories")
struct StoryTaskTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    let words = """
      mary john moved went back to the bathroom hallway garden office bedroom kitchen . where is ? \
      what of north south east west , ' abcdefghijklmnopqrstuvwxyz
      """
    try folder.write(words, to: "words.txt")
    try folder.succeed(
      "create", "--vocabulary-from", "words.txt", "--vocabulary-size", "400", "--hidden-size", "16",
      "--layers", "1", "--heads", "2", "--positions", "64", "-o", "random.rmtw")
    try folder.succeed(
      "attach", "random.rmtw", "-o", "memory.rmtw", "--memory-tokens", "2", "--labels",
      "bathroom,hallway,garden,office,bedroom,kitchen")
  }

  private func write(_ places: [(String, String, String)], to name: String) throws {
    let text = places.map {
      "1 The \($0) is north of the \($1).\n2 The \($1) is north of the \($2).\n"
        + "3 What is north of the \($2)?\t\($1)\t2\n"
    }
    try folder.write(text.joined(), to: name)
  }

  private let known = [
    ("garden", "office", "kitchen"), ("office", "kitchen", "bedroom"),
    ("hallway", "garden", "bathroom"),
  ]

  private func train(_ options: String...) throws -> CommandRun {
    try CommandRun(
      ["finetune", "memory.rmtw", "-o", "tuned.rmtw", "--segments", "1,2", "--steps", "1"]
        + ["--batch", "2", "--evaluation-samples", "2", "--force"] + options, in: folder)
  }

  @Test func `fewer segments may follow where they are larger`() throws {
    func train(_ positions: String) throws -> CommandRun {
      try CommandRun(
        ["finetune", "memory.rmtw", "-o", "tuned.rmtw", "--task", "memorize", "--force"]
          + ["--segments", "4,2", "--steps", "1", "--batch", "2", "--evaluation-samples", "2"]
          + ["--stage-positions", positions], in: folder)
    }
    let run = try train("32,64")
    #expect(run.exitCode == 0, "\(run.errors)")
    let refused = try train("64,32")
    #expect(refused.exitCode == 64 && refused.errors.contains("4,2"), "\(refused.errors)")
  }

  @Test func `a model that trained on stories is measured on others`() throws {
    try write(known, to: "train.txt")
    try write([("kitchen", "hallway", "bedroom")], to: "valid.txt")
    let run = try train(
      "--task", "reason", "--stories", "train.txt", "--evaluation-stories", "valid.txt")
    #expect(run.exitCode == 0, "\(run.errors)")
    // People are told which stories, not their digests.
    let history = try folder.succeed("inspect", "tuned.rmtw").output
    #expect(history.contains("from memory.rmtw, train.txt, valid.txt"))
    #expect(history.contains("training stories 3 distinct") && history.contains("task reason"))
    #expect(history.contains("fact positions random"))
    #expect(!history.contains("digests"))

    try folder.fail(
      65, saying: ["train.txt", "trains on", "--allow-training-stories"], "evaluate",
      "tuned.rmtw", "--task", "reason", "--stories", "train.txt", "--segments", "1")
    try folder.succeed(
      "evaluate", "tuned.rmtw", "--task", "reason", "--stories", "train.txt", "--segments", "1",
      "--samples", "3", "--allow-training-stories", "--fact-positions", "random")
    try write(known + [("bathroom", "bedroom", "office")], to: "test.txt")
    let measured = try folder.succeed(
      "evaluate", "tuned.rmtw", "--task", "reason", "--stories", "test.txt", "--segments", "1,3",
      "--samples", "3")
    #expect(measured.errors.contains("3 of 4 stories") && measured.errors.contains("1 remain"))
  }

  @Test func `every task trains, and a model of one is measured on another`() throws {
    try folder.write(
      "1 Mary went to the garden.\n2 Where is Mary?\tgarden\t1\n"
        + "1 John went to the office.\n2 Where is John?\toffice\t1\n", to: "stories.txt")
    for options in [["detect"], ["reason"], ["babi", "--stories", "stories.txt"]] {
      let run = try CommandRun(
        ["finetune", "memory.rmtw", "-o", "tuned.rmtw", "--segments", "1", "--steps", "1"]
          + ["--batch", "2", "--evaluation-samples", "2", "--force", "--task"] + options,
        in: folder)
      #expect(run.exitCode == 0, "\(run.errors)")
    }
    let rows = try folder.succeed(
      "evaluate", "tuned.rmtw", "--task", "detect", "--fact-positions", "random", "--segments",
      "1,4", "--samples", "5", "--json"
    ).json["rows"]?.array
    #expect(rows?.compactMap { $0["samples"]?.integer } == [5, 5])
  }

  @Test func `stories of another task and answers without a label are named`() throws {
    try folder.write("1 Mary went to the garden.\n2 Where is Mary?\tpark\t1\n", to: "stories.txt")
    try folder.fail(
      65, saying: ["stories.txt, line 1", "not a file of two-argument relations"], "evaluate",
      "memory.rmtw", "--task", "reason", "--stories", "stories.txt", "--segments", "1")
    try folder.fail(
      65, saying: ["\"park\" is not among", "garden,office,bedroom,kitchen,park."], "evaluate",
      "memory.rmtw", "--task", "babi", "--stories", "stories.txt", "--segments", "1")
    #expect(!folder.holds("tuned.rmtw"))
  }
}
