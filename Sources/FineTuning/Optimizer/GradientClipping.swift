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

  /// Clips gradients in place and gives their norm ‖g‖₂ before that.
  package func apply<Scalar: KernelScalar>(
    to gradients: UnsafeMutableBufferPointer<Scalar>, team: ThreadTeam
  ) -> Double {
    let norm = GradientNorm.norm(of: gradients, team: team)
    guard let base = gradients.baseAddress else { return norm }
    let lent = LentPointer(base)
    switch self {
    case .none: break
    case .value(let limit):
      team.performRanges(of: gradients.count, grain: 1024) { range, _ in
        Scalar.clamp(lent.pointer + range.lowerBound, to: Scalar(limit), count: range.count)
      }
    case .norm(let limit):
      let factor = limit / (norm + 1e-6)
      if factor < 1 {
        team.performRanges(of: gradients.count, grain: 1024) { range, _ in
          Scalar.scale(lent.pointer + range.lowerBound, by: Scalar(factor), count: range.count)
        }
      }
    }
    return norm
  }
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
    let (lent, lentSums) = (LentPointer(base), LentPointer(sums.baseAddress))
    team.perform(partCount: sums.count) { piece in
      let start = piece * pieceCount
      lentSums.pointer[piece] = Scalar.sumOfSquares(
        lent.pointer + start, count: min(pieceCount, count - start))
    }
    return sums.elements.reduce(0, +).squareRoot()
  }
}

/// A pointer that several threads write through at once.
struct LentPointer<Element>: @unchecked Sendable {
  // Sendable because each thread of a team writes a range of its own.
  let pointer: UnsafeMutablePointer<Element>
  init(_ pointer: UnsafeMutablePointer<Element>) { self.pointer = pointer }
}
