import JSON
import TensorStorage

/// The index of a checkpoint in several files: which tensor is in which of them.
///
/// `{"metadata": {"total_size": …}, "weight_map": {"<tensor>": "<file>", …}}`. A file is a plain name
/// in the index's own folder; an index that names a path is refused, so nothing elsewhere is opened.
///
/// Keras lists groups of HDF5 in place of tensors, `"/layers/dense/vars": ["<file>", …]`: of these the
/// files count alone, for a group says nothing of what is in it.
///
/// Source: `huggingface_hub/serialization/_base.py` (2.4), which writes all of them alike; keras 3.15
/// `saving_lib`, `ShardedH5IOStore`.
struct ShardIndex {
  /// The most bytes that an index may have, as a safetensors header.
  static let maximumByteCount = 100_000_000

  /// Every tensor with its file, in the index's order.
  let entries: [(tensor: String, shard: String)]
  /// Whether groups of tensors are listed, and the tensors are not.
  let listsGroups: Bool
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
    guard let members = index["weight_map"]?.object?.members, !members.isEmpty else {
      throw ShardIndexError(.noWeightMap, file: path)
    }
    var entries: [(tensor: String, shard: String)] = []
    entries.reserveCapacity(members.count)
    var names: Set<[UInt8]> = []
    var listsGroups = false
    for (tensor, value) in members {
      let isGroup = tensor.utf8.first == UInt8(ascii: "/")
      let list = value.string.map { [$0] } ?? (isGroup ? value.array?.map(\.string) : nil) ?? [nil]
      for shard in list {
        guard let shard else { throw ShardIndexError(.shardNotString(tensor: tensor), file: path) }
        guard shard.isPlainFileName else {
          throw ShardIndexError(.notPlainFileName(tensor: tensor, shard: shard), file: path)
        }
        names.insert(Array(shard.utf8))
        if !isGroup { entries.append((tensor, shard)) }
      }
      listsGroups = listsGroups || isGroup
    }
    self.entries = entries
    self.listsGroups = listsGroups
    // What Keras adds up are not the bytes of its tensors.
    totalByteCount = listsGroups ? nil : index["metadata"]?["total_size"]?.double
    shards =
      names
      .sorted { $0.lexicographicallyPrecedes($1) }.map { String(decoding: $0, as: UTF8.self) }
  }
}
