/// How gradients are kept from growing without bound before an optimizer step.
public enum GradientClipping: Sendable, Hashable {
  /// They are left as they are.
  case none
  /// Every element is held within ±limit; the paper's way.
  case value(Double)
  /// All of them are scaled by min(1, limit / (‖g‖₂ + 1e-6)).
  case norm(Double)

  /// The form in which a run remembers it.
  package var settingValue: String {
    switch self {
    case .none: "none"
    case .value(let limit): "value \(limit)"
    case .norm(let limit): "norm \(limit)"
    }
  }
}
