import TensorStorage

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A checkpoint in several files of any format beside an index that says which tensor is where.
///
/// The shards are what counts: every tensor in them is offered, and the index must agree with them.
/// What the index merely adds up (`total_size`), and tensors that it forgot, are noted and not
/// refused, for real indices err there. TensorFlow's index has the model's scope before each name,
/// which the names in its shards lack.
public struct ShardedTensors: TensorSource {
  /// The format's name for people.
  public let formatName: String
  /// The index as it was named.
  public let indexPath: String
  /// The shards in the order of their names.
  public let shards: [any TensorSource]
  /// Every tensor, shard after shard.
  public let tensors: [TensorDescription]
  /// What the shards do not offer as tensors, with the reason.
  public let skipped: [(path: String, reason: String)]
  /// What is odd about the index without being wrong, each a sentence without the full stop.
  public let notes: [String]

  private let shardByTensor: [[UInt8]: Int]

  /// Opens an index and the shards beside it.
  ///
  /// - Parameters:
  ///   - indexPath: the index.
  ///   - open: opens one shard.
  /// - Throws: `FileError`, `JSONError`, ``ShardIndexError``, and what `open` throws.
  public init(indexPath: String, open: (String) throws -> any TensorSource) throws {
    let index = try ShardIndex(path: indexPath)
    let names = index.shards
    let folder = indexPath.lastIndex(of: "/").map { String(indexPath[...$0]) } ?? ""
    var shards: [any TensorSource] = []
    for name in names {
      do {
        shards.append(try open(folder + name))
      } catch let error as FileError where error.code == ENOENT {
        throw ShardIndexError(.missingShard(shard: name), file: indexPath)
      }
    }
    var shardByTensor: [[UInt8]: Int] = [:]
    for (position, shard) in shards.enumerated() {
      for tensor in shard.tensors {
        let name = Array(tensor.name.utf8)
        if let other = shardByTensor.updateValue(position, forKey: name) {
          throw ShardIndexError(
            .tensorInTwoShards(tensor: tensor.name, first: names[other], second: names[position]),
            file: indexPath)
        }
      }
    }
    let skippedByShard = shards.map { Set($0.skipped.map { Array($0.path.utf8) }) }
    // By their bytes: two names that differ in nothing but how an accent is written are two files.
    let positions = Dictionary(
      uniqueKeysWithValues: names.enumerated().map { (Array($1.utf8), $0) })
    for (tensor, shard) in index.entries {
      let position = positions[Array(shard.utf8)]
      let isThere = Self.namesInShard(of: tensor).contains { name in
        shardByTensor[name] == position
          || position.map { skippedByShard[$0].contains(name) } == true
      }
      guard position != nil, isThere else {
        throw ShardIndexError(.tensorNotInShard(tensor: tensor, shard: shard), file: indexPath)
      }
    }
    self.indexPath = indexPath
    self.shards = shards
    self.shardByTensor = shardByTensor
    tensors = shards.flatMap(\.tensors)
    skipped = shards.flatMap(\.skipped)
    formatName = "sharded \(shards.first?.formatName ?? "checkpoint")"
    notes =
      Self.notes(index, tensors: tensors, hasSkipped: !skipped.isEmpty)
      + shards.flatMap(\.notes)
  }

  /// The shards' files.
  public var sourcePaths: [String] { shards.flatMap(\.sourcePaths) }

  /// Copies rows; see ``TensorSource``.
  public func readRows(
    _ rows: Range<Int>, of tensor: TensorDescription,
    into destination: UnsafeMutableRawBufferPointer
  ) throws {
    guard let position = shardByTensor[Array(tensor.name.utf8)] else {
      throw ShardIndexError(.noSuchTensor(tensor: tensor.name), file: indexPath)
    }
    try shards[position].readRows(rows, of: tensor, into: destination)
  }

  /// What a shard may call a tensor of the index: the same, or the name without its scope.
  private static func namesInShard(of tensor: String) -> [[UInt8]] {
    let name = Array(tensor.utf8)
    guard let slash = name.firstIndex(of: UInt8(ascii: "/")) else { return [name] }
    return [name, Array(name[(slash + 1)...])]
  }

  private static func notes(
    _ index: ShardIndex, tensors: [TensorDescription], hasSkipped: Bool
  ) -> [String] {
    var notes: [String] = []
    // The shards' data lies in files, so its sum does not come near overflowing.
    let byteCount = tensors.reduce(0) { $0 + $1.byteCount }
    if !hasSkipped, let total = index.totalByteCount, total != Double(byteCount) {
      let given = Int(exactly: total).map { "\($0)" } ?? "\(total)"
      notes.append("the index gives a total_size of \(given) bytes, the shards hold \(byteCount)")
    }
    if !index.listsGroups, index.entries.count < tensors.count {
      notes.append(
        "\(tensors.count - index.entries.count) tensors of the shards are not in the index")
    }
    return notes
  }
}
