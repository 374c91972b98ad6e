import TensorStorage

/// A layer of a Keras weight file.
public struct KerasLayer: Sendable, Hashable {
  /// The layer's name, which is its group's.
  public let name: String
  /// The weights in the layer's own order: the name that the layer gives, and the dataset.
  public let weights: [Weight]

  /// A weight of a layer.
  public struct Weight: Sendable, Hashable {
    /// The name in the layer, such as `tf_bert_model/bert/pooler/dense/kernel:0`.
    public let name: String
    /// The dataset that holds it.
    public let tensor: TensorDescription
  }
}

extension HDF5File {
  /// The group that holds the layers: `model_weights` in a file of a whole Keras model, else the
  /// root, which is empty.
  public var kerasWeightsGroup: String {
    hasGroup("model_weights") ? "model_weights" : ""
  }

  /// The layers of a Keras weight file in the model's order, `top_level_model_weights` last.
  ///
  /// In a shard of Hugging Face's, `layer_names` lists the datasets themselves; each becomes a layer
  /// of one weight.
  ///
  /// - Throws: ``HDF5Error`` when the lists of names are missing, or name what the file lacks.
  public func kerasLayers() throws -> [KerasLayer] {
    let root = kerasWeightsGroup
    let prefix = root.isEmpty ? "" : root + "/"
    guard var names = try strings(named: "layer_names", at: root) else {
      throw HDF5Error(.missingAttribute(name: "layer_names"), at: root, file: path)
    }
    let topLevel = "top_level_model_weights"
    if hasGroup(prefix + topLevel), !names.contains(topLevel) { names.append(topLevel) }
    return try names.map { name in
      let group = prefix + name
      if let tensor = tensor(named: group) {
        return KerasLayer(name: name, weights: [KerasLayer.Weight(name: name, tensor: tensor)])
      }
      guard hasGroup(group) else {
        throw HDF5Error(.missingWeight(name: name), at: root, file: path)
      }
      guard let weightNames = try strings(named: "weight_names", at: group) else {
        throw HDF5Error(.missingAttribute(name: "weight_names"), at: group, file: path)
      }
      let weights = try weightNames.map { weightName in
        guard let tensor = tensor(named: group + "/" + weightName) else {
          throw HDF5Error(.missingWeight(name: weightName), at: group, file: path)
        }
        return KerasLayer.Weight(name: weightName, tensor: tensor)
      }
      return KerasLayer(name: name, weights: weights)
    }
  }

  /// A list of texts as Keras writes it: in one attribute or, where that would outgrow an object
  /// header, in `name0`, `name1` and so on.
  ///
  /// - Returns: `nil` when there is neither.
  /// - Throws: ``HDF5Error`` when one cannot be read, or holds something else.
  public func strings(named name: String, at object: String) throws -> [String]? {
    if let attribute = try attribute(named: name, at: object) {
      return try texts(attribute, name: name, at: object)
    }
    var strings: [String]?
    var position = 0
    while let piece = try attribute(named: "\(name)\(position)", at: object) {
      strings = try (strings ?? []) + texts(piece, name: "\(name)\(position)", at: object)
      position += 1
    }
    return strings
  }

  private func texts(
    _ attribute: HDF5Attribute, name: String, at object: String
  ) throws -> [String] {
    guard let strings = attribute.strings else {
      throw HDF5Error(.attributeWrongType(name: name, expected: "text"), at: object, file: path)
    }
    return strings
  }
}
