import TensorStorage

/// The pickle of a state dict: an ordered dictionary from names to tensors over numbered storages.
///
/// Each tensor is `torch._utils._rebuild_tensor_v2(storage, 0, shape, strides, False, OrderedDict())`
/// with the storage as a persistent id `('storage', torch.FloatStorage, '0', 'cpu', elementCount)`.
///
/// Source: `torch/_utils.py` and `torch/serialization.py` (PyTorch 2.13).
enum StateDictPickle {
  static func bytes(of tensors: [(tensor: TensorDescription, storage: Int)]) -> [UInt8] {
    var pickle = PickleWriter()
    pickle.global("collections", "OrderedDict")
    pickle.emptyTuple()
    pickle.reduce()
    pickle.mark()
    for (tensor, storage) in tensors {
      pickle.text(tensor.name)
      pickle.global("torch._utils", "_rebuild_tensor_v2")
      pickle.mark()
      pickle.mark()
      pickle.repeatedText("storage")
      pickle.global("torch", storageClass(of: tensor.elementType) ?? "")
      pickle.text("\(storage)")
      pickle.repeatedText("cpu")
      pickle.integer(tensor.shape.elementCount)
      pickle.tuple()
      pickle.persistentIdentifier()
      pickle.integer(0)
      pickle.integers(tensor.shape.dimensions)
      pickle.integers(strides(of: tensor.shape))
      pickle.false()
      pickle.global("collections", "OrderedDict")
      pickle.emptyTuple()
      pickle.reduce()
      pickle.tuple()
      pickle.reduce()
    }
    pickle.setItems()
    pickle.stop()
    return pickle.bytes
  }

  /// PyTorch's class for a storage of that type, if there is one.
  static func storageClass(of type: ElementType) -> String? {
    switch type {
    case .f64: "DoubleStorage"
    case .f32: "FloatStorage"
    case .f16: "HalfStorage"
    case .bf16: "BFloat16Storage"
    case .i64: "LongStorage"
    case .i32: "IntStorage"
    case .i16: "ShortStorage"
    case .i8: "CharStorage"
    case .u8: "ByteStorage"
    case .bool: "BoolStorage"
    default: nil
    }
  }

  /// Elements between neighbours on each axis; an empty axis counts as one, as in PyTorch.
  private static func strides(of shape: Shape) -> [Int] {
    var strides: [Int] = []
    var stride = 1
    for dimension in shape.dimensions.reversed() {
      strides.append(stride)
      stride *= max(1, dimension)
    }
    return strides.reversed()
  }
}
