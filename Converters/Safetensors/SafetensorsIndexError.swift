import TensorStorage

/// The index of a sharded checkpoint and its shards do not fit together.
public struct SafetensorsIndexError: DescribedError {
  /// The rule that was broken.
  public enum Clause: Sendable {
    /// No object `weight_map`.
    case noWeightMap
    /// A value of `weight_map` that is not a string.
    case shardNotString(tensor: String)
    /// A shard that is not a plain file name in the index's own folder.
    case notPlainFileName(tensor: String, shard: String)
    /// A shard that the index names and the folder lacks.
    case missingShard(shard: String)
    /// A tensor that is not in the shard where the index has it.
    case tensorNotInShard(tensor: String, shard: String)
    /// One tensor in two shards.
    case tensorInTwoShards(tensor: String, first: String, second: String)
  }

  /// The index file as it was named.
  public let file: String
  /// The rule that was broken.
  public let clause: Clause

  init(_ clause: Clause, file: String) {
    self.clause = clause
    self.file = file
  }

  /// Missing input where a shard is missing, bad data otherwise.
  public var kind: FailureKind {
    if case .missingShard = clause { .missingInput } else { .badData }
  }

  /// The index file.
  public var place: String? { file }

  /// What was found and what the format asks for.
  public var problem: String {
    let quoted = SafetensorsError.quoted
    return switch clause {
    case .noWeightMap: "the index has no weight_map from tensors to files"
    case .shardNotString(let tensor): "weight_map gives no file name for tensor \(quoted(tensor))"
    case .notPlainFileName(let tensor, let shard):
      "weight_map puts tensor \(quoted(tensor)) into \(quoted(shard)), "
        + "which is not a plain file name"
    case .missingShard(let shard): "the file \(quoted(shard)) that the index names is missing"
    case .tensorNotInShard(let tensor, let shard):
      "tensor \(quoted(tensor)) is not in \(quoted(shard)), where the index has it"
    case .tensorInTwoShards(let tensor, let first, let second):
      "tensor \(quoted(tensor)) is in \(quoted(first)) and in \(quoted(second))"
    }
  }

  /// What to do about it.
  public var advice: String? {
    switch clause {
    case .missingShard: "Download it into the folder of the index."
    case .notPlainFileName: "Shards lie beside their index; a path elsewhere is not followed."
    default: "Index and shards may be of different downloads; get them anew from their source."
    }
  }
}
