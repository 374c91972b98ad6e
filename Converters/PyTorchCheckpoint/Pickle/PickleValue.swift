/// What a pickle describes.
///
/// Collections are numbers of entries in a ``PickleHeap``: values hold no other value, so nothing
/// nests in memory however deep the pickle does.
enum PickleValue: Sendable {
  case none
  case boolean(Bool)
  case integer(Int)
  /// An integer beyond 64 bits: two's complement, the least significant byte first.
  case wideInteger([UInt8])
  case text(String)
  case tuple(Int)
  case list(Int)
  case dictionary(Int)
  case global(TorchGlobal)
  case storage(Int)
  case tensor(Int)
  /// What may stand in a checkpoint and nothing here asks for: floating-point numbers, sets, strings
  /// of bytes.
  case other
}

/// A storage: the elements behind one or more tensors.
struct TorchStorage: Sendable, Hashable {
  /// By which name the file has its bytes.
  let key: String
  /// The type of its elements; `nil` when it counts bytes.
  let element: TorchElement?
  /// Its elements, or bytes.
  let count: Int
  /// Where it begins in the storage of that key, in elements: views of old files.
  let viewOffset: Int
  /// The elements of the view; ``count`` when there is none.
  let viewCount: Int

  /// Bytes of one element.
  var byteWidth: Int { element?.byteWidth ?? 1 }
}

/// A tensor as a pickle describes it, unchecked: a strided view of a storage.
struct TorchTensor: Sendable, Hashable {
  let storage: TorchStorage
  let element: TorchElement
  /// Counted in elements, as the strides.
  let offset: Int
  let dimensions: [Int]
  let strides: [Int]
}

/// The collections and tensors that pickles have made, by number.
struct PickleHeap: Sendable {
  var tuples: [[PickleValue]] = []
  var lists: [[PickleValue]] = []
  /// Members in the order in which they were set; a key may occur again.
  var dictionaries: [[(key: PickleValue, value: PickleValue)]] = []
  var storages: [TorchStorage] = []
  var tensors: [TorchTensor] = []

  /// The elements of a tuple or a list.
  func elements(of value: PickleValue) -> [PickleValue]? {
    switch value {
    case .tuple(let index): tuples[index]
    case .list(let index): lists[index]
    default: nil
    }
  }

  /// The integers of a tuple or list that holds nothing else and no more than tensors have axes.
  func integers(of value: PickleValue) -> [Int]? {
    guard let elements = elements(of: value), elements.count <= 64 else { return nil }
    var integers: [Int] = []
    for element in elements {
      guard case .integer(let integer) = element else { return nil }
      integers.append(integer)
    }
    return integers
  }
}
