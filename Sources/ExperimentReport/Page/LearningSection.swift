/// Loss and accuracy over the steps of training, stage by stage.
struct LearningSection {
  private static let pointLimit = 150

  private let curve: TrainingCurve
  private let seedCurves: [(seed: Int, curve: TrainingCurve)]
  private let seeds: [Int]
  private let trainedSeeds: [Int]
  private let failures: [(seed: Int, problem: String)]

  /// - Parameters:
  ///   - curve: the one that is shown.
  ///   - seedCurves: those of the experiment's models, as far as their logs are there.
  ///   - seeds: of all models of the experiment.
  ///   - trainedSeeds: of those that are trained, as far as their files are there. The curve is that of
  ///     the first of them, or of the first of all.
  ///   - failures: why some did not learn.
  init(
    _ curve: TrainingCurve, ofSeeds seedCurves: [(seed: Int, curve: TrainingCurve)], seeds: [Int],
    trainedSeeds: [Int], failures: [(seed: Int, problem: String)]
  ) {
    self.curve = curve
    self.seedCurves = seedCurves
    self.seeds = seeds
    self.trainedSeeds = trainedSeeds
    self.failures = failures
  }

  /// The section's content.
  var markup: [Markup] {
    let steps = Axis(
      "optimizer steps", scale: .linear, values: [0, max(1, curve.stepCount)], tickLimit: 9)
    let divisions = curve.stages.map { (x: $0.start, name: "stage \($0.number)") }
    let losses = (curve.loss + curve.evaluationLoss).map(\.y)
    let loss = LineChart(
      title: "Loss by step", xAxis: steps,
      yAxis: Axis("loss, nats", scale: .linear, values: losses, includesZero: true),
      series: series(curve.loss, curve.evaluationLoss), divisions: divisions)
    let accuracy = LineChart(
      title: "Accuracy by step", xAxis: steps,
      yAxis: Axis("accuracy", scale: .linear, values: [0, 1], label: Self.percent),
      series: series(curve.accuracy, curve.evaluationAccuracy), divisions: divisions)
    let lost = failures.map { failure in
      Markup.element("p", [:], "Seed \(failure.seed) did not learn: \(failure.problem).")
    }
    let others = seedCurves.filter { $0.seed != shownSeed }.map { other in
      Markup.element("p", [:], "Seed \(other.seed): \(Self.counts(of: other.curve))")
    }
    return [.element("p", [:], summary)] + others + lost + [
      ExperimentReport.figure(
        loss.svg(),
        caption: "Loss: training batches (line with the range of neighbouring steps) and "
          + "evaluations on held-out documents."),
      ExperimentReport.figure(
        accuracy.svg(), caption: "Accuracy on the same batches and evaluations."),
    ]
  }

  private var shownSeed: Int? { trainedSeeds.first ?? seeds.first }

  private var summary: String {
    let counts = Self.counts(of: curve)
    guard let shown = shownSeed, seeds.count > 1 else { return counts }
    let number = failures.isEmpty ? "" : ", of which \(trainedSeeds.count) learned"
    return
      "The experiment trained \(seeds.count) models\(number), which differ in their seed; what "
      + "follows is that of seed \(shown). " + counts
  }

  private static func counts(of curve: TrainingCurve) -> String {
    let stages = curve.stages.count
    return "\(NumberFormat.decimal(curve.stepCount, digits: 0)) optimizer step"
      + "\(curve.stepCount == 1 ? "" : "s") in "
      + "\(NumberFormat.grouped(stages)) stage\(stages == 1 ? "" : "s"), "
      + "\(NumberFormat.decimal(curve.tokenCount, digits: 0)) tokens of documents, "
      + "\(NumberFormat.duration(curve.seconds)) of training without evaluations."
  }

  private func series(
    _ training: [LineChart.Point], _ evaluations: [LineChart.Point]
  ) -> [LineChart.Series] {
    [
      LineChart.Series(
        name: "training", style: .curve, color: 0,
        points: LineChart.condensed(training, limit: Self.pointLimit)),
      LineChart.Series(
        name: "evaluation", style: .measured, color: 1,
        points: LineChart.condensed(evaluations, limit: Self.pointLimit).map {
          LineChart.Point(x: $0.x, y: $0.y)
        }),
    ].filter { !$0.points.isEmpty }
  }

  static func percent(_ part: Double) -> String { NumberFormat.percentage(part, digits: 0) }
}
