import ModelSchema

/// How one family of checkpoints spells the parameters of a BERT.
///
/// A dialect is data: the ways each parameter may be written, the wrappers that may stand in front
/// of a name, and the tensors that are left out, each with its reason. The map is built from the
/// catalogue of parameters, so every native name has a spelling, and every foreign name has a
/// meaning, even if that is ``Meaning/unknown``.
package struct Dialect: Sendable {
  /// How a foreign tensor's axes lie to the parameter's.
  package enum Orientation: Sendable, Hashable {
    /// The axes agree.
    case asIs
    /// A kernel `[in, out]` whose parameter is `[out, in]`.
    case transposed
  }

  /// What a foreign tensor is to a BERT.
  package enum Meaning: Sendable, Hashable {
    /// The parameter of that native name.
    case parameter(String, Orientation)
    /// Known and left out, with the reason.
    case dropped(String)
    /// Known, and the model computes something else without it, with the reason.
    case refused(String)
    /// Not known.
    case unknown
  }

  /// One way to write a parameter.
  package struct Spelling: Sendable, Hashable {
    /// The name without wrappers.
    package let name: String
    /// How the axes lie.
    package let orientation: Orientation

    package init(_ name: String, _ orientation: Orientation = .asIs) {
      self.name = name
      self.orientation = orientation
    }
  }

  /// What people call it; recorded in a model's provenance.
  package let name: String
  /// The name inside its wrappers: a layer of `module.` or a Keras scope taken off.
  package let unwrap: @Sendable (String) -> String
  /// Every way to write a parameter, the dialect's own first.
  package let spell: @Sendable (ParameterDescription) -> [Spelling]
  /// Tensors that are left out or refused; the first rule that fits holds.
  package let rules: [TensorRule]
  /// The number of the encoder layer, from 0, that a name without wrappers speaks of.
  package let layerNumber: @Sendable (String) -> Int?
  /// Whether the attention's tensors have an axis for the heads and one for what is inside a head,
  /// which the parameters have in one.
  package var keepsHeadsApart = false

  /// The meaning of every name, for the parameters of one model.
  package func dictionary(of parameters: [ParameterDescription]) -> NameDictionary {
    var meanings: [String: (name: String, orientation: Orientation)] = [:]
    for parameter in parameters {
      for spelling in spell(parameter) where meanings[spelling.name] == nil {
        meanings[spelling.name] = (parameter.name, spelling.orientation)
      }
    }
    return NameDictionary(dialect: self, meanings: meanings)
  }
}

/// A dialect applied to one model: from a foreign name to its meaning.
package struct NameDictionary: Sendable {
  let dialect: Dialect
  let meanings: [String: (name: String, orientation: Dialect.Orientation)]

  /// What a foreign tensor is.
  package func meaning(of foreignName: String) -> Dialect.Meaning {
    let inner = dialect.unwrap(foreignName)
    if let meaning = meanings[inner] { return .parameter(meaning.name, meaning.orientation) }
    return dialect.rules.first { $0.matches(inner) }?.meaning ?? .unknown
  }

  /// The number of the encoder layer, from 0, that a foreign name speaks of.
  package func layerNumber(of foreignName: String) -> Int? {
    dialect.layerNumber(dialect.unwrap(foreignName))
  }
}

/// A tensor that is known and deliberately not used.
package struct TensorRule: Sendable {
  /// Which names the rule is for.
  package enum Pattern: Sendable {
    case exactly(String)
    case beginning(String)
    case ending(String)
    case containing(String)
  }

  package let pattern: Pattern
  package let meaning: Dialect.Meaning

  /// A rule that leaves matching tensors out.
  package static func drop(_ pattern: Pattern, _ reason: String) -> TensorRule {
    TensorRule(pattern: pattern, meaning: .dropped(reason))
  }

  /// A rule that stops the conversion at matching tensors.
  package static func refuse(_ pattern: Pattern, _ reason: String) -> TensorRule {
    TensorRule(pattern: pattern, meaning: .refused(reason))
  }

  package func matches(_ name: String) -> Bool {
    switch pattern {
    case .exactly(let text): name == text
    case .beginning(let text): name.hasPrefix(text)
    case .ending(let text): name.hasSuffix(text)
    case .containing(let text): name.contains(text)
    }
  }
}
