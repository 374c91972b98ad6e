import HDF5
import JSON
import ModelSchema
import TensorStorage

extension SourceConfiguration {
  /// Larger configurations than this are none.
  private static let maximumByteCount = 16 << 20
  /// How the file is called in Google's release of ALBERT; it names no family.
  private static let albertName = "albert_config.json"
  /// What the file beside the weights is called, the first of them that there is.
  static let fileNames = ["config.json", "bert_config.json", albertName]

  /// Finds and reads the configuration of a checkpoint, wherever its format keeps it.
  ///
  /// In an archive of Keras it is a member; else `config.json` beside the weights, or Google's
  /// `bert_config.json` or `albert_config.json`; else a whole Keras model brings it along as an attribute.
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
      let json = try JSONValue(
        parsing: archive.configuration, file: path,
        maximumValueCount: JSONValue.maximumDescriptionValueCount)
      return (
        try SourceConfiguration(KerasConfiguration(json, path: path).translated(), path: path), []
      )
    }
    let dialect = Dialect.recognized(in: source.tensors.map(\.name))
    if let path = fileNames.lazy.compactMap(location.companion).first {
      let json = try JSONValue(
        contentsOf: path, maximumByteCount: maximumByteCount,
        maximumValueCount: JSONValue.maximumDescriptionValueCount)
      guard json["class_name"] == nil || json["model_type"] != nil else {
        return (
          try SourceConfiguration(KerasConfiguration(json, path: path).translated(), path: path), []
        )
      }
      return try google(json, path: path, program: Program(location.kind, dialect))
    }
    if let file = source as? HDF5File, let layers = KerasModelConfiguration(of: dialect),
      let attribute = try file.attribute(named: "model_config", at: ""),
      let text = attribute.strings?.first
    {
      let path = "\(file.path): model_config"
      let json = try JSONValue(
        parsing: Array(text.utf8), file: path,
        maximumValueCount: JSONValue.maximumDescriptionValueCount)
      return (try SourceConfiguration(layers.translated(json, path: path), path: path), [])
    }
    throw OpeningError.missingConfiguration(path: "\(location.folder)/config.json")
  }

  /// Reads a configuration as the program does that the weights are of: Google's file says `gelu`
  /// and nothing of ε, and what that means depends on the program.
  ///
  /// One with `model_type` is of `transformers`, whatever lies beside it.
  private static func google(
    _ json: JSONValue, path: String, program: Program?
  ) throws -> (SourceConfiguration, notes: [String]) {
    guard var object = json.object, json["model_type"] == nil else {
      return (try SourceConfiguration(json, path: path), [])
    }
    if path.hasSuffix("/\(albertName)") { object["model_type"] = "albert" }
    guard let program else { return (try SourceConfiguration(.object(object), path: path), []) }
    var notes: [String] = []
    if let epsilon = program.layerNormEpsilon, json["layer_norm_eps"] == nil {
      object["layer_norm_eps"] = .number(epsilon)
    }
    if program.hasGELUByTanh, json["hidden_act"]?.string == "gelu" {
      object["hidden_act"] = "gelu_new"
      notes.append(
        "\(path) says gelu, which \(program.name) computes as the approximation by tanh: taken as "
          + "that")
    }
    return (try SourceConfiguration(.object(object), path: path), notes)
  }

  /// What a program makes of what `bert_config.json` leaves open.
  private struct Program {
    let name: String
    /// Whether `gelu` is the approximation by tanh.
    let hasGELUByTanh: Bool
    /// ε of its norms; `nil` for BERT's own.
    let layerNormEpsilon: Double?

    /// Google's, which wrote checkpoints of TensorFlow, or a library of a dialect; `nil` for others.
    init?(_ kind: CheckpointKind, _ dialect: Dialect) {
      if kind == .tensorFlowIndex {
        (name, hasGELUByTanh, layerNormEpsilon) = ("Google's program", true, nil)
      } else if let library = KerasModelConfiguration(of: dialect) {
        name = dialect.name
        hasGELUByTanh = library.activations["gelu"] == "gelu_new"
        layerNormEpsilon = library.layerNormEpsilon
      } else {
        return nil
      }
    }
  }
}
