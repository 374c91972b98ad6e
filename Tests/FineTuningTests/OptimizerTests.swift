import Kernels
import Testing
import Transformer

@testable import FineTuning

@Suite struct OptimizerTests {
  private func store(_ value: (Int) -> Double) -> ParameterStore<Double> {
    let store = ParameterStore<Double>(TinyModel.description)
    for entry in store.layout.entries {
      for index in entry.range { store.elements[index] = value(index) }
    }
    return store
  }

  @Test(arguments: WeightDecayScope.allCases)
  func `a step moves every parameter as the formula says`(scope: WeightDecayScope) {
    let optimizer = AdamW(
      beta1: 0.5, beta2: 0.75, epsilon: 0.125, weightDecay: 0.25, decayScope: scope)
    let parameters = store { Double($0 % 7) - 3 }
    let (first, second) = (store { _ in 0 }, store { _ in 0 })
    let gradients = store { Double($0 % 5) - 2 }
    optimizer.update(
      parameters, gradients: gradients, clip: GradientClip(norm: 0, factor: 1, limit: .infinity),
      firstMoment: first, secondMoment: second, number: 1, learningRate: 0.5,
      team: ThreadTeam(threadCount: 3))
    #expect(gradients.elements.allSatisfy { $0 == 0 })
    for entry in parameters.layout.entries {
      let decay = scope.includes(entry.parameter.role) ? 0.25 : 0
      for index in entry.range {
        // After one step from zero moments the corrections give back gradient and its square.
        let (before, gradient) = (Double(index % 7) - 3, Double(index % 5) - 2)
        let expected =
          before - 0.5 * decay * before - 0.5 * gradient / (abs(gradient) + 0.125)
        #expect(abs(parameters.elements[index] - expected) < 1e-12)
      }
    }
    // The zeros between parameters stay zero.
    let used = Set(parameters.layout.entries.flatMap { Array($0.range) })
    #expect(
      parameters.elements.indices.allSatisfy {
        used.contains($0) || parameters.elements[$0] == 0
      })
  }

  @Test func `ranges of decay cover all parameters once`() {
    for scope in WeightDecayScope.allCases {
      let optimizer = AdamW(
        beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.1, decayScope: scope)
      let layout = ParameterLayout(TinyModel.description, of: Float.self)
      let ranges = optimizer.ranges(of: layout)
      for entry in layout.entries {
        let holders = ranges.filter { $0.range.overlaps(entry.range) }
        #expect(holders.count == 1)
        #expect(holders.first?.decays == scope.includes(entry.parameter.role))
      }
      if scope == .all { #expect(ranges.count == 1) }
    }
  }

  @Test func `clipping holds elements or scales all of them`() {
    let team = ThreadTeam(threadCount: 2)
    /// The norm before, and what a step with β₁ = 0 takes into its first moment: the clipped gradient.
    func clip(_ clipping: GradientClipping, _ numbers: [Double]) -> (norm: Double, [Double]) {
      let optimizer = AdamW(beta1: 0, beta2: 0, epsilon: 1, weightDecay: 0, decayScope: .all)
      let (parameters, moment) = (store { _ in 0 }, store { _ in 0 })
      let gradients = store { numbers.indices.contains($0) ? numbers[$0] : 0 }
      let clip = clipping.clip(for: gradients.elements, team: team)
      optimizer.update(
        parameters, gradients: gradients, clip: clip, firstMoment: moment,
        secondMoment: store { _ in 0 }, number: 1, learningRate: 1, team: team)
      return (clip.norm, Array(moment.elements[..<numbers.count]))
    }
    let none = clip(.none, [3, -4])
    #expect(none.norm == 5 && none.1 == [3, -4])
    let value = clip(.value(3.5), [3, -4])
    #expect(value.norm == 5 && value.1 == [3, -3.5])
    let norm = clip(.norm(1), [3, -4])
    #expect(norm.norm == 5 && abs(norm.1[0] - 0.6) < 1e-6 && abs(norm.1[1] + 0.8) < 1e-6)
    let small = clip(.norm(6), [3, -4])
    #expect(small.1 == [3, -4])
  }

  @Test func `the norm does not depend on the number of threads`() {
    var numbers = (0..<200_000).map { Float(($0 * 37) % 101) * 0.013 - 0.6 }
    let norms = [1, 2, 3].map { threads in
      numbers.withUnsafeMutableBufferPointer {
        GradientClipping.none.clip(for: $0, team: ThreadTeam(threadCount: threads)).norm
      }
    }
    #expect(norms[0] == norms[1] && norms[0] == norms[2])
    let exact = numbers.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
    #expect(abs(norms[0] - exact) < 1e-6 * exact)
  }
}
