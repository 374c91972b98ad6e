import TensorStorage

/// Why a checkpoint does not become a model; one case for each rule that it breaks.
public enum ConversionError: DescribedError, Hashable {
  /// No tensor has the name of word embeddings.
  case notBERT(path: String, examples: [String])
  /// The configuration and the tensors speak of different numbers of layers, or of groups that share theirs.
  case layerCount(path: String, configured: Int, in: String, found: Int)
  /// Parameters without a tensor; the first of them and how many there are.
  case missingTensor(path: String, name: String, shape: Shape, count: Int)
  /// A tensor has another shape than its parameter.
  case shape(path: String, tensor: String, expected: Shape, found: Shape, because: String)
  /// A tensor without which the model computes something else.
  case refusedTensor(path: String, tensor: String, reason: String)
  /// Two different tensors for one parameter.
  case ambiguousParameter(path: String, name: String, first: String, second: String)
  /// A parameter whose elements are no floating-point numbers.
  case elementType(path: String, tensor: String, type: ElementType)
  /// A number that the wanted element type cannot hold.
  case overflow(path: String, tensor: String, value: Double, type: ElementType)
  /// Weights are written as f32, f16 or bf16.
  case targetType(ElementType)
  /// A value of the configuration is wrong.
  case configuration(path: String, member: String, problem: String)

  /// The family of the error.
  public var kind: FailureKind {
    if case .targetType = self { .usage } else { .badData }
  }

  /// The file, folder or tensor.
  public var place: String? {
    switch self {
    case .notBERT(let path, _), .layerCount(let path, _, _, _), .missingTensor(let path, _, _, _),
      .ambiguousParameter(let path, _, _, _):
      path
    case .shape(let path, let tensor, _, _, _), .refusedTensor(let path, let tensor, _),
      .elementType(let path, let tensor, _), .overflow(let path, let tensor, _, _):
      "\(path): tensor \(tensor)"
    case .configuration(let path, let member, _): "\(path): \(member)"
    case .targetType: nil
    }
  }

  /// What happened.
  public var problem: String {
    switch self {
    case .notBERT(_, let examples):
      "holds no tensor named …\(Dialect.wordEmbeddings), so it is no BERT and no relative of it; "
        + "its tensors are "
        + (examples.isEmpty ? "none" : examples.joined(separator: ", ") + " …")
    case .layerCount(_, let configured, let configuration, let found):
      "\(configuration) says \(configured) layers with parameters of their own, the file has \(found)"
    case .missingTensor(_, let name, let shape, let count):
      "has no tensor for \(name) \(shape)" + (count > 1 ? " and \(count - 1) others" : "")
    case .shape(_, _, let expected, let found, let because):
      "has the shape \(found), expected \(expected)" + (because.isEmpty ? "" : " (\(because))")
    case .refusedTensor(_, _, let reason): "cannot be left out: \(reason)"
    case .ambiguousParameter(_, let name, let first, let second):
      "\(first) and \(second) both stand for \(name) and hold different numbers"
    case .elementType(_, _, let type):
      "has elements of type \(type), expected f32, f16, bf16 or f64"
    case .overflow(_, _, let value, let type): "holds \(value), which \(type) cannot hold"
    case .targetType(let type): "weights cannot be written as \(type), only as f32, f16 or bf16"
    case .configuration(_, _, let problem): problem
    }
  }

  /// What to do about it.
  public var advice: String? {
    switch self {
    case .notBERT:
      "Encoders of BERT's family are converted, written by PyTorch or TensorFlow under Hugging Face's "
        + "names."
    case .layerCount, .shape: "Use the configuration that was saved with these weights."
    case .missingTensor: "Check that the download is complete and holds a whole encoder."
    case .ambiguousParameter: "Save the checkpoint again from one of the two."
    case .overflow(_, _, _, .f32): "The weight is broken; get the checkpoint anew from its source."
    case .overflow: "Choose --dtype bf16 or f32."
    case .elementType: "Save the checkpoint unquantised."
    case .refusedTensor:
      "The encoder has no such part, so no model that is made of the rest would compute the same."
    case .targetType: "Choose one of them."
    case .configuration:
      "Mend the value, or use the configuration that was saved with these weights."
    }
  }
}
