import TensorStorage

/// Finds the state dict in what a checkpoint's pickle describes.
///
/// A checkpoint is a state dict itself, or a dictionary that has it under a usual name or as its only
/// dictionary of tensors; what lies beside it (epochs, options, an optimizer's state) is left out.
struct StateDictSearch {
  /// Names under which trainers keep the state dict, in the order in which they are preferred.
  private static let wrappers = ["state_dict", "model_state_dict", "model", "module"]
  private static let maximumDepth = 32
  /// Wrappers that may stand around each other.
  private static let maximumWrapperCount = 8

  /// The tensors of the state dict, in its order.
  private(set) var tensors: [(name: String, tensor: TorchTensor)] = []
  /// Collections of tensors that were left out.
  private(set) var skipped: [(path: String, reason: String)] = []

  private let heap: PickleHeap
  private let file: String
  /// Whether a collection holds tensors at any depth; false while it is being looked at, so that one
  /// that holds itself comes to an end.
  private var knownCollections: [Collection: Bool] = [:]

  private enum Collection: Hashable {
    case tuple(Int)
    case list(Int)
    case dictionary(Int)
  }

  /// Searches what a pickle has made.
  ///
  /// - Throws: ``PyTorchFileError``.
  init(_ root: PickleValue, in heap: PickleHeap, file: String) throws(PyTorchFileError) {
    self.heap = heap
    self.file = file
    guard case .dictionary(var index) = root else {
      throw PyTorchFileError(.noStateDict, file: file)
    }
    for _ in 0..<Self.maximumWrapperCount {
      guard let inner = try unwrapped(index) else {
        try collect(index)
        return
      }
      index = inner
    }
    throw PyTorchFileError(.nestedTooDeep, file: file)
  }

  /// The dictionary inside a wrapper; `nil` when the dictionary is the state dict itself.
  private mutating func unwrapped(_ index: Int) throws(PyTorchFileError) -> Int? {
    var candidates: [(name: String, index: Int)] = []
    var hasTensors = false
    for (key, value) in heap.dictionaries[index] {
      if case .tensor = value { hasTensors = true }
      guard case .text(let name) = key, case .dictionary(let inner) = value,
        try holdsTensors(value)
      else { continue }
      candidates.append((name, inner))
    }
    let known = Self.wrappers.lazy.compactMap { wrapper in
      candidates.first { $0.name == wrapper }
    }.first
    let others = candidates.filter { !Self.isOptimizer($0.name) }
    guard let choice = known ?? (hasTensors ? nil : others.first) else {
      guard hasTensors else { throw PyTorchFileError(.noStateDict, file: file) }
      return nil
    }
    guard known != nil || others.count == 1 else {
      throw PyTorchFileError(.severalStateDicts(names: others.map(\.name)), file: file)
    }
    guard candidates.filter({ $0.name == choice.name }).count == 1 else {
      throw PyTorchFileError(.repeatedName(tensor: choice.name), file: file)
    }
    for (key, value) in heap.dictionaries[index] where try holdsTensors(value) {
      guard case .text(let name) = key, name != choice.name else { continue }
      skip(name, Self.isOptimizer(name) ? Self.optimizerReason : "lies beside the state dict")
    }
    return choice.index
  }

  private mutating func collect(_ index: Int) throws(PyTorchFileError) {
    var seen: Set<[UInt8]> = []
    for (key, value) in heap.dictionaries[index] {
      guard try holdsTensors(value) else { continue }
      guard case .text(let name) = key else {
        skip("a key that is no text", "tensors have texts as names")
        continue
      }
      guard case .tensor(let tensor) = value else {
        skip(name, Self.isOptimizer(name) ? Self.optimizerReason : "is a collection of tensors")
        continue
      }
      guard seen.insert(Array(name.utf8)).inserted else {
        throw PyTorchFileError(.repeatedName(tensor: name), file: file)
      }
      tensors.append((name, heap.tensors[tensor]))
    }
  }

  private static let optimizerReason = "the optimizer's state of an earlier training"

  private static func isOptimizer(_ name: String) -> Bool {
    name.lowercased().contains("optim")
  }

  private mutating func skip(_ path: String, _ reason: String) {
    skipped.append((path, reason))
  }

  private mutating func holdsTensors(
    _ value: PickleValue, depth: Int = 0
  ) throws(PyTorchFileError) -> Bool {
    let collection: Collection
    switch value {
    case .tensor: return true
    case .tuple(let index): collection = .tuple(index)
    case .list(let index): collection = .list(index)
    case .dictionary(let index): collection = .dictionary(index)
    default: return false
    }
    if let known = knownCollections[collection] { return known }
    guard depth < Self.maximumDepth else { throw PyTorchFileError(.nestedTooDeep, file: file) }
    knownCollections[collection] = false
    let elements =
      switch collection {
      case .tuple(let index): heap.tuples[index]
      case .list(let index): heap.lists[index]
      case .dictionary(let index): heap.dictionaries[index].map(\.value)
      }
    for element in elements where try holdsTensors(element, depth: depth + 1) {
      knownCollections[collection] = true
      return true
    }
    return false
  }
}
