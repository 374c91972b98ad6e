import JSON

extension ModelDescription {
  /// Reads what ``json`` gives.
  ///
  /// - Parameter file: the file's name, for errors.
  /// - Throws: ``ConfigurationError``.
  package init(json value: JSONValue, file: String) throws(ConfigurationError) {
    let fields = try ConfigurationFields(value, file: file)
    try fields.require(
      only: ["architecture", "encoder", "memory", "labels", "predictsMaskedTokens"])
    let family = try EncoderFamily(fields, member: "architecture")
    let memory = try fields.value("memory")
    let labelList = try fields.value("labels")
    var labels: [String] = []
    for label in labelList.array ?? [.null] {
      guard let label = label.string else {
        throw fields.invalid("labels", labelList, "an array of strings")
      }
      labels.append(label)
    }
    let head = fields.object["predictsMaskedTokens"] ?? .bool(false)
    guard let predictsMaskedTokens = head.bool else {
      throw fields.invalid("predictsMaskedTokens", head, "true or false")
    }
    self.init(
      encoder: try EncoderConfiguration(json: fields.value("encoder"), family: family, file: file),
      memory: memory.isNull ? nil : try MemoryConfiguration(json: memory, file: file),
      labels: labels, predictsMaskedTokens: predictsMaskedTokens)
    try check(file: file)
  }

  /// The description as the native file's header holds it.
  ///
  /// A model without the head says nothing of it, so that its file is the one that programs write and
  /// read which know no such head.
  package var json: JSONValue {
    var object: JSONObject = [
      "architecture": .string(encoder.family.rawValue),
      "encoder": encoder.json,
      "memory": memory?.json ?? .null,
      "labels": .array(labels.map { .string($0) }),
    ]
    if predictsMaskedTokens { object["predictsMaskedTokens"] = true }
    return .object(object)
  }

  /// Checks that encoder, memory and labels fit together.
  ///
  /// - Throws: ``ConfigurationError``.
  package func check(file: String) throws(ConfigurationError) {
    try encoder.checkConsistency(file: file)
    try memory?.check(with: encoder, file: file)
    _ = try LabelMap(labels, file: file)
  }
}
