#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// What logits say about the classes.
struct ClassProbabilities {
  /// exp(zᵢ − max z) / Σ exp(zⱼ − max z), in the order of the labels.
  let values: [Double]

  /// The probabilities of a model's logits; there is at least one.
  init(logits: [Float]) {
    let largest = Double(logits.max() ?? 0)
    let powers = logits.map { exp(Double($0) - largest) }
    let sum = powers.reduce(0, +)
    values = powers.map { $0 / sum }
  }

  /// The most probable class; the first of equals.
  var best: Int {
    values.indices.reduce(0) { values[$1] > values[$0] ? $1 : $0 }
  }

  /// Classes from the most probable one down.
  var ranking: [Int] {
    values.indices.sorted { values[$0] == values[$1] ? $0 < $1 : values[$0] > values[$1] }
  }
}
