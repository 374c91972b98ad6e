import TensorStorage

/// A state dict that cannot be written for PyTorch.
public struct PyTorchCheckpointError: DescribedError {
  /// What is wrong.
  public enum Clause: Sendable, Hashable {
    /// An element type for which `torch.save` has no storage class of its own.
    case unsupportedElementType(ElementType)
    /// A tensor that shares the storage of one that is missing, or that itself has none.
    case noSuchStorage(name: String)
    /// A tensor that shares the storage of one of another type or size.
    case storageDiffers(name: String)
    /// A name that occurs twice.
    case repeatedName
  }

  /// The file to be written.
  public let file: String
  /// The tensor.
  public let tensor: String
  /// What is wrong.
  public let clause: Clause

  init(_ clause: Clause, of tensor: String, file: String) {
    self.clause = clause
    self.tensor = tensor
    self.file = file
  }

  /// The call itself is wrong.
  public var kind: FailureKind { .usage }

  /// The file and the tensor.
  public var place: String? { "\(file), tensor \"\(tensor)\"" }

  /// What was asked for and cannot be.
  public var problem: String {
    switch clause {
    case .unsupportedElementType(let type):
      "elements of type \(type.rawValue) cannot be written to a PyTorch state dict"
    case .noSuchStorage(let name): "shares the storage of \"\(name)\", which has none"
    case .storageDiffers(let name):
      "shares the storage of \"\(name)\", which has another type or size"
    case .repeatedName: "the name occurs twice"
    }
  }

  /// What to do about it.
  public var advice: String? {
    if case .unsupportedElementType = clause { "Export as safetensors instead." } else { nil }
  }
}
