extension FineTuningOptions {
  /// The options on which the result's bits depend, by the names that people know them by.
  ///
  /// Where gradients flow through all segments it is no setting how: the bits are the same.
  package var settings: [(name: String, value: String)] {
    func list(_ values: [Int]) -> String { values.map(String.init).joined(separator: ",") }
    let stages = curriculum.stages
    func list(_ value: (Curriculum.Stage) -> String) -> String {
      stages.map(value).joined(separator: ",")
    }
    func text(_ value: (some CustomStringConvertible)?, else other: String) -> String {
      value.map { "\($0)" } ?? other
    }
    return [
      ("segments", list { text($0.segmentCount, else: "any") }),
      ("steps", list { "\($0.stepCount)" }),
      ("mixing", list(\.mixing.rawValue)),
      ("segment positions", "\(memory.segmentPositions)"),
      ("stage positions", list { text($0.segmentPositions, else: "all") }),
      ("validation segments", list { text($0.validationSegmentCount, else: "the stage's") }),
      ("stage rates", list { text($0.learningRate, else: "the run's") }),
      ("stage batches", list { text($0.batchSize, else: "the run's") }),
      ("stage dropout", list { text($0.dropout, else: "the run's") }),
      ("stage token noise", list { text($0.tokenNoise, else: "the run's") }),
      ("asked every", list { text($0.askEvery, else: "the end alone") }),
      ("stage memory mixup", list { text($0.memoryMixup, else: "the run's") }),
      ("alignment", memory.alignment.rawValue),
    ] + optimization.settings + [
      ("batch", "\(batchSize)"),
      ("accumulation", "\(accumulationCount)"),
      ("dropout", dropout.map { "\($0)" } ?? "the model's"),
      ("memory mixup", "\(memoryMixup)"),
      ("truncation", truncation),
      ("loss on", lossOnAllSegments ? "all segments" : "the last segment"),
      ("evaluation interval", evaluationInterval.map(String.init) ?? "the stage"),
      ("target accuracy", targetAccuracy.map { "\($0)" } ?? "none"),
      ("target evaluations", "\(targetEvaluationCount)"),
      ("seed", "\(seed)"),
      ("type", elementType.rawValue),
    ]
  }

  private var truncation: String {
    if case .truncated(let segmentCount) = backpropagation { "\(segmentCount)" } else { "none" }
  }
}
