import TestSupport
import Testing

/// The trained models of `Weights/` answer the documents of their cards.
@Suite struct ZooModelTests {
  private let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  @Test(arguments: [
    ("memorize", "Mary went to the garden.", "Where is Mary?", "garden"),
    ("detect", "Mary went to the garden.", "Where is Mary?", "garden"),
    (
      "reason", "The hallway is east of the bathroom. The bedroom is west of the bathroom.",
      "What is the bathroom east of?", "bedroom"
    ),
  ])
  func `a fact is carried through five segments`(
    task: String, facts: String, question: String, answer: String
  ) throws {
    let text = Array(repeating: "The day was long and nothing of note took place.", count: 200)
    try folder.write(([facts] + text + [question]).joined(separator: " "), to: "document.txt")
    let model = Fixtures.path("../../Weights/rmt-nano-\(task)/model.rmtw")
    let run = try CommandRun(["run", model, "document.txt"], in: folder)
    #expect(run.exitCode == 0, "\(run.errors)")
    #expect(run.output.hasPrefix("document.txt: \(answer)\n"), "\(run.output)")
  }
}
