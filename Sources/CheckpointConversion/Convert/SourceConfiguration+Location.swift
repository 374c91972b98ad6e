import HDF5
import JSON
import ModelSchema
import TensorStorage

extension SourceConfiguration {
  /// Larger configurations than this are none.
  private static let maximumByteCount = 16 << 20

  /// Finds and reads the configuration of a checkpoint, wherever its format keeps it.
  ///
  /// In an archive of Keras it is a member; else `config.json` beside the weights, or Google's
  /// `bert_config.json`; else a whole Keras model brings it along as an attribute.
  /// - Returns: the configuration, and what a person should know of it.
  /// - Throws: ``OpeningError/missingConfiguration(path:)``, and what makes a configuration wrong.
  static func found(
    at location: CheckpointLocation, of source: any TensorSource
  ) throws -> (SourceConfiguration, notes: [String]) {
    if let configured = source as? any ConfiguredTensorSource {
      let (json, notes) = try configured.huggingFaceConfiguration()
      return (try SourceConfiguration(json, path: configured.sourcePaths.first ?? ""), notes)
    }
    if let archive = source as? KerasArchive {
      let path = "\(archive.path): config.json"
      let json = try JSONValue(parsing: archive.configuration, file: path)
      return (
        try SourceConfiguration(KerasConfiguration(json, path: path).translated(), path: path), []
      )
    }
    if let path = location.companion("config.json") {
      let json = try JSONValue(contentsOf: path, maximumByteCount: maximumByteCount)
      let isKeras = json["class_name"] != nil && json["model_type"] == nil
      if location.kind == .tensorFlowIndex, !isKeras {
        return try ofGooglesProgram(json, path: path)
      }
      return (
        try SourceConfiguration(
          isKeras ? KerasConfiguration(json, path: path).translated() : json, path: path), []
      )
    }
    let dialect = Dialect.recognized(in: source.tensors.map(\.name))
    if let path = location.companion("bert_config.json") {
      let json = try JSONValue(contentsOf: path, maximumByteCount: maximumByteCount)
      if location.kind == .tensorFlowIndex { return try ofGooglesProgram(json, path: path) }
      return try google(json, path: path, dialect: dialect)
    }
    if let file = source as? HDF5File, let layers = KerasModelConfiguration(of: dialect),
      let attribute = try file.attribute(named: "model_config", at: ""),
      let text = attribute.strings?.first
    {
      let path = "\(file.path): model_config"
      let json = try JSONValue(parsing: Array(text.utf8), file: path)
      return (try SourceConfiguration(layers.translated(json, path: path), path: path), [])
    }
    throw OpeningError.missingConfiguration(path: "\(location.folder)/config.json")
  }

  /// What stands beside a checkpoint of Google's program, which calls the approximation by tanh `gelu`;
  /// transformers writes the family of the model into its files, that program does not.
  private static func ofGooglesProgram(
    _ json: JSONValue, path: String
  ) throws -> (SourceConfiguration, notes: [String]) {
    let isGoogles = json["model_type"] == nil
    let configuration = try SourceConfiguration(json, path: path, isGoogles: isGoogles)
    guard isGoogles, json["hidden_act"]?.string == "gelu" else { return (configuration, []) }
    return (
      configuration,
      ["\(path) is of Google's program, whose gelu is the approximation by tanh: taken as that"]
    )
  }

  /// Google's file says `gelu` and no more; what is computed under that name depends on the program.
  private static func google(
    _ json: JSONValue, path: String, dialect: Dialect
  ) throws -> (SourceConfiguration, notes: [String]) {
    guard var object = json.object, json["model_type"] == nil,
      let program = KerasModelConfiguration(of: dialect)
    else { return (try SourceConfiguration(json, path: path), []) }
    var notes: [String] = []
    if json["layer_norm_eps"] == nil {
      object["layer_norm_eps"] = .number(program.layerNormEpsilon)
    }
    if program.activations["gelu"] == "gelu_new", json["hidden_act"]?.string == "gelu" {
      object["hidden_act"] = "gelu_new"
      notes.append("\(dialect.name) computes gelu as the approximation by tanh: taken as that")
    }
    return (try SourceConfiguration(.object(object), path: path), notes)
  }
}
