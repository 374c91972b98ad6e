import TestSupport

/// A folder as an experiment leaves it, with made-up numbers.
extension TemporaryFolder {
  static let resultLine =
    "{\"task\":\"memorize\",\"factPositions\":\"first\",\"segments\":8,\"segmentPositions\":512,"
    + "\"samples\":100,\"correct\":99,\"seconds\":1.5,\"residentBytes\":64000000,\"seed\":1,"
    + "\"tokens\":399200}"

  /// A line of `results.jsonl`.
  static func result(
    segments: Int, correct: Int, seed: Int = 1, positions: String = "first",
    task: String = "memorize", documentSeed: Int? = nil
  ) -> String {
    "{\"task\":\"\(task)\",\"factPositions\":\"\(positions)\",\"segments\":\(segments),"
      + "\"segmentPositions\":512,\"samples\":100,\"correct\":\(correct),\"seconds\":1.5,"
      + "\"residentBytes\":64000000,\"seed\":\(seed),"
      + (documentSeed.map { "\"documentSeed\":\($0),\"model\":\"checksum \(seed)\"," } ?? "")
      + "\"tokens\":\(49_900 * segments)}"
  }

  /// A line of `metrics.jsonl`.
  static func step(_ runStep: Int, stage: Int, loss: Double = 1) -> String {
    "{\"event\":\"step\",\"stage\":\(stage),\"step\":\(runStep),\"runStep\":\(runStep),"
      + "\"loss\":\(loss),\"accuracy\":0.5,\"learningRate\":0.001,\"gradientNorm\":1,"
      + "\"tokens\":100,\"seconds\":0.25}"
  }

  /// A line of `metrics.jsonl`.
  static func evaluation(_ runStep: Int, stage: Int) -> String {
    "{\"event\":\"evaluation\",\"stage\":\(stage),\"step\":\(runStep),\"runStep\":\(runStep),"
      + "\"evaluationLoss\":0.5,\"evaluationAccuracy\":0.9,\"samples\":10,\"isBest\":true}"
  }

  /// Writes every file of an experiment.
  func writeExperiment() throws {
    try write(
      "{\"title\":\"A <small> model\",\"batchSize\":32,\"optimizer\":{\"learningRate\":5e-4},"
        + "\"stages\":[{\"segments\":1,\"steps\":2},{\"segments\":2,\"steps\":2}]}",
      to: "experiment.json")
    try write(
      [
        Self.step(1, stage: 1), Self.step(2, stage: 1), Self.evaluation(2, stage: 1),
        Self.step(3, stage: 2), Self.step(4, stage: 2, loss: 0.5), Self.evaluation(4, stage: 2),
      ].joined(separator: "\n") + "\n", to: "metrics.jsonl")
    try write(
      [
        Self.result(segments: 1, correct: 100), Self.result(segments: 4096, correct: 97),
        Self.result(segments: 4096, correct: 99, seed: 2),
        Self.result(segments: 1, correct: 90, positions: "random"),
      ].joined(separator: "\n"), to: "results.jsonl")
    try write("<svg xmlns=\"http://www.w3.org/2000/svg\"/>", to: "attention.svg")
  }
}
