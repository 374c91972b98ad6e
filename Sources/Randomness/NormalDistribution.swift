import Foundation

extension RandomStream {
  /// A draw from N(0, σ²) by Box and Muller's transform.
  public mutating func normal(standardDeviation: Double) -> Double {
    let radius = (-2 * log(uniform())).squareRoot()
    return standardDeviation * radius * cos(2 * .pi * uniform())
  }
}
