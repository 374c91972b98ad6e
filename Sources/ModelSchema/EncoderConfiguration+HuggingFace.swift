import JSON

extension EncoderConfiguration {
  /// Reads Hugging Face's `config.json`, or Google's `bert_config.json`, which has the same members and
  /// names no family.
  ///
  /// Sizes and the activation must be there. Where transformers' configuration of the family has a
  /// default for what published files leave out, it applies here too (``ConfigurationMembers``).
  ///
  /// - Parameters:
  ///   - value: the whole file.
  ///   - file: its name, for errors.
  /// - Throws: ``ConfigurationError`` when a member is missing, out of bounds or contradicts another,
  ///   or when the model is no encoder of a family that is known here.
  public init(huggingFace value: JSONValue, file: String) throws(ConfigurationError) {
    let fields = try ConfigurationFields(value, file: file)
    let family =
      fields.object["model_type"] == nil ? .bert : try EncoderFamily(fields, member: "model_type")
    try Self.checkArchitecture(fields)
    let members = ConfigurationMembers(family)
    let hiddenDropout = try fields.probability(
      members.hiddenDropout.name, default: members.hiddenDropout.standard)
    let layerCount = try fields.integer(members.layerCount, in: Bounds.layerCount)
    let hiddenSize = try fields.integer(members.hiddenSize, in: Bounds.hiddenSize)
    let positions = try Self.positions(fields, family)
    self.init(
      family: family,
      vocabularySize: try fields.integer("vocab_size", in: Bounds.vocabularySize),
      hiddenSize: hiddenSize,
      embeddingSize: try Self.embeddingSize(fields, family, hiddenSize: hiddenSize),
      layerCount: layerCount,
      layerGroupCount: try Self.layerGroupCount(fields, family, layerCount: layerCount),
      headCount: try fields.integer(members.headCount, in: Bounds.headCount),
      intermediateSize: try fields.integer(members.intermediateSize, in: Bounds.intermediateSize),
      activation: try Self.activation(fields, member: members.activation),
      maximumPositions: positions.count, positionOffset: positions.offset,
      tokenTypeCount: family.hasTokenTypes
        ? try fields.integer(FamilyMember.tokenTypeCount, in: Bounds.tokenTypeCount) : 0,
      layerNormEpsilon: try members.layerNormEpsilon.map { name throws(ConfigurationError) in
        try fields.number(name, default: 1e-12, "a number above 0 and below 1") { $0 > 0 && $0 < 1 }
      } ?? 1e-12,
      hiddenDropout: hiddenDropout,
      attentionDropout: try fields.probability(
        members.attentionDropout.name, default: members.attentionDropout.standard),
      classifierDropout: fields.object[members.classifierDropout.name].map(\.isNull) ?? true
        ? members.classifierDropout.standard ?? hiddenDropout
        : try fields.probability(members.classifierDropout.name),
      initializerRange: try fields.number(
        "initializer_range", default: 0.02, "a number from 0 to below 1"
      ) { $0 >= 0 && $0 < 1 })
    try checkConsistency(file: file)
  }

  /// The width of the embeddings where a map follows them.
  private static func embeddingSize(
    _ fields: ConfigurationFields, _ family: EncoderFamily, hiddenSize: Int
  ) throws(ConfigurationError) -> Int? {
    guard family.embeddingProjection != .never else { return nil }
    let size = try fields.integer(FamilyMember.embeddingSize, in: Bounds.hiddenSize)
    return family.embeddingProjection == .betweenWidths && size == hiddenSize ? nil : size
  }

  private static func layerGroupCount(
    _ fields: ConfigurationFields, _ family: EncoderFamily, layerCount: Int
  ) throws(ConfigurationError) -> Int {
    guard family.sharesLayers else { return layerCount }
    if let perGroup = fields.object[FamilyMember.layersPerGroup], perGroup.integer != 1 {
      throw fields.unsupported(FamilyMember.layersPerGroup, perGroup, "1")
    }
    guard fields.object[FamilyMember.layerGroupCount] != nil else { return 1 }
    return try fields.integer(FamilyMember.layerGroupCount, in: 1...layerCount)
  }

  /// How many positions there are, and which row of their table is the first: RoBERTa counts on from
  /// the id of the padding, whose own row is never read.
  private static func positions(
    _ fields: ConfigurationFields, _ family: EncoderFamily
  ) throws(ConfigurationError) -> (count: Int, offset: Int) {
    let name = FamilyMember.positionCount
    guard family.offsetsPositions else {
      return (try fields.integer(name, in: Bounds.maximumPositions), 0)
    }
    let offset =
      fields.object[FamilyMember.paddingToken] == nil
      ? 2
      : try fields.integer(
        FamilyMember.paddingToken, in: 0...Bounds.positionOffset.upperBound - 1) + 1
    let rowCount = try fields.integer(
      name, in: offset + 1...offset + Bounds.maximumPositions.upperBound)
    return (rowCount - offset, offset)
  }

  /// Refuses variants that compute something else.
  private static func checkArchitecture(_ fields: ConfigurationFields) throws(ConfigurationError) {
    if let embedding = fields.object["position_embedding_type"], !embedding.isNull {
      guard embedding.string == "absolute" else {
        throw fields.unsupported("position_embedding_type", embedding, "\"absolute\"")
      }
    }
    for name in ["is_decoder", "add_cross_attention"] {
      if let flag = fields.object[name] {
        guard let isOn = flag.bool else { throw fields.invalid(name, flag, "true or false") }
        if isOn { throw fields.unsupported(name, flag, "false") }
      }
    }
    if let pruned = fields.object["pruned_heads"], !pruned.isNull {
      guard let heads = pruned.object, heads.isEmpty else {
        throw fields.unsupported("pruned_heads", pruned, "none")
      }
    }
  }

  private static func activation(
    _ fields: ConfigurationFields, member: String
  ) throws(ConfigurationError) -> Activation {
    let value = try fields.value(member)
    switch value.string {
    case "gelu": return .gelu
    case "gelu_new", "gelu_pytorch_tanh": return .geluTanh
    case "relu": return .relu
    default:
      throw fields.unsupported(
        member, value, "\"gelu\", \"gelu_new\", \"gelu_pytorch_tanh\" or \"relu\"")
    }
  }

  /// The members of a `config.json` that transformers reads as this configuration.
  ///
  /// The exporter adds `architectures`, labels and memory. pad_token_id is here where it decides about
  /// positions; elsewhere it is the tokenizer's.
  public var huggingFaceJSON: JSONObject {
    let members = ConfigurationMembers(family)
    var object: JSONObject = [
      "model_type": .string(family.rawValue),
      "vocab_size": .integer(vocabularySize),
      members.hiddenSize: .integer(hiddenSize),
      members.layerCount: .integer(layerCount),
      members.headCount: .integer(headCount),
      members.intermediateSize: .integer(intermediateSize),
      members.activation: .string(huggingFaceActivation),
      members.hiddenDropout.name: .number(hiddenDropout),
      members.attentionDropout.name: .number(attentionDropout),
      FamilyMember.positionCount: .integer(positionRowCount),
      "initializer_range": .number(initializerRange),
    ]
    let inherits =
      members.classifierDropout.standard == nil && classifierDropout == hiddenDropout
    object[members.classifierDropout.name] = inherits ? .null : .number(classifierDropout)
    if let name = members.layerNormEpsilon { object[name] = .number(layerNormEpsilon) }
    if family.hasTokenTypes { object[FamilyMember.tokenTypeCount] = .integer(tokenTypeCount) }
    if family.embeddingProjection != .never {
      object[FamilyMember.embeddingSize] = .integer(embeddingWidth)
    }
    if family.sharesLayers {
      object[FamilyMember.layerGroupCount] = .integer(layerGroupCount)
      object[FamilyMember.layersPerGroup] = 1
    }
    if family.offsetsPositions {
      object[FamilyMember.paddingToken] = .integer(positionOffset - 1)
    }
    return object
  }

  private var huggingFaceActivation: String {
    switch activation {
    case .gelu: "gelu"
    case .geluTanh: "gelu_new"
    case .relu: "relu"
    }
  }
}
