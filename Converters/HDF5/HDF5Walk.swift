/// Finds every dataset of a file, in bounds: the file chooses neither how long this takes nor how
/// much memory.
struct HDF5Walk: ~Copyable {
  /// Groups nested deeper than this are an attack.
  static let maximumDepth = 64
  /// Groups and datasets together; the largest checkpoints have some thousands.
  static let maximumObjectCount = 100_000
  /// Bytes of all paths together.
  static let maximumPathByteCount = 1 << 26

  private(set) var datasets: [HDF5Dataset] = []
  private(set) var skipped: [(path: String, reason: String)] = []
  /// Object headers of groups and datasets by the bytes of their paths; the root's is empty.
  private(set) var objects: [[UInt8]: UInt64] = [:]
  private(set) var groups: Set<[UInt8]> = []
  private var objectCount = 0
  private var pathByteCount = 0
  /// Object headers of the groups above the one being visited.
  private var enclosing: [UInt64] = []
  private let blocks: BlockReader
  private let file: String

  /// Walks through a file.
  ///
  /// - Parameter file: its name, for errors.
  /// - Throws: ``HDF5Error`` or `FileError`.
  init(root: UInt64, in blocks: BlockReader, file: String) throws {
    self.blocks = blocks
    self.file = file
    let header = try locating("") { try ObjectHeader(at: root, in: blocks) }
    objects[[]] = root
    try visit(group: "", header, at: root)
  }

  /// Says in which object of which file a rule was broken.
  private func locating<Value>(_ object: String, _ body: () throws -> Value) throws -> Value {
    do {
      return try body()
    } catch let clause as HDF5Error.Clause {
      throw HDF5Error(clause, at: object, file: file)
    }
  }

  private mutating func visit(
    group: String, _ header: ObjectHeader, at address: UInt64
  ) throws {
    guard enclosing.count <= Self.maximumDepth else {
      throw HDF5Error(.tooDeep(limit: Self.maximumDepth), at: group, file: file)
    }
    guard !enclosing.contains(address) else {
      throw HDF5Error(.circle(.objectHeader), at: group, file: file)
    }
    enclosing.append(address)
    groups.insert(Array(group.utf8))
    let blocks = blocks
    let members = try locating(group) { try GroupMembers(of: header, in: blocks).members }
    for member in members {
      let path = group.isEmpty ? member.name : group + "/" + member.name
      objectCount += 1
      pathByteCount += path.utf8.count
      guard objectCount <= Self.maximumObjectCount, pathByteCount <= Self.maximumPathByteCount
      else {
        throw HDF5Error(.tooManyObjects(limit: Self.maximumObjectCount), at: group, file: file)
      }
      try visit(object: path, at: member.address)
    }
    enclosing.removeLast()
  }

  private mutating func visit(object path: String, at address: UInt64) throws {
    let blocks = blocks
    let header = try locating(path) { try ObjectHeader(at: address, in: blocks) }
    objects[Array(path.utf8)] = address
    if GroupMembers.isGroup(header) {
      try visit(group: path, header, at: address)
    } else if HDF5Dataset.isDataset(header) {
      switch try locating(
        path, { try HDF5Dataset.description(of: header, path: path, in: blocks) })
      {
      case .dataset(let dataset): datasets.append(dataset)
      case .skipped(let reason): skipped.append((path, reason))
      }
    } else {
      skipped.append((path, "a type without values"))
    }
  }
}
