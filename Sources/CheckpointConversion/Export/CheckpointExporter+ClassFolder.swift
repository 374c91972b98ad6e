import JSON
import TensorStorage
import Tokenizers

extension CheckpointExporter {
  /// Writes a folder for classes of `transformers`, or for the reference implementation's: weights,
  /// `config.json`, the tokenizer's files, and the class that runs the recurrence.
  func writeClassFolder(
    to output: borrowing ExportFolder, progress: (TransferProgress) throws -> Void
  ) throws -> Written {
    let named = layout.tensors(
      of: model.description,
      framing: try model.specialTokens().map { ($0.classification, $0.separator) },
      elementType: elementType)
    let tensors = tied(named)
    try writeWeights(tensors, to: output, progress: progress)
    let configuration = ExportedConfiguration(
      model: model.description, layout: layout, elementType: elementType, tokenizer: tokenizer)
    try output.write((configuration.json().serialized(pretty: true) + "\n").utf8, to: "config.json")
    if let tokenizer {
      let files = tokenizer.files(
        maximumLength: configuration.runsRecurrence
          ? nil : model.description.encoder.maximumPositions)
      for file in files { try output.write(file.bytes, to: file.name) }
    }
    if configuration.runsRecurrence {
      try output.write(
        ModelingFile.bytes(classifier: configuration.classifierName), to: ModelingFile.name)
    }
    let hasNothingToUntie = isUntied && named.allSatisfy { $0.sharedWith == nil }
    return (
      tensors.count,
      hasNothingToUntie ? ["the model has no tied tensors: there is nothing to untie"] : []
    )
  }

  /// The tensors as the layout keeps those that have two names.
  private func tied(_ tensors: [ForeignTensor]) -> [ForeignTensor] {
    if isUntied {
      return tensors.map { tensor in
        var tensor = tensor
        tensor.sharedWith = nil
        return tensor
      }
    }
    return layout == .huggingFace ? tensors.filter { $0.sharedWith == nil } : tensors
  }
}
