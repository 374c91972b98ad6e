/// What PyTorch's own names and persistent ids stand for.
extension PickleReader {
  mutating func pushGlobal(module: String, name: String) throws(PickleError) {
    guard let global = TorchGlobal(module: module, name: name) else {
      throw fail(.refusedGlobal(module: module, name: name))
    }
    push(.global(global))
  }

  /// Makes what the call of the global below the arguments on top would have made.
  mutating func call() throws(PickleError) {
    guard case .tuple(let index) = try pop() else { throw fail(.wrongOperand(expected: "a tuple")) }
    let arguments = heap.tuples[index]
    guard case .global(let function) = try pop() else {
      throw fail(.wrongOperand(expected: "a function to call"))
    }
    switch function {
    case .orderedDictionary: pushDictionary(try orderedMembers(arguments))
    case .rebuildTensor, .rebuildTypedTensor:
      push(tensor: try tensor(arguments, isTyped: function == .rebuildTypedTensor))
    case .rebuildParameter:
      // _rebuild_parameter(data, requires_grad, backward_hooks)
      guard arguments.count == 3, case .tensor = arguments[0] else {
        throw fail(.wrongArguments(function: "_rebuild_parameter"))
      }
      push(arguments[0])
    case .size:
      guard arguments.count == 1, let sizes = heap.elements(of: arguments[0]) else {
        throw fail(.wrongArguments(function: "torch.Size"))
      }
      push(tuple: sizes)
    case .number: push(.other)
    case .storageClass, .elementType:
      throw fail(.wrongOperand(expected: "a function to call"))
    }
  }

  /// Python 2 hands an ordered dictionary's members over as a list of pairs; Python 3 sets them.
  private mutating func orderedMembers(
    _ arguments: [PickleValue]
  ) throws(PickleError) -> [(key: PickleValue, value: PickleValue)] {
    guard let argument = arguments.first else { return [] }
    guard arguments.count == 1, let pairs = heap.elements(of: argument) else {
      throw fail(.wrongArguments(function: "OrderedDict"))
    }
    try countCopies(pairs.count)
    var members: [(key: PickleValue, value: PickleValue)] = []
    for pair in pairs {
      guard let pair = heap.elements(of: pair), pair.count == 2 else {
        throw fail(.wrongArguments(function: "OrderedDict"))
      }
      members.append((pair[0], pair[1]))
    }
    return members
  }

  /// `_rebuild_tensor_v2(storage, offset, size, stride, requires_grad, hooks[, metadata])`, and v3
  /// with the dtype before the metadata.
  private func tensor(
    _ arguments: [PickleValue], isTyped: Bool
  ) throws(PickleError) -> TorchTensor {
    let function = isTyped ? "_rebuild_tensor_v3" : "_rebuild_tensor_v2"
    let counts = isTyped ? 7...8 : 6...7
    guard counts.contains(arguments.count), case .storage(let index) = arguments[0],
      case .integer(let offset) = arguments[1], let dimensions = heap.integers(of: arguments[2]),
      let strides = heap.integers(of: arguments[3]), dimensions.count == strides.count
    else { throw fail(.wrongArguments(function: function)) }
    let storage = heap.storages[index]
    var element = storage.element
    if isTyped {
      guard case .global(.elementType(let type)) = arguments[6] else {
        throw fail(.wrongArguments(function: function))
      }
      element = type
    }
    guard let element else { throw fail(.wrongArguments(function: function)) }
    return TorchTensor(
      storage: storage, element: element, offset: offset, dimensions: dimensions, strides: strides)
  }

  /// The storage that the tuple on top names: `('storage', class, key, location, count)`, in a stream
  /// with a sixth element, None or `(key, offset, count)` of a view into the storage.
  mutating func pushStorage() throws(PickleError) {
    guard let fields = heap.elements(of: try pop()), (5...6).contains(fields.count),
      case .text("storage") = fields[0],
      case .global(.storageClass(let element)) = fields[1], case .text(let key) = fields[2],
      case .text = fields[3], case .integer(let count) = fields[4], count >= 0
    else { throw fail(.wrongPersistentIdentifier) }
    var view = (offset: 0, count: count)
    if fields.count == 6, let numbers = heap.elements(of: fields[5]) {
      guard numbers.count == 3, case .integer(let offset) = numbers[1],
        case .integer(let viewCount) = numbers[2], offset >= 0, viewCount >= 0, offset <= count,
        viewCount <= count - offset
      else { throw fail(.wrongPersistentIdentifier) }
      view = (offset, viewCount)
    }
    push(
      storage: TorchStorage(
        key: key, element: element, count: count, viewOffset: view.offset, viewCount: view.count))
  }
}
