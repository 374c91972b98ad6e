import TensorStorage

/// The index of a sharded checkpoint and its shards do not fit together.
public struct ShardIndexError: DescribedError {
  /// The rule that was broken.
  public enum Clause: Sendable, Hashable {
    /// No object `weight_map`, or an empty one.
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
    /// A tensor that is asked for and is in none of the shards.
    case noSuchTensor(tensor: String)
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
    switch clause {
    case .noWeightMap: "the index has no weight_map from tensors to files, or an empty one"
    case .shardNotString(let tensor):
      "weight_map gives no file name for tensor \(tensor.quotedName)"
    case .notPlainFileName(let tensor, let shard):
      "weight_map puts tensor \(tensor.quotedName) into \(shard.quotedName), "
        + "which is not a plain file name"
    case .missingShard(let shard): "the file \(shard.quotedName) that the index names is missing"
    case .tensorNotInShard(let tensor, let shard):
      "tensor \(tensor.quotedName) is not in \(shard.quotedName), where the index has it"
    case .tensorInTwoShards(let tensor, let first, let second):
      "tensor \(tensor.quotedName) is in \(first.quotedName) and in \(second.quotedName)"
    case .noSuchTensor(let tensor): "no shard has a tensor \(tensor.quotedName)"
    }
  }

  /// What to do about it.
  public var advice: String? {
    switch clause {
    case .noSuchTensor: nil
    case .missingShard: "Download it into the folder of the index."
    case .notPlainFileName: "Shards lie beside their index; a path elsewhere is not followed."
    default: "Index and shards may be of different downloads; get them anew from their source."
    }
  }
}
