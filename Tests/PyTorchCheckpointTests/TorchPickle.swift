import ZipArchive

/// A pickle of protocol 2, written opcode by opcode, so that everything in it can be wrong.
struct TorchPickle {
  var bytes: [UInt8] = [0x80, 2]

  /// A dictionary of what `members` writes: keys and values in turn.
  static func dictionary(_ members: (inout TorchPickle) -> Void) -> TorchPickle {
    var pickle = TorchPickle()
    pickle.dictionary(members)
    return pickle
  }

  mutating func code(_ character: Character) { bytes += String(character).utf8 }

  mutating func dictionary(_ members: (inout TorchPickle) -> Void) {
    bytes += "}(".utf8
    members(&self)
    code("u")
  }

  mutating func text(_ text: String) {
    bytes += [0x8C, UInt8(text.utf8.count)] + text.utf8
  }

  /// `LONG1` of eight bytes, which holds every integer.
  mutating func integer(_ value: Int) {
    bytes += [0x8A, 8] + (0..<8).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
  }

  mutating func integers(_ values: [Int]) {
    code("(")
    for value in values { integer(value) }
    code("t")
  }

  mutating func global(_ module: String, _ name: String) {
    bytes += "c\(module)\n\(name)\n".utf8
  }

  /// The persistent id of a storage.
  mutating func storage(
    _ key: String, _ type: String = "FloatStorage", count: Int, view: (Int, Int)? = nil
  ) {
    code("(")
    text("storage")
    global(type.hasPrefix("Untyped") ? "torch.storage" : "torch", type)
    text(key)
    text("cpu")
    integer(count)
    if let view {
      code("(")
      text("view")
      integer(view.0)
      integer(view.1)
      code("t")
    }
    bytes += "tQ".utf8
  }

  /// A member of a state dict.
  mutating func tensor(
    _ name: String, key: String = "0", type: String = "FloatStorage", count: Int = 4,
    offset: Int = 0, size: [Int] = [4], stride: [Int] = [1], view: (Int, Int)? = nil
  ) {
    text(name)
    global("torch._utils", "_rebuild_tensor_v2")
    code("(")
    storage(key, type, count: count, view: view)
    integer(offset)
    integers(size)
    integers(stride)
    bytes += [0x89]
    bytes += "}tR".utf8
  }

  /// The pickle with its end.
  var ended: [UInt8] { bytes + Array(".".utf8) }

  /// A zip file with this pickle and other members.
  func archive(
    at path: String,
    members: [(String, [UInt8])] = [("archive/data/0", Array(repeating: 7, count: 16))]
  ) throws {
    var writer = try ZipArchiveWriter(path: path, collision: .replace)
    try writer.add("archive/data.pkl", ended)
    for (name, bytes) in members { try writer.add(name, bytes) }
    try writer.finish()
  }

  /// What precedes the object in a stream: magic number, version, description of the machine.
  static let streamFront: [UInt8] =
    [0x80, 2, 0x8A, 10, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19, 0x2E]
    + [0x80, 2, 0x4D, 0xE9, 3, 0x2E] + [0x80, 2, 0x7D, 0x2E]

  /// A stream with this pickle and storages of so many elements.
  func stream(_ storages: [(key: String, count: UInt64, bytes: [UInt8])]) -> [UInt8] {
    var keys = TorchPickle()
    keys.bytes += "](".utf8
    for storage in storages { keys.text(storage.key) }
    keys.code("e")
    return Self.streamFront + ended + keys.ended
      + storages.flatMap { storage in
        (0..<8).map { UInt8(truncatingIfNeeded: storage.count >> UInt64($0 * 8)) } + storage.bytes
      }
  }
}
