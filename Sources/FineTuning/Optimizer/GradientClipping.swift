import Kernels
import TensorStorage

/// How gradients are kept from growing without bound before an optimizer step.
public enum GradientClipping: Sendable, Hashable {
  /// They are left as they are.
  case none
  /// Every element is held within ±limit; the paper's way.
  case value(Double)
  /// All of them are scaled by min(1, limit / (‖g‖₂ + 1e-6)), as `clip_grad_norm_` of PyTorch does.
  case norm(Double)

  /// The form in which a run remembers it.
  package var settingValue: String {
    switch self {
    case .none: "none"
    case .value(let limit): "value \(limit)"
    case .norm(let limit): "norm \(limit)"
    }
  }

  /// What this does to gradients, which are measured and left as they are: ``AdamW`` clips them while
  /// it reads them.
  package func clip<Scalar: KernelScalar>(
    for gradients: UnsafeMutableBufferPointer<Scalar>, team: ThreadTeam
  ) -> GradientClip {
    let norm = GradientNorm.norm(of: gradients, team: team)
    return switch self {
    case .none: GradientClip(norm: norm, factor: 1, limit: .infinity)
    case .value(let limit): GradientClip(norm: norm, factor: 1, limit: limit)
    case .norm(let limit):
      GradientClip(norm: norm, factor: min(1, limit / (norm + 1e-6)), limit: .infinity)
    }
  }
}

/// How one step's gradients are clipped.
package struct GradientClip: Sendable {
  /// ‖g‖₂ before clipping.
  package let norm: Double
  /// What they are multiplied by.
  package let factor: Double
  /// What each element is then held within, on both sides of zero.
  package let limit: Double
}

/// The length of all gradients together, ‖g‖₂.
enum GradientNorm {
  /// Numbers whose squares are summed as one piece; the pieces' sums are added in order, so that the
  /// result is the same for every number of threads.
  private static let pieceCount = 1 << 16

  static func norm<Scalar: KernelScalar>(
    of gradients: UnsafeMutableBufferPointer<Scalar>, team: ThreadTeam
  ) -> Double {
    guard let base = gradients.baseAddress else { return 0 }
    let count = gradients.count
    let sums = AlignedBuffer<Double>(count: (count + pieceCount - 1) / pieceCount)
    let pieces = sums.baseAddress
    team.perform(partCount: sums.count) { piece, _ in
      let start = piece * pieceCount
      pieces[piece] = Scalar.sumOfSquares(base + start, count: min(pieceCount, count - start))
    }
    return sums.elements.reduce(0, +).squareRoot()
  }
}
