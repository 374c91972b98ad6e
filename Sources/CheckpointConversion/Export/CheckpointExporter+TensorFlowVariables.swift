import JSON
import ModelFile
import ModelSchema
import TensorFlowCheckpoint
import TensorStorage
import Tokenizers

extension CheckpointExporter {
  /// Writes a checkpoint of Google's program: `bert_model.ckpt`, `bert_config.json`, `vocab.txt`.
  ///
  /// Every number is f32, as its variables are. Rows of memory follow those of the vocabulary.
  static func exportTensorFlowVariables(
    model: ModelFile, to output: borrowing ExportFolder, tokenizer: WordPieceTokenizer?,
    progress: (TransferProgress) throws -> Void
  ) throws -> (tensorCount: Int, notes: [String]) {
    let tensors = variables(of: model.description)
    var transfer = TransferCounter(
      totalByteCount: tensors.reduce(0) { $0 + $1.description.byteCount })
    try output.write(ExportLayout.tensorFlowPrefix) { prefix in
      try write(
        tensors, of: model,
        to: TensorFlowCheckpointWriter(
          prefix: prefix, collision: .keepExisting, tensors: tensors.map(\.description)),
        &transfer, progress)
    }
    let (json, notes) = try googleConfiguration(of: model.description, tokenizer: tokenizer)
    try output.write((json.serialized(pretty: true) + "\n").utf8, to: "bert_config.json")
    if let tokenizer {
      let files = TokenizerFiles(tokenizer: tokenizer, maximumLength: nil).files
      for file in files where ["vocab.txt", "tokenizer_config.json"].contains(file.name) {
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
