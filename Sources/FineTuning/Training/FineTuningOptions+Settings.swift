extension FineTuningOptions {
  /// The options on which the result's bits depend, by the names that people know them by.
  ///
  /// Where gradients flow through all segments it is no setting how: the bits are the same.
  package var settings: [(name: String, value: String)] {
    Self.stageSettings.map { setting in
      (setting.name, curriculum.stages.map(setting.value).joined(separator: ","))
    } + [
      ("segment positions", "\(memory.segmentPositions)"),
      ("alignment", memory.alignment.rawValue),
    ] + optimization.settings + [
      ("batch", "\(batchSize)"),
      ("accumulation", "\(accumulationCount)"),
      ("dropout", dropout.map { "\($0)" } ?? "the model's"),
      ("truncation", truncation),
      ("loss on", lossOnAllSegments ? "all segments" : "the last segment"),
      ("evaluation interval", evaluationInterval.map(String.init) ?? "the stage"),
      ("target accuracy", targetAccuracy.map { "\($0)" } ?? "none"),
      ("target evaluations", "\(targetEvaluationCount)"),
      ("seed", "\(seed)"),
      ("type", elementType.rawValue),
    ]
  }

  /// The name of the stages' shares of stories around a corner; ``TrainedStories`` looks it up in a
  /// model's history.
  static let cornerStoriesName = "corner stories"

  /// The settings that each stage has for itself; their values, which have no commas, stand in a list.
  static let stageSettings: [(name: String, value: @Sendable (Curriculum.Stage) -> String)] = [
    ("segments", { text($0.segmentCount, else: "any") }),
    ("steps", { "\($0.stepCount)" }),
    ("mixing", { $0.mixing.rawValue }),
    ("stage positions", { text($0.segmentPositions, else: "all") }),
    ("skips positions", { "\($0.skipsPositions)" }),
    ("validation segments", { text($0.validationSegmentCount, else: "the stage's") }),
    ("stage validation samples", { text($0.validationSampleCount, else: "the run's") }),
    ("stage rates", { text($0.learningRate, else: "the run's") }),
    ("stage batches", { text($0.batchSize, else: "the run's") }),
    ("stage dropout", { text($0.dropout, else: "the run's") }),
    ("stage token noise", { text($0.tokenNoise, else: "the run's") }),
    ("asked every", { text($0.askEvery, else: "the end alone") }),
    ("memory clip norm", { text($0.memoryClipNorm, else: "none") }),
    ("questions per story", { "\($0.stories.questionCount)" }),
    ("ambiguous stories", { "\($0.stories.areAmbiguous)" }),
    (cornerStoriesName, { "\($0.stories.cornerShare)" }),
    ("plain questions", { "\($0.stories.plainShare)" }),
  ]

  /// What stands in those lists for a stage that nothing is said of.
  static var stageDefaults: [String: String] {
    let stage = Curriculum.Stage(segmentCount: nil, stepCount: 1)
    return Dictionary(
      stageSettings.map { ($0.name, $0.value(stage)) }, uniquingKeysWith: { first, _ in first })
  }

  /// The run's setting that holds for a stage of which one of those lists says "the run's".
  static let inheritedNames = [
    "stage rates": "learning rate", "stage batches": "batch", "stage dropout": "dropout",
    "stage token noise": "token noise", "stage validation samples": "validation samples",
  ]

  private static func text(
    _ value: (some CustomStringConvertible)?, else other: String
  ) -> String {
    value.map { "\($0)" } ?? other
  }

  private var truncation: String {
    if case .truncated(let segmentCount) = backpropagation { "\(segmentCount)" } else { "none" }
  }
}
