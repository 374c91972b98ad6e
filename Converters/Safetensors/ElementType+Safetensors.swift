import TensorStorage

/// How safetensors spells element types; `ElementType` lists its cases in the format's own order,
/// which ascends in alignment.
extension ElementType {
  /// The `dtype` of a header entry; the format compares case-sensitively.
  var safetensorsName: String {
    switch self {
    case .f6e2m3: "F6_E2M3"
    case .f6e3m2: "F6_E3M2"
    case .f8e5m2: "F8_E5M2"
    case .f8e4m3: "F8_E4M3"
    case .f8e8m0: "F8_E8M0"
    case .f8e4m3fnuz: "F8_E4M3FNUZ"
    case .f8e5m2fnuz: "F8_E5M2FNUZ"
    default: rawValue.uppercased()
    }
  }

  /// The type that a header entry names, if there is one.
  init?(safetensorsName name: String) {
    guard let type = Self.bySafetensorsName[name] else { return nil }
    self = type
  }

  /// Place in the order by which a writer sorts, highest first.
  var safetensorsRank: Int { Self.ranks[self] ?? 0 }

  private static let bySafetensorsName = Dictionary(
    uniqueKeysWithValues: allCases.map { ($0.safetensorsName, $0) })
  private static let ranks = Dictionary(
    uniqueKeysWithValues: allCases.enumerated().map { ($0.element, $0.offset) })
}
