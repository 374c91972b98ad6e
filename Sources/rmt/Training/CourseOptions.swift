import ArgumentParser
import RecurrentMemory
import TrainingRecords

/// What happens along the way of `rmt finetune`.
struct CourseOptions: ParsableArguments {
  /// Which segments' logits the loss is taken from.
  enum Loss: String, CaseIterable, ExpressibleByArgument {
    /// The last segment's alone.
    case last
    /// The mean over all segments.
    case all
  }

  @Option(help: "Segments whose logits are trained: last: the last one's, all: the mean over all.")
  var loss: Loss = .last

  @Option(
    help: ArgumentHelp(
      "Gradients through all segments, whose activations are all kept (full) or computed a second time, one segment's after another (replay), to the same bits; or through the last k segments only. Unless given, full up to \(Backpropagation.longestKeptSegmentCount) segments and replay beyond.",
      valueName: "full|replay|k"))
  var bptt: Backpropagation = .automatic

  @Option(
    help: ArgumentHelp(
      "Steps between evaluations; at the end of each stage in any case.", valueName: "n"))
  var evaluateEvery: Int = 100

  @Option(
    help: ArgumentHelp(
      "Steps between savings of the run's state, from which --resume goes on; every half minute, or less often where saving is slow, unless given.",
      valueName: "n"))
  var saveEvery: Int?

  @Option(help: ArgumentHelp("End a stage early at this accuracy, in percent.", valueName: "x"))
  var targetAccuracy: Double?

  @Option(
    help: ArgumentHelp(
      "Evaluations in a row that must reach --target-accuracy; 1 unless given.", valueName: "n"))
  var targetEvaluations: Int?

  @Flag(
    help:
      "End the run with an error when a stage's steps are spent and it is no better than chance.")
  var stopAtChance = false

  @Option(help: "Store the result's matrices in this type.")
  var dtype: StoredElementType = .f32

  @Flag(help: "Go on with the run that was interrupted.")
  var resume = false

  @Option(help: ArgumentHelp("Seed of samples, order and dropout.", valueName: "n"))
  var seed: UInt64 = 0

  @Option(
    help: ArgumentHelp(
      "Threads; all cores unless given. Any number gives the same bits.", valueName: "n")
  )
  var threads: Int?

  @Option(
    help: ArgumentHelp(
      "Append loss and accuracy to this file, one JSON object a line.", valueName: "file.jsonl"))
  var log: String?

  @Option(
    help: ArgumentHelp(
      "Write loss and accuracy as TensorBoard's event files to this folder.", valueName: "folder"),
    completion: .directory)
  var tensorboard: String?

  func validate() throws {
    for (name, value) in [
      ("--evaluate-every", evaluateEvery), ("--save-every", saveEvery),
      ("--threads", threads), ("--target-evaluations", targetEvaluations),
    ] {
      if let value, value < 1 { throw ValidationError("\(name) must be at least 1.") }
    }
    if targetEvaluations != nil, targetAccuracy == nil {
      throw ValidationError("--target-evaluations needs a --target-accuracy to reach.")
    }
    if let targetAccuracy, !(0...100).contains(targetAccuracy) {
      throw ValidationError("--target-accuracy is a percentage.")
    }
  }
}

extension CourseOptions {
  /// What keeps the run's measurements.
  ///
  /// - Parameter replaces: whether another run's output, and so its records, may be replaced.
  /// - Throws: `FileError`, `TrainingRecordsError`.
  func recorders(replaces: Bool) throws -> [any TrainingRecorder] {
    var recorders: [any TrainingRecorder] = []
    if let log { recorders.append(try MetricsLog(path: log)) }
    if let tensorboard {
      recorders.append(
        try TensorBoardLog(folder: tensorboard, addsToEvents: resume || replaces))
    }
    return recorders
  }
}

extension Backpropagation: ExpressibleByArgument {}
