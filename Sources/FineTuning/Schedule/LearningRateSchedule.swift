/// How the learning rate moves through a stage.
///
/// With w warm-up steps and T steps in all, the rate of step t (from 0) is the given rate times
/// t / max(1, w) for t < w, and from then on
/// 1 (``Shape/constant``) or max(0, (T − t) / max(1, T − w)) (``Shape/linear``).
/// The first step of a warm-up thus has rate 0. Source: `get_linear_schedule_with_warmup` and
/// `get_constant_schedule_with_warmup` of Hugging Face transformers.
public struct LearningRateSchedule: Sendable, Hashable {
  /// What follows the warm-up.
  public enum Shape: String, Sendable, CaseIterable {
    /// Falls to zero in a straight line.
    case linear
    /// Stays.
    case constant
  }

  /// What follows the warm-up.
  public var shape: Shape
  /// The highest rate.
  public var learningRate: Double
  /// Steps until the highest rate is reached.
  public var warmUpStepCount: Int

  /// A schedule with every value given.
  public init(shape: Shape, learningRate: Double, warmUpStepCount: Int) {
    self.shape = shape
    self.learningRate = learningRate
    self.warmUpStepCount = warmUpStepCount
  }

  /// The rate of a step, counted from 0, in a stage of `stepCount` steps.
  ///
  /// - Parameter learningRate: the stage's highest rate in place of the schedule's.
  public func rate(step: Int, stepCount: Int, learningRate: Double? = nil) -> Double {
    let learningRate = learningRate ?? self.learningRate
    if step < warmUpStepCount {
      return learningRate * (Double(step) / Double(max(1, warmUpStepCount)))
    }
    switch shape {
    case .constant: return learningRate
    case .linear:
      let rest = Double(stepCount - step) / Double(max(1, stepCount - warmUpStepCount))
      return learningRate * max(0, rest)
    }
  }
}
