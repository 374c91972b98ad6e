import ModelSchema
import TensorStorage

extension TensorSorting {
  /// The head's decoder, which is the table of word embeddings and the head's own bias again.
  static let decoderWeight = ParameterCatalog.maskedTokenHeadPrefix + "decoder.weight"
  static let decoderBias = ParameterCatalog.maskedTokenHeadPrefix + "decoder.bias"
  private static let bias = ParameterCatalog.maskedTokenHeadPrefix + "bias"

  /// Decides whether the head of masked language modelling comes along, and drops it where not.
  ///
  /// The network's head shares its decoder with the word embeddings and has no memory before it, so it
  /// comes along when it is whole, does that, and the source has no memory.
  /// - Returns: whether it comes along.
  mutating func settleMaskedTokenHead(of source: any TensorSource, hasMemory: Bool) throws -> Bool {
    if !headParameters.isEmpty, candidates[Self.bias] == nil,
      let bias = decoder.removeValue(forKey: Self.decoderBias)
    {
      candidates[Self.bias] = bias
    }
    let reason = try reasonAgainstHead(of: source, hasMemory: hasMemory)
    for (name, second) in decoder.sorted(by: { $0.key < $1.key }) {
      let original = candidates[name == Self.decoderBias ? Self.bias : Dialect.wordEmbeddings]
      drop(second.tensor, reason ?? DroppedReason.sameNumbers(as: original?.tensor.name ?? ""))
    }
    guard let reason else { return true }
    for parameter in headParameters {
      if let candidate = candidates.removeValue(forKey: parameter) {
        drop(candidate.tensor, reason)
      }
    }
    return false
  }

  /// Why the head is left out; `nil` when it comes along.
  private func reasonAgainstHead(
    of source: any TensorSource, hasMemory: Bool
  ) throws -> String? {
    guard !headParameters.isEmpty, headParameters.allSatisfy({ candidates[$0] != nil }) else {
      return DroppedReason.maskedLanguageModel
    }
    guard !hasMemory else { return DroppedReason.headBehindMemory }
    // A decoder with more rows than the table has none of the table's. Rows are read whole, so none
    // may be larger than the configuration says.
    guard let table = candidates[Dialect.wordEmbeddings]?.tensor.shape,
      table.elementsPerRow == shapes[Dialect.wordEmbeddings]?.elementsPerRow,
      candidates[Self.bias]?.tensor.shape == [table.rowCount]
    else { return DroppedReason.untiedDecoder }
    for (name, second) in decoder {
      let original = candidates[name == Self.decoderBias ? Self.bias : Dialect.wordEmbeddings]
      guard let original, try areSame(original, second, in: source) else {
        return DroppedReason.untiedDecoder
      }
    }
    return nil
  }
}
