import ModelSchema

extension ParameterDescription {
  /// The module that the parameter belongs to: its name without the last part.
  var module: String {
    name.lastIndex(of: ".").map { String(name[..<$0]) } ?? ""
  }

  /// What the parameter is called in its module: the last part of its name.
  var leaf: Substring {
    name.lastIndex(of: ".").map { name[$0...].dropFirst() } ?? name[...]
  }

  /// The number of the encoder's layer that the parameter belongs to, and its module inside that
  /// layer; `nil` outside of the layers.
  var encoderLayer: (index: Int, part: String)? {
    let parts = module.split(separator: ".")
    guard parts.count > 3, parts[0] == "encoder", parts[1] == "layer", let index = Int(parts[2])
    else { return nil }
    return (index, parts[3...].joined(separator: "."))
  }
}

extension ParameterDescription.Role {
  /// What Keras calls such a variable; `nil` for memory, for which it has no word.
  var kerasLeaf: String? {
    switch self {
    case .embedding: "embeddings"
    case .weight: "kernel"
    case .bias: "bias"
    case .gain: "gamma"
    case .normBias: "beta"
    case .memory: nil
    }
  }

  /// The place of such a variable among its module's; `nil` for memory.
  var kerasVariable: Int? {
    switch self {
    case .embedding, .weight, .gain: 0
    case .bias, .normBias: 1
    case .memory: nil
    }
  }

  /// How the axes of such a variable lie in Keras: kernels are `[in, out]`.
  var kerasOrientation: Dialect.Orientation { self == .weight ? .transposed : .asIs }
}
