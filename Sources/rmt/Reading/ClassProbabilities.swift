import Transformer

/// What logits say about the classes.
struct ClassProbabilities {
  /// The logits' softmax, in the order of the labels.
  let values: [Double]

  /// The probabilities of a model's logits; there is at least one.
  init(logits: [Float]) { values = Classifier.probabilities(logits) }

  /// The most probable class; the first of equals.
  var best: Int {
    values.indices.reduce(0) { values[$1] > values[$0] ? $1 : $0 }
  }

  /// Classes from the most probable one down.
  var ranking: [Int] {
    values.indices.sorted { values[$0] == values[$1] ? $0 < $1 : values[$0] > values[$1] }
  }
}
