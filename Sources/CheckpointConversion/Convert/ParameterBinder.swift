import ModelSchema
import TensorStorage

/// The second pass: every parameter gets its tensor, and the shape is checked where it is bound.
struct ParameterBinder {
  let candidates: [String: TensorSorting.Candidate]
  let description: ModelDescription
  let table: TensorDescription
  /// Whether a tensor may have the heads on an axis of their own.
  let joinsHeads: Bool
  let path: String
  /// What people call the file of the configuration.
  let configurationName: String
  /// Parameters that the source lacks and that can be begun afresh.
  private(set) var created: [ConversionRemark] = []
  private var missing: [ParameterDescription] = []

  init(
    candidates: [String: TensorSorting.Candidate], description: ModelDescription,
    table: TensorDescription, joinsHeads: Bool, path: String, configurationName: String
  ) {
    self.candidates = candidates
    self.description = description
    self.table = table
    self.joinsHeads = joinsHeads
    self.path = path
    self.configurationName = configurationName
  }

  /// The parameter's origin; `nil` when it has none, which ``checkComplete()`` reports.
  ///
  /// - Throws: ``ConversionError`` when the tensor has another shape or no floating-point elements.
  mutating func bind(_ parameter: ParameterDescription) throws -> ConversionPlan.Binding? {
    if parameter.role == .memory, description.encoder.memoryJoinsWords {
      return binding(parameter, .rows(table, from: description.encoder.vocabularySize))
    }
    guard let candidate = candidates[parameter.name] else {
      if parameter.name.hasPrefix("pooler.") { return create(parameter) }
      missing.append(parameter)
      return nil
    }
    let expected = foreignShape(of: parameter, candidate.orientation)
    let tensor = joinsHeads ? candidate.tensor.joined(to: expected) : candidate.tensor
    guard tensor.shape == expected else {
      throw ConversionError.shape(
        path: path, tensor: tensor.name, expected: expected, found: tensor.shape,
        because: explanation(of: parameter))
    }
    guard tensor.elementType.isFloatingPoint else {
      throw ConversionError.elementType(path: path, tensor: tensor.name, type: tensor.elementType)
    }
    switch candidate.orientation {
    case .asIs: return binding(parameter, .rows(tensor, from: 0))
    case .transposed: return binding(parameter, .transposed(tensor))
    }
  }

  /// - Throws: ``ConversionError/missingTensor(path:name:shape:count:)``.
  func checkComplete() throws {
    guard let first = missing.first else { return }
    throw ConversionError.missingTensor(
      path: path, name: first.name, shape: first.shape, count: missing.count)
  }

  private func binding(
    _ parameter: ParameterDescription, _ origin: ConversionPlan.Origin
  ) -> ConversionPlan.Binding {
    ConversionPlan.Binding(parameter: parameter, origin: origin)
  }

  private mutating func create(_ parameter: ParameterDescription) -> ConversionPlan.Binding? {
    // Half a pooler is a damaged file, not a model without one.
    guard candidates["pooler.dense.weight"] == nil, candidates["pooler.dense.bias"] == nil else {
      missing.append(parameter)
      return nil
    }
    let deviation = description.encoder.initializerRange
    let isBias = parameter.role == .bias
    created.append(
      ConversionRemark(
        name: parameter.name,
        reason: isBias
          ? "the source has no pooler: zeros"
          : "the source has no pooler: drawn from N(0, \(deviation)²)"))
    return binding(parameter, isBias ? .zeros : .normal(standardDeviation: deviation))
  }

  private func foreignShape(
    of parameter: ParameterDescription, _ orientation: Dialect.Orientation
  ) -> Shape {
    let encoder = description.encoder
    if parameter.name == Dialect.wordEmbeddings, encoder.memoryJoinsWords,
      let memory = description.memory
    {
      return [encoder.vocabularySize + memory.tokenCount, encoder.hiddenSize]
    }
    return switch orientation {
    case .asIs: parameter.shape
    case .transposed: Shape(parameter.shape.dimensions.reversed())
    }
  }

  /// Which members of the configuration the expected shape comes from.
  private func explanation(of parameter: ParameterDescription) -> String {
    let encoder = description.encoder, names = ConfigurationMembers(encoder.family)
    var members = ["\(names.hiddenSize) \(encoder.hiddenSize)"]
    if let size = encoder.embeddingSize, parameter.name.hasPrefix("embeddings.") {
      members.append("\(FamilyMember.embeddingSize) \(size)")
    }
    switch parameter.name {
    case Dialect.wordEmbeddings: members.append("vocab_size \(encoder.vocabularySize)")
    case let name where name.contains("position_embeddings"):
      members.append("\(FamilyMember.positionCount) \(encoder.positionRowCount)")
    case let name where name.contains("token_type_embeddings"):
      members.append("\(FamilyMember.tokenTypeCount) \(encoder.tokenTypeCount)")
    case let name where name.contains("intermediate.") || name.hasSuffix(".output.dense.weight"):
      members.append("\(names.intermediateSize) \(encoder.intermediateSize)")
    default: break
    }
    return "\(configurationName) says \(members.joined(separator: " and "))"
  }
}

extension TensorDescription {
  /// The same numbers with two neighbouring axes taken for one, where that gives the shape.
  ///
  /// Else the tensor as it is. Numbers lie in C order, so nothing moves.
  fileprivate func joined(to shape: Shape) -> TensorDescription {
    let axes = self.shape.dimensions
    guard axes.count == shape.rank + 1, self.shape.elementCount == shape.elementCount else {
      return self
    }
    for axis in 0..<shape.rank {
      let joined = axes[..<axis] + [axes[axis] &* axes[axis + 1]] + axes[(axis + 2)...]
      if Array(joined) == shape.dimensions {
        return TensorDescription(name: name, elementType: elementType, shape: shape)
      }
    }
    return self
  }
}
