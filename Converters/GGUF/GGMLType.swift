import TensorStorage

/// The types in which a GGUF file holds tensors.
///
/// Source: ggml, `docs/gguf.md` and gguf-py 0.19, `constants.py`.
public enum GGMLType: UInt32, Sendable {
  case f32 = 0
  case f16 = 1
  case q8_0 = 8
  case bf16 = 30

  /// Names of the types that are known and not read, by their numbers.
  private static let otherNames: [UInt32: String] = [
    2: "Q4_0", 3: "Q4_1", 6: "Q5_0", 7: "Q5_1", 9: "Q8_1", 10: "Q2_K", 11: "Q3_K", 12: "Q4_K",
    13: "Q5_K", 14: "Q6_K", 15: "Q8_K", 16: "IQ2_XXS", 17: "IQ2_XS", 18: "IQ3_XXS", 19: "IQ1_S",
    20: "IQ4_NL", 21: "IQ3_S", 22: "IQ2_S", 23: "IQ4_XS", 24: "I8", 25: "I16", 26: "I32",
    27: "I64", 28: "F64", 29: "IQ1_M", 34: "TQ1_0", 35: "TQ2_0", 39: "MXFP4", 40: "NVFP4",
    41: "Q1_0",
  ]

  /// The name of a known type that is not read; `nil` for an unknown number.
  static func otherName(_ number: UInt32) -> String? { otherNames[number] }

  /// Elements that are stored together; rows are made of whole blocks.
  public var elementsPerBlock: Int { self == .q8_0 ? 32 : 1 }

  /// Bytes of a block: of Q8_0 a half-precision scale and 32 small integers.
  public var bytesPerBlock: Int {
    switch self {
    case .f32: 4
    case .f16, .bf16: 2
    case .q8_0: 34
    }
  }

  /// The type in which rows are delivered.
  ///
  /// A Q8_0 element is a scale of 11 bits times an integer of
  /// 8, which a float holds exactly.
  public var elementType: ElementType {
    switch self {
    case .f32, .q8_0: .f32
    case .f16: .f16
    case .bf16: .bf16
    }
  }
}
