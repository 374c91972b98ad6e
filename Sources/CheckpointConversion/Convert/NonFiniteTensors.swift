/// Tensors with NaN or infinity among their numbers, usually the end of a training that diverged.
///
/// Such weights are carried over as they are, for someone may want to look at them, and said.
struct NonFiniteTensors {
  /// In the order in which they were met.
  private var names: [String] = []

  /// Looks at a piece of a tensor.
  mutating func look(at floats: UnsafeBufferPointer<Float>, of tensor: String) {
    guard names.last != tensor, !floats.allSatisfy({ $0.isFinite }) else { return }
    names.append(tensor)
  }

  /// One sentence if there are any.
  var notes: [String] {
    guard let first = names.first else { return [] }
    let others = names.count > 1 ? " and \(names.count - 1) more" : ""
    return ["\(first)\(others) holds NaN or infinity; what is computed with it will be NaN too"]
  }
}
