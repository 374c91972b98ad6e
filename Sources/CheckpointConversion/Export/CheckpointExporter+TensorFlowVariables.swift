import JSON
import ModelFile
import ModelSchema
import TensorFlowCheckpoint
import TensorStorage
import Tokenizers

extension CheckpointExporter {
  /// Writes a checkpoint of Google's program: `bert_model.ckpt`, `bert_config.json`, `vocab.txt`,
  /// and beside them what else `transformers` wants to know of the tokenizer.
  ///
  /// Every number is f32, as its variables are. Rows of memory follow those of the vocabulary.
  func writeTensorFlowVariables(
    to output: borrowing ExportFolder, progress: (TransferProgress) throws -> Void
  ) throws -> Written {
    let tokenizer = tokenizer?.wordPiece
    let tensors = Self.variables(of: model.description)
    var transfer = TransferCounter(
      totalByteCount: tensors.reduce(0) { $0 + $1.description.byteCount })
    try output.write(ExportLayout.tensorFlowPrefix) { prefix in
      try write(
        tensors,
        to: TensorFlowCheckpointWriter(
          prefix: prefix, collision: .keepExisting, tensors: tensors.map(\.description)),
        &transfer, progress)
    }
    let (json, notes) = try Self.googleConfiguration(of: model.description, tokenizer: tokenizer)
    try output.write((json.serialized(pretty: true) + "\n").utf8, to: "bert_config.json")
    if let tokenizer {
      for file in TokenizerFiles(tokenizer: tokenizer, maximumLength: nil).files {
        try output.write(file.bytes, to: file.name)
      }
    }
    return (tensors.count, notes)
  }

  /// The variables by Google's names.
  private static func variables(of model: ModelDescription) -> [ForeignTensor] {
    let parameters = ParameterCatalog(model).parameters
    let memory = parameters.first { $0.role == .memory }
    return parameters.compactMap { parameter in
      guard let spelling = Dialect.tensorFlowVariables.spell(parameter).first else { return nil }
      let isHead = ["cls/", "output_"].contains(where: spelling.name.hasPrefix)
      let isTable = parameter.name == Dialect.wordEmbeddings
      return ForeignTensor(
        isHead ? spelling.name : "bert/\(spelling.name)",
        [parameter] + (isTable ? [memory].compactMap(\.self) : []), as: .f32,
        isTransposed: spelling.orientation == .transposed)
    }
  }

  /// The configuration in Google's form, where the approximation by tanh is called gelu.
  ///
  /// A model with the GELU by erf gets the family's name that transformers writes, by which readers
  /// tell whose gelu is meant.
  private static func googleConfiguration(
    of model: ModelDescription, tokenizer: WordPieceTokenizer?
  ) throws -> (JSONValue, notes: [String]) {
    let exported = ExportedConfiguration(
      model: model, layout: .huggingFace, elementType: .f32,
      tokenizer: tokenizer.map { Tokenizer($0) })
    guard var object = try exported.json().object else { return (.object([:]), []) }
    for name in ["architectures", "auto_map", "dtype"] { object[name] = nil }
    guard model.encoder.activation != .gelu else {
      return (
        .object(object),
        ["the model's GELU is the one by erf; Google's own program computes the one by tanh"]
      )
    }
    if model.encoder.activation == .geluTanh { object["hidden_act"] = "gelu" }
    object["model_type"] = nil
    return (.object(object), [])
  }
}
