/// Tensors with NaN or infinity among their numbers, usually the end of a training that diverged.
///
/// Such weights are carried over as they are, for someone may want to look at them, and said.
struct NonFiniteTensors {
  /// In the order in which they were met.
  private var names: [String] = []

  /// Looks at a piece of a tensor.
  mutating func look(at floats: UnsafeBufferPointer<Float>, of tensor: String) {
    guard names.last != tensor, !Self.areFinite(floats) else { return }
    names.append(tensor)
  }

  /// Whether all numbers are finite: then 0·x is 0 for each, and else NaN for one.
  private static func areFinite(_ floats: UnsafeBufferPointer<Float>) -> Bool {
    let bytes = UnsafeRawBufferPointer(floats)
    var sum = SIMD16<Float>.zero
    let wholeCount = floats.count / 16 * 16
    for index in stride(from: 0, to: wholeCount, by: 16) {
      sum += 0 * bytes.loadUnaligned(fromByteOffset: index &* 4, as: SIMD16<Float>.self)
    }
    return sum == .zero && floats[wholeCount...].allSatisfy(\.isFinite)
  }

  /// One sentence if there are any.
  var notes: [String] {
    guard let first = names.first else { return [] }
    let others = names.count > 1 ? " and \(names.count - 1) more" : ""
    return ["\(first)\(others) holds NaN or infinity; what is computed with it will be NaN too"]
  }
}
