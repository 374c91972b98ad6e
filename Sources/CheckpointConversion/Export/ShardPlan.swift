import JSON
import TensorStorage

/// How an export's tensors are divided among files of bounded size.
///
/// Tensors go into files in the order of their names; a file is closed before the tensor that would make
/// it too large, and a tensor that is too large alone has a file alone, which comes before the one that
/// is open. A second name is in the file of its tensor.
///
/// Source: `huggingface_hub/serialization/_base.py` (2.4), `split_state_dict_into_shards_factory`;
/// the same tensors are divided in the same way. transformers 5.23 sorts them before.
struct ShardPlan {
  /// One file.
  struct Shard {
    let name: String
    let tensors: [ForeignTensor]
  }

  /// The files, one at least.
  let shards: [Shard]
  /// The file that tells which tensor is where; `nil` when there is but one.
  let index: (name: String, json: JSONValue)?

  /// Divides tensors.
  ///
  /// - Parameter maximumByteCount: of the tensors of a file; `nil` for a single one.
  init(_ tensors: [ForeignTensor], names: ShardNames, maximumByteCount: Int?) {
    let parts = maximumByteCount.map { Self.parts(of: tensors, maximumByteCount: $0) } ?? []
    guard parts.count > 1 else {
      shards = [Shard(name: names.whole, tensors: tensors)]
      index = nil
      return
    }
    shards = parts.enumerated().map { number, tensors in
      Shard(name: names.shard(number + 1, of: parts.count), tensors: tensors)
    }
    index = (names.index, Self.json(of: shards))
  }

  private static func parts(
    of tensors: [ForeignTensor], maximumByteCount: Int
  ) -> [[ForeignTensor]] {
    var parts: [[ForeignTensor]] = []
    var open: [ForeignTensor] = []
    var openByteCount = 0
    let sorted = tensors.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    for tensor in sorted where tensor.sharedWith == nil {
      let byteCount = tensor.storedByteCount
      if byteCount > maximumByteCount {
        parts.append([tensor])
        continue
      }
      if byteCount > maximumByteCount - openByteCount {
        parts.append(open)
        (open, openByteCount) = ([], 0)
      }
      open.append(tensor)
      openByteCount += byteCount
    }
    if !open.isEmpty { parts.append(open) }
    for tensor in tensors {
      guard let owner = tensor.sharedWith,
        let part = parts.firstIndex(where: { $0.contains { $0.name == owner } })
      else { continue }
      parts[part].append(tensor)
    }
    return parts
  }

  /// The index; members are sorted as transformers sorts them.
  private static func json(of shards: [Shard]) -> JSONValue {
    let tensors = shards.flatMap(\.tensors).filter { $0.sharedWith == nil }
    var files: [(tensor: String, file: String)] = []
    for shard in shards { files += shard.tensors.map { ($0.name, shard.name) } }
    var map = JSONObject()
    for (tensor, file) in files.sorted(by: { left, right in
      left.tensor.utf8.lexicographicallyPrecedes(right.tensor.utf8)
    }) {
      map[tensor] = .string(file)
    }
    return [
      "metadata": [
        "total_parameters": .integer(tensors.reduce(0) { $0 + $1.shape.elementCount }),
        "total_size": .integer(tensors.reduce(0) { $0 + $1.storedByteCount }),
      ],
      "weight_map": .object(map),
    ]
  }
}
