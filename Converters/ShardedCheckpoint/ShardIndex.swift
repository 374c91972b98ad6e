import JSON
import TensorStorage

/// The index of a checkpoint in several files: which tensor is in which of them.
///
/// `{"metadata": {"total_size": …}, "weight_map": {"<tensor>": "<file>", …}}`. A file is a plain name
/// in the index's own folder; an index that names a path is refused, so nothing elsewhere is opened.
///
/// Source: `huggingface_hub/serialization/_base.py` (0.36), which writes all of them alike.
struct ShardIndex {
  /// The most bytes that an index may have, as a safetensors header.
  static let maximumByteCount = 100_000_000

  /// Every tensor with its file, in the index's order.
  let entries: [(tensor: String, shard: String)]
  /// The bytes of all tensors, as the index adds them up.
  let totalByteCount: Double?
  /// The files in the order of their names' bytes.
  let shards: [String]

  /// Reads an index.
  ///
  /// - Throws: `FileError`, `JSONError` or ``ShardIndexError``.
  init(path: String) throws {
    let index = try JSONValue(
      contentsOf: path, maximumByteCount: Self.maximumByteCount,
      maximumValueCount: JSONValue.maximumDescriptionValueCount)
    guard let members = index["weight_map"]?.object?.members else {
      throw ShardIndexError(.noWeightMap, file: path)
    }
    var entries: [(tensor: String, shard: String)] = []
    entries.reserveCapacity(members.count)
    for (tensor, value) in members {
      guard let shard = value.string else {
        throw ShardIndexError(.shardNotString(tensor: tensor), file: path)
      }
      guard Self.isPlainFileName(shard) else {
        throw ShardIndexError(.notPlainFileName(tensor: tensor, shard: shard), file: path)
      }
      entries.append((tensor, shard))
    }
    self.entries = entries
    totalByteCount = index["metadata"]?["total_size"]?.double
    shards = Set(entries.map { Array($0.shard.utf8) })
      .sorted { $0.lexicographicallyPrecedes($1) }.map { String(decoding: $0, as: UTF8.self) }
  }

  private static func isPlainFileName(_ name: String) -> Bool {
    !name.isEmpty && name != "." && name != ".."
      && !name.utf8.contains { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "\\") || $0 == 0 }
  }
}
