import Kernels
import ModelSchema

extension EncoderActivations {
  /// The attention weights of one head in one layer: P = softmax(q·kᵀ/√a), `[queries, keys]` row by
  /// row, computed in double precision from the queries and keys that the pass left behind.
  ///
  /// The pass had one sequence and no dropout, kept every layer and read every row.
  ///
  /// - Parameter rowCount: rows of the sequence.
  package func attentionWeights(
    layer: Int, head: Int, rowCount: Int, _ configuration: EncoderConfiguration
  ) -> [Float] {
    precondition(
      layers.count == configuration.layerCount && layers.indices.contains(layer)
        && (0..<configuration.headCount).contains(head),
      "no weights of layer \(layer), head \(head)")
    let state = state(of: layer)
    let width = configuration.hiddenSize, size = configuration.headSize
    let scale = 1 / Double(size).squareRoot()
    // Keys by columns, so that the inner loop runs over keys and needs no sum of its own.
    var keys = [Double](repeating: 0, count: size * rowCount)
    for row in 0..<rowCount {
      for column in 0..<size {
        keys[column * rowCount + row] = Double(state.key[row * width + head * size + column])
      }
    }
    var weights = [Float](repeating: 0, count: rowCount * rowCount)
    var scores = [Double](repeating: 0, count: rowCount)
    for query in 0..<rowCount {
      for key in scores.indices { scores[key] = 0 }
      for column in 0..<size {
        let factor = Double(state.query[query * width + head * size + column]) * scale
        let start = column * rowCount
        for key in scores.indices { scores[key] += factor * keys[start + key] }
      }
      for (key, weight) in Classifier<Double>.probabilities(scores).enumerated() {
        weights[query * rowCount + key] = Float(weight)
      }
    }
    return weights
  }
}
