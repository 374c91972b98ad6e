import ArgumentParser
import RecurrentMemory

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

  func validate() throws {
    if let targetEvaluations, targetEvaluations < 1 {
      throw ValidationError("--target-evaluations must be at least 1.")
    }
    if targetEvaluations != nil, targetAccuracy == nil {
      throw ValidationError("--target-evaluations needs a --target-accuracy to reach.")
    }
    if let targetAccuracy, !(0...100).contains(targetAccuracy) {
      throw ValidationError("--target-accuracy is a percentage.")
    }
  }
}

extension Backpropagation: ExpressibleByArgument {}
