import TestSupport
import Testing

/// Options of `rmt finetune` that take one value a stage, or one for all.
@Suite struct StageOptionTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    let words = """
      mary john daniel sandra moved went back journeyed travelled to the bathroom hallway garden \
      office bedroom kitchen . where is ? what of north south east west abcdefghijklmnopqrstuvwxyz
      """
    try folder.write(words, to: "words.txt")
    try folder.succeed(
      "create", "--vocabulary-from", "words.txt", "--vocabulary-size", "400", "--hidden-size", "16",
      "--layers", "1", "--heads", "2", "--positions", "64", "-o", "random.rmtw")
    try folder.succeed(
      "attach", "random.rmtw", "-o", "memory.rmtw", "--memory-tokens", "2", "--labels",
      "bathroom,hallway,garden,office,bedroom,kitchen")
  }

  private func train(_ options: String...) throws -> CommandRun {
    try CommandRun(
      ["finetune", "memory.rmtw", "-o", "tuned.rmtw", "--force", "--segments", "2,4"]
        + ["--steps", "2", "--batch", "2", "--evaluation-samples", "2"] + options, in: folder)
  }

  @Test func `stages have intervals between questions and noise of their own`() throws {
    let run = try train(
      "--task", "detect", "--ask-every", "0,2", "--token-noise", "0,0.5",
      "--memory-clip-norm", "0,0.5")
    #expect(run.exitCode == 0, "\(run.errors)")
    let history = try folder.succeed("inspect", "tuned.rmtw").output
    #expect(history.contains("asked every the end alone,2"))
    #expect(history.contains("stage token noise 0.0,0.5"))
    #expect(history.contains("memory clip norm none,0.5"))
    let all = try train("--task", "detect", "--ask-every", "1", "--token-noise", "1")
    #expect(all.exitCode == 0, "\(all.errors)")
    #expect(try folder.succeed("inspect", "tuned.rmtw").output.contains("asked every 1,1"))
  }

  @Test func `stages of stories choose among them and skip positions`() throws {
    let run = try train(
      "--task", "reason", "--stage-positions", "48,64", "--skip-positions", "yes,no",
      "--ambiguous-stories", "yes,no", "--plain-questions", "0.5,0", "--questions-per-story", "1,4",
      "--corner-stories", "0,0.5")
    #expect(run.exitCode == 0, "\(run.errors)")
    let history = try folder.succeed("inspect", "tuned.rmtw").output
    #expect(history.contains("skips positions true,false"))
    #expect(history.contains("ambiguous stories true,false"))
    #expect(history.contains("corner stories 0.0,0.5"))
    #expect(history.contains("plain questions 0.5,0.0"))
    #expect(history.contains("questions per story 1,4"))
  }

  @Test(arguments: [
    (["--skip-positions", "yes"], "--skip-positions yes,no"),
    (["--skip-positions", "perhaps"], "--skip-positions"),
    (["--questions-per-story", "4"], "Leave out --questions-per-story"),
    (["--questions-per-story", "0"], "Give --questions-per-story"),
    (["--questions-per-story", "4,2,1"], "3 numbers of questions per story for 2 stages"),
    (["--plain-questions", "0.5"], "Leave out --plain-questions"),
    (["--plain-questions", "0,nan"], "plain questions is nan"),
    (["--corner-stories", "0.5"], "Leave out --corner-stories"),
    (["--corner-stories", "0,nan"], "corner stories is nan"),
    (["--ambiguous-stories", "no,yes"], "stage 2 wants ambiguous stories"),
    (["--ask-every=-3"], "every -3 segments"), (["--ask-every", "4611686018427387904"], "1048576"),
    (["--ask-every", "1,2,3"], "3 intervals between questions for 2 stages"),
    (["--ask-every", "2", "--loss", "all"], "ask every is 2"),
    (["--memory-clip-norm=-1,0"], "memory clip norm is -1.0"),
    (["--memory-clip-norm", "inf"], "memory clip norm is inf"),
    (["--token-noise", "0,1.5"], "--token-noise"), (["--token-noise", "0,0,0"], "3 token noises"),
  ])
  func `what is wrong with them is told`(options: [String], message: String) throws {
    let run = try CommandRun(
      ["finetune", "memory.rmtw", "-o", "tuned.rmtw", "--segments", "2,4", "--steps", "2"]
        + ["--batch", "2", "--evaluation-samples", "2", "--task", "detect"] + options, in: folder)
    #expect(run.exitCode == 64 && run.errors.contains(message), "\(run.errors)")
  }

  @Test func `documents of a file can have neither`() throws {
    for name in ["train", "eval"] {
      try folder.write(
        #"{"text": "mary went to the garden", "label": "garden"}"#, to: "\(name).jsonl")
    }
    for options in [
      ["--ask-every", "1"], ["--token-noise", "0.5"], ["--skip-positions", "yes"],
      ["--plain-questions", "0.5"], ["--ambiguous-stories", "yes"], ["--questions-per-story", "2"],
      ["--corner-stories", "0.5"],
    ] {
      let run = try CommandRun(
        ["finetune", "memory.rmtw", "-o", "tuned.rmtw", "--train", "train.jsonl", "--eval"]
          + ["eval.jsonl", "--steps", "1"] + options, in: folder)
      #expect(run.exitCode == 64 && run.errors.contains(options[0]), "\(run.errors)")
    }
  }
}
