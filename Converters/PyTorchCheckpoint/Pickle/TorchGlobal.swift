/// The classes and functions that a pickled state dict names.
///
/// None of them is run: each stands for what it would have made.
///
/// Source: `torch/_utils.py` and `torch/_weights_only_unpickler.py` (PyTorch 2.13); numpy 1.26 and 2.4,
/// whose scalars are a type and bytes, which protocol 2 writes as a text to be encoded.
enum TorchGlobal: Sendable, Hashable {
  case orderedDictionary
  /// A tensor over a storage that knows its elements' type.
  case rebuildTensor
  /// A tensor over bytes, whose elements' type is an argument.
  case rebuildTypedTensor
  case rebuildParameter
  case size
  /// The class of a storage; `nil` for one of bytes.
  case storageClass(TorchElement?)
  case elementType(TorchElement)
  /// What makes a number of NumPy's, which trainers keep beside the weights; nothing here asks for it.
  case number

  /// The global of that name, if it is one of these.
  init?(module: String, name: String) {
    switch (module, name) {
    case ("collections", "OrderedDict"): self = .orderedDictionary
    case ("torch._utils", "_rebuild_tensor_v2"): self = .rebuildTensor
    case ("torch._utils", "_rebuild_tensor_v3"): self = .rebuildTypedTensor
    case ("torch._utils", "_rebuild_parameter"): self = .rebuildParameter
    case ("torch", "Size"): self = .size
    case ("numpy.core.multiarray", "scalar"), ("numpy._core.multiarray", "scalar"),
      ("numpy", "dtype"), ("_codecs", "encode"):
      self = .number
    case ("torch.storage", "UntypedStorage"), ("torch.storage", "TypedStorage"):
      self = .storageClass(nil)
    case ("torch", _):
      if let element = TorchElement.byStorageClass[name] {
        self = .storageClass(element)
      } else if let element = TorchElement.byName[name] {
        self = .elementType(element)
      } else {
        return nil
      }
    default: return nil
    }
  }
}
