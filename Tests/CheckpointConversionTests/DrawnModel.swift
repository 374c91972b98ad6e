import ModelFile
import ModelSchema
import Randomness
import TensorStorage
import TestSupport
import Tokenizers

/// A model whose numbers use every bit of their type.
enum DrawnModel {
  /// The model as a native file.
  ///
  /// Magnitudes lie between 2⁻¹⁰ and 2¹⁰, where f16 and bf16 have normal numbers; some are −0.
  static func file(
    _ description: ModelDescription, as elementType: ElementType, in folder: TemporaryFolder
  ) throws -> ModelFile {
    var stream = RandomStream(seed: 7)
    let tokenizer = try Tokenizer(
      vocabulary: WordPieceVocabulary(tokens: TinyBERT.vocabulary, file: "test"),
      settings: WordPieceSettings(lowercases: true))
    let path = folder.path("drawn.rmtw")
    var writer = try ModelFileWriter(
      path: path, collision: .keepExisting, description: description, tokenizer: tokenizer,
      provenance: [], elementType: elementType)
    for parameter in writer.parameters {
      let floats = (0..<parameter.shape.elementCount).map { index -> Float in
        if index % 17 == 16 { return -0.0 }
        let mantissa = Float.random(in: 1..<2, using: &stream)
        let exponent = Float(
          sign: .plus, exponent: Int.random(in: -10..<10, using: &stream), significand: 1)
        return rounded(
          mantissa * exponent * (Bool.random(using: &stream) ? 1 : -1), to: elementType)
      }
      try floats.withUnsafeBufferPointer { try writer.write(floats: $0) }
    }
    try writer.finish()
    return try ModelFile(path: path)
  }

  private static func rounded(_ value: Float, to elementType: ElementType) -> Float {
    var bytes = [UInt8](repeating: 0, count: elementType.byteWidth)
    var result: Float = 0
    bytes.withUnsafeMutableBytes { bytes in
      withUnsafeBytes(of: value) {
        elementType.encodeFloats($0.bindMemory(to: Float.self), into: bytes)
      }
      withUnsafeMutableBytes(of: &result) {
        elementType.decodeFloats(
          UnsafeRawBufferPointer(bytes), into: $0.bindMemory(to: Float.self))
      }
    }
    return result
  }
}
