import Kernels
import Transformer

/// The AdamW optimizer's constants.
///
/// Source: Loshchilov and Hutter, "Decoupled Weight Decay Regularization", ICLR 2019.
public struct AdamW: Sendable, Hashable {
  /// Decay rate β₁ of the mean of gradients.
  public var beta1: Double
  /// Decay rate β₂ of the mean of squared gradients.
  public var beta2: Double
  /// ε beside the root of the squared mean.
  public var epsilon: Double
  /// Weight decay λ, applied apart from the gradient.
  public var weightDecay: Double
  /// Which parameters decay.
  public var decayScope: WeightDecayScope

  /// Constants with every value given.
  public init(
    beta1: Double, beta2: Double, epsilon: Double, weightDecay: Double,
    decayScope: WeightDecayScope
  ) {
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.weightDecay = weightDecay
    self.decayScope = decayScope
  }

  /// Moves every parameter by one step; the gradients, clipped on the way, become zero.
  ///
  /// - Parameters:
  ///   - clip: what is done to gradients first.
  ///   - number: the step since the moments were zero, from 1.
  package func update<Scalar: KernelScalar>(
    _ parameters: ParameterStore<Scalar>, gradients: ParameterStore<Scalar>,
    clip: GradientClip, firstMoment: ParameterStore<Scalar>,
    secondMoment: ParameterStore<Scalar>, number: Int,
    learningRate: Double, team: ThreadTeam
  ) {
    guard
      let parameter = parameters.elements.baseAddress,
      let gradient = gradients.elements.baseAddress,
      let first = firstMoment.elements.baseAddress, let second = secondMoment.elements.baseAddress
    else { return }
    for (range, decays) in ranges(of: parameters.layout) {
      let step = AdamWStep(
        number: number, learningRate: learningRate, beta1: beta1, beta2: beta2, epsilon: epsilon,
        weightDecay: decays ? weightDecay : 0, gradientFactor: clip.factor,
        gradientLimit: clip.limit)
      team.performRanges(of: range.count, grain: 1024) { part, _ in
        let start = range.lowerBound + part.lowerBound
        Scalar.adamW(
          step, gradient: gradient + start, parameter: parameter + start,
          firstMoment: first + start, secondMoment: second + start, count: part.count)
      }
    }
  }

  /// The whole layout as ranges that decay or do not, neighbours of a kind joined; the zeros
  /// between parameters stay zero under every step.
  package func ranges(of layout: ParameterLayout) -> [(range: Range<Int>, decays: Bool)] {
    var ranges: [(range: Range<Int>, decays: Bool)] = []
    for entry in layout.entries {
      let decays = decayScope.includes(entry.parameter.role)
      if let last = ranges.last, last.decays == decays {
        ranges[ranges.count - 1].range = last.range.lowerBound..<entry.range.upperBound
      } else {
        ranges.append((entry.range, decays))
      }
    }
    return ranges
  }
}
