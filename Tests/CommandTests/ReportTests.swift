import TestSupport
import Testing

@Suite("rmt report")
struct ReportTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test func `a trained model's folder becomes a page`() throws {
    try folder.attachTinyMemory()
    try folder.writeDocuments()
    try folder.write("{\"title\": \"tiny\", \"batch\": 4}", to: "run/experiment.json")
    try folder.succeed(
      "finetune", "memory.rmtw", "--train", "train.jsonl", "--eval", "eval.jsonl", "-o",
      "tuned.rmtw", "--segments", "1,2", "--batch", "4", "--steps", "5", "--evaluate-every", "2",
      "--log", "run/metrics.jsonl")
    try folder.succeed(
      "evaluate", "tuned.rmtw", "--eval", "eval.jsonl", "--segments", "1,2", "-o",
      "run/results.jsonl")
    try folder.write("mary the document is long", to: "doc.txt")
    try folder.succeed("attention", "tuned.rmtw", "doc.txt", "-o", "run/attention.svg")
    let run = try folder.succeed("report", "run")
    #expect(run.output == "run/report.html\n")
    let html = try folder.text("run/report.html")
    #expect(html.contains("10 optimizer steps in 2 stages"))
    #expect(html.contains("data:image/svg+xml;base64,"))
    #expect(html.contains("are answered right") && html.contains("Task: eval.jsonl"))
    try folder.fail(64, saying: ["report.html", "--force"], "report", "run")
    try folder.succeed("report", "run/", "--force")
    try folder.succeed("report", "run", "-o", "page.html")
    #expect(try folder.text("page.html") == html)
  }

  @Test func `a folder that keeps its recipe alone has the settings too`() throws {
    try folder.write("{\"title\": \"kept in the zoo\", \"seeds\": [1]}", to: "run/recipe.json")
    try folder.succeed("report", "run")
    #expect(try folder.text("run/report.html").contains("kept in the zoo"))
    try folder.write("{\"title\": \"begun\", \"seeds\": [1]}", to: "run/experiment.json")
    try folder.succeed("report", "run", "--force")
    let html = try folder.text("run/report.html")
    #expect(html.contains("begun") && !html.contains("kept in the zoo"))
    try folder.fail(64, saying: ["recipe.json"], "report", "run", "-o", "run/recipe.json", "-f")
  }

  @Test func `what cannot be shown is told, and leaves nothing`() throws {
    try folder.fail(66, saying: ["nowhere"], "report", "nowhere")
    try folder.write("", to: "run/other.txt")
    try folder.fail(66, saying: ["experiment.json", "results.jsonl"], "report", "run")
    try folder.write("{\"task\": 1}\n", to: "run/results.jsonl")
    try folder.fail(65, saying: ["results.jsonl, line 1", "\"task\""], "report", "run")
    #expect(!folder.holds("run/report.html"))
    #expect(!folder.holds("page.html"))
  }
}
