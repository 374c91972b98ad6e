import JSON
import TensorStorage

/// A checkpoint in several safetensors files beside an index that says which tensor is where.
///
/// The shards are what counts: every tensor in them is offered, and the index must agree with them.
/// What the index merely adds up (`total_size`), and tensors that it forgot, are noted and not
/// refused, for real indices err there.
public struct SafetensorsShards: TensorSource {
  /// The index's usual name in a folder.
  public static let indexName = "model.safetensors.index.json"

  /// The format's name for people.
  public let formatName = "sharded safetensors"
  /// The index as it was named.
  public let indexPath: String
  /// The shards in the order of their names.
  public let shards: [SafetensorsFile]
  /// Every tensor, shard after shard.
  public let tensors: [TensorDescription]
  /// What is odd about the index without being wrong, each a sentence without the full stop.
  public let notes: [String]

  private let shardByTensor: [[UInt8]: Int]

  /// Opens the index of a folder, and its shards.
  public init(folder: String) throws {
    try self.init(indexPath: folder + "/" + Self.indexName)
  }

  /// Opens an index and the shards beside it.
  ///
  /// - Throws: ``FileError``, ``JSONError``, ``SafetensorsError`` or ``SafetensorsIndexError``.
  public init(indexPath: String) throws {
    let index = try JSONValue(
      contentsOf: indexPath, maximumByteCount: SafetensorsHeader.maximumByteCount)
    let listed = try Self.weightMap(index, file: indexPath)
    let names = Set(listed.map { Array($0.shard.utf8) }).sorted { $0.lexicographicallyPrecedes($1) }
      .map { String(decoding: $0, as: UTF8.self) }
    let folder = indexPath.lastIndex(of: "/").map { String(indexPath[...$0]) } ?? ""
    var shards: [SafetensorsFile] = []
    for name in names {
      do {
        shards.append(try SafetensorsFile(path: folder + name))
      } catch let error as FileError where error.kind == .missingInput {
        throw SafetensorsIndexError(.missingShard(shard: name), file: indexPath)
      }
    }
    var shardByTensor: [[UInt8]: Int] = [:]
    for (position, shard) in shards.enumerated() {
      for tensor in shard.tensors {
        let name = Array(tensor.name.utf8)
        if let other = shardByTensor.updateValue(position, forKey: name) {
          throw SafetensorsIndexError(
            .tensorInTwoShards(tensor: tensor.name, first: names[other], second: names[position]),
            file: indexPath)
        }
      }
    }
    for (tensor, shard) in listed {
      let position = shardByTensor[Array(tensor.utf8)]
      guard let position, names[position] == shard else {
        throw SafetensorsIndexError(
          .tensorNotInShard(tensor: tensor, shard: shard), file: indexPath)
      }
    }
    self.indexPath = indexPath
    self.shards = shards
    self.shardByTensor = shardByTensor
    tensors = shards.flatMap(\.tensors)
    notes = Self.notes(index, listedCount: listed.count, tensors: tensors)
  }

  /// The shards' files.
  public var sourcePaths: [String] { shards.map(\.path) }

  /// The shards' `__metadata__`; where two differ, the first one's.
  public var metadata: [String: String] {
    shards.reduce(into: [:]) { $0.merge($1.metadata) { first, _ in first } }
  }

  /// Copies rows; see ``TensorSource``.
  public func readRows(
    _ rows: Range<Int>, of tensor: TensorDescription,
    into destination: UnsafeMutableRawBufferPointer
  ) throws {
    guard let position = shardByTensor[Array(tensor.name.utf8)] else {
      throw SafetensorsError(.noSuchTensor(tensor: tensor.name), file: indexPath)
    }
    try shards[position].readRows(rows, of: tensor, into: destination)
  }

  private static func weightMap(
    _ index: JSONValue, file: String
  ) throws(SafetensorsIndexError) -> [(tensor: String, shard: String)] {
    guard let members = index["weight_map"]?.object?.members else {
      throw SafetensorsIndexError(.noWeightMap, file: file)
    }
    var listed: [(tensor: String, shard: String)] = []
    listed.reserveCapacity(members.count)
    for (tensor, value) in members {
      guard let shard = value.string else {
        throw SafetensorsIndexError(.shardNotString(tensor: tensor), file: file)
      }
      let isPlain =
        !shard.isEmpty && shard != "." && shard != ".."
        && !shard.utf8.contains { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "\\") || $0 == 0 }
      guard isPlain else {
        throw SafetensorsIndexError(.notPlainFileName(tensor: tensor, shard: shard), file: file)
      }
      listed.append((tensor, shard))
    }
    return listed
  }

  private static func notes(
    _ index: JSONValue, listedCount: Int, tensors: [TensorDescription]
  ) -> [String] {
    var notes: [String] = []
    // The shards' data lies in files, so its sum does not come near overflowing.
    let byteCount = tensors.reduce(0) { $0 + $1.byteCount }
    if let total = index["metadata"]?["total_size"]?.double, total != Double(byteCount) {
      let given = Int(exactly: total).map { "\($0)" } ?? "\(total)"
      notes.append("the index gives a total_size of \(given) bytes, the shards hold \(byteCount)")
    }
    if listedCount < tensors.count {
      notes.append("\(tensors.count - listedCount) tensors of the shards are not in the index")
    }
    return notes
  }
}
