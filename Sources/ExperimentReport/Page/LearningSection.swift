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
    let divisions = curve.stages.enumerated().map { index, stage in
      (x: stage.start, name: index == 0 ? "stage \(stage.number)" : "\(stage.number)")
    }
    let losses = curve.stages.flatMap { $0.loss + $0.evaluationLoss }.map(\.y)
    let loss = LineChart(
      title: "Loss by step", xAxis: steps,
      yAxis: Axis("loss, nats", scale: .linear, values: losses, includesZero: true),
      series: series(\.loss, \.evaluationLoss), divisions: divisions)
    let accuracy = LineChart(
      title: "Accuracy by step", xAxis: steps,
      yAxis: Axis("accuracy", scale: .linear, values: [0, 1], label: Self.percent),
      series: series(\.accuracy, \.evaluationAccuracy), divisions: divisions)
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
          + "evaluations on held-out documents. Each stage is measured on documents of its own "
          + "length, so that a line ends where its stage does."),
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

  /// A line for each stage, of training and of evaluations.
  private func series(
    _ training: KeyPath<TrainingCurve.Stage, [LineChart.Point]>,
    _ evaluations: KeyPath<TrainingCurve.Stage, [LineChart.Point]>
  ) -> [LineChart.Series] {
    func lines(
      _ name: String, _ style: LineChart.Style, color: Int,
      _ points: (TrainingCurve.Stage) -> [LineChart.Point]
    ) -> [LineChart.Series] {
      let lines = curve.stages.map(points).filter { !$0.isEmpty }
      return lines.enumerated().map { index, points in
        LineChart.Series(
          name: index == 0 ? name : nil, style: style, color: color,
          points: LineChart.condensed(points, limit: pointLimit(of: points)))
      }
    }
    return lines("training", .curve, color: 0) { $0[keyPath: training] }
      + lines("evaluation", .measured, color: 1) { $0[keyPath: evaluations] }
      .map(\.withoutIntervals)
  }

  /// As many of ``pointLimit`` as the points' share of the axis, and enough for a line.
  private func pointLimit(of points: [LineChart.Point]) -> Int {
    let width = (points.last?.x ?? 0) - (points.first?.x ?? 0)
    return max(8, Int(Double(Self.pointLimit) * width / max(1, curve.stepCount)))
  }

  static func percent(_ part: Double) -> String { NumberFormat.percentage(part, digits: 0) }
}
