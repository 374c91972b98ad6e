import ArgumentParser
import ModelSchema

/// The sizes of an encoder, as `--shape` gives them.
struct EncoderShape: Sendable, Hashable {
  /// Encoder layers L.
  let layerCount: Int
  /// Width d of a hidden state.
  let hiddenSize: Int
  /// Attention heads h.
  let headCount: Int
  /// Width I of the feed-forward network's inner layer.
  let intermediateSize: Int

  /// BERT-base.
  static let base = EncoderShape(
    layerCount: 12, hiddenSize: 768, headCount: 12, intermediateSize: 3072)
  /// MiniLM with six layers, `minilm-l6` of `rmt flops`.
  static let mini = EncoderShape(
    layerCount: 6, hiddenSize: 384, headCount: 12, intermediateSize: 1536)
  /// The small model in `Weights`.
  static let tiny = EncoderShape(
    layerCount: 4, hiddenSize: 128, headCount: 4, intermediateSize: 512)

  /// What `--shape` takes.
  static let help = ArgumentHelp(
    "base (12,768,12,3072), mini (6,384,12,1536), tiny (4,128,4,512), or layers, width, heads and feed-forward width.",
    valueName: "L,H,heads,I")

  /// Floating-point operations of a segment of T rows, as published counts have it:
  /// L·(2·T·(4d² + 2dI) + 4·T²·d), every layer whole, matrix products alone.
  func forwardOperationCount(rowCount: Int) -> Double {
    let (rows, width) = (Double(rowCount), Double(hiddenSize))
    let products = 2 * rows * (4 * width * width + 2 * width * Double(intermediateSize))
    let attention = 4 * rows * rows * width
    return Double(layerCount) * (products + attention)
  }

  /// The shape in words: `L12-H768-A12-I3072`.
  var name: String { "L\(layerCount)-H\(hiddenSize)-A\(headCount)-I\(intermediateSize)" }
}

extension EncoderShape {
  /// Reads a name or four numbers.
  ///
  /// - Throws: `ValidationError`.
  init(argument: String) throws {
    let named = ["base": Self.base, "mini": Self.mini, "tiny": Self.tiny]
    if let shape = named[argument] {
      self = shape
      return
    }
    let numbers = CommaSeparated<Int>(argument: argument)?.elements ?? []
    guard numbers.count == 4 else {
      throw ValidationError(
        "Give base, mini, tiny, or four numbers as in 12,768,12,3072: layers, width, heads and "
          + "feed-forward width.")
    }
    // Each size is held where the largest published encoders are far away.
    guard (1...256).contains(numbers[0]),
      numbers[1...].allSatisfy({ (1...1 << 15).contains($0) }), numbers[1] % numbers[2] == 0
    else {
      throw ValidationError(
        "There can be 256 layers, widths up to \(1 << 15), and heads that divide the width.")
    }
    self.init(
      layerCount: numbers[0], hiddenSize: numbers[1], headCount: numbers[2],
      intermediateSize: numbers[3])
  }
}
