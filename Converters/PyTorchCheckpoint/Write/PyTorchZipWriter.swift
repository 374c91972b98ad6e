import TensorStorage
import ZipArchive

/// Writes a state dict as `torch.save` does, for `torch.load` with or without `weights_only`.
///
/// The file is a zip archive of stored members: the pickled names and shapes, one member a storage
/// on a 64-byte boundary, and a few marks of version. It streams out, appears whole or not at all,
/// and the same tensors give the same bytes under any file name.
///
/// Declare all entries, then write the bytes of each storage in the order of ``tensors``, in pieces
/// of any size that do not reach into the next one, and finish.
///
/// Source: `torch/serialization.py` and `caffe2/serialize/inline_container.cc` (PyTorch 2.13).
public struct PyTorchZipWriter: TensorWriter, ~Copyable {
  /// A name in the state dict.
  public struct Entry: Sendable, Hashable {
    /// Name, type and shape.
    public let tensor: TensorDescription
    /// Another entry's name when both are one tensor in memory, as a tied decoder and the word
    /// embeddings are; `nil` when the entry has a storage of its own.
    public let sharedWith: String?

    /// An entry.
    public init(_ tensor: TensorDescription, sharedWith: String? = nil) {
      self.tensor = tensor
      self.sharedWith = sharedWith
    }
  }

  /// The entries with storages of their own, in the order in which their bytes must be written.
  public let tensors: [TensorDescription]

  private var archive: ZipArchiveWriter
  private var turns: TensorTurns
  private static let folder = "archive/"

  /// Writes everything that precedes the storages.
  ///
  /// - Parameters:
  ///   - path: the file's final name, usually `pytorch_model.bin`.
  ///   - collision: what to do when it is taken.
  ///   - entries: the state dict in its order.
  /// - Throws: ``PyTorchCheckpointError`` when the entries cannot be a state dict, or ``FileError``.
  public init(
    path: String, collision: AtomicFileWriter.Collision, entries: [Entry]
  ) throws {
    let (storages, entries) = try Self.assignStorages(entries, file: path)
    var archive = try ZipArchiveWriter(path: path, collision: collision)
    try archive.add(Self.folder + "data.pkl", StateDictPickle.bytes(of: entries))
    try archive.add(Self.folder + ".format_version", Array("1".utf8))
    try archive.add(Self.folder + ".storage_alignment", Array("\(ZipRecord.dataAlignment)".utf8))
    try archive.add(Self.folder + "byteorder", Array("little".utf8))
    if let first = storages.first {
      try archive.begin(Self.folder + "data/0", byteCount: first.byteCount)
    }
    tensors = storages
    self.archive = archive
    turns = TensorTurns(byteCounts: storages.map(\.byteCount))
  }

  /// Appends bytes to the storage whose turn it is.
  ///
  /// - Throws: ``FileError``.
  public mutating func write(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
    guard bytes.count > 0 else { return }
    try endFinishedStorages()
    turns.take(bytes.count)
    try archive.write(bytes)
  }

  /// Writes what follows the storages and puts the file in place.
  ///
  /// - Throws: ``FileError``; the name then still holds what it held before.
  public consuming func finish() throws(FileError) {
    try endFinishedStorages()
    turns.checkFinished()
    try archive.add(Self.folder + "version", Array("3\n".utf8))
    let identifier = Self.serializationIdentifier(archive.records)
    try archive.add(Self.folder + ".data/serialization_id", Array(identifier.utf8))
    try archive.finish()
  }

  /// Closes a full storage and opens the next one, past storages without bytes.
  private mutating func endFinishedStorages() throws(FileError) {
    while let position = turns.end() {
      try archive.end()
      let next = position + 1
      if next < tensors.count {
        try archive.begin(Self.folder + "data/\(next)", byteCount: tensors[next].byteCount)
      }
    }
  }

  private static func assignStorages(
    _ entries: [Entry], file: String
  ) throws(PyTorchCheckpointError) -> (
    storages: [TensorDescription], tensors: [(tensor: TensorDescription, storage: Int)]
  ) {
    var storages: [TensorDescription] = []
    var storageByName: [[UInt8]: Int] = [:]
    for entry in entries where entry.sharedWith == nil {
      let tensor = entry.tensor
      guard StateDictPickle.storageClass(of: tensor.elementType) != nil else {
        throw PyTorchCheckpointError(
          .unsupportedElementType(tensor.elementType), of: tensor.name, file: file)
      }
      storageByName[Array(tensor.name.utf8)] = storages.count
      storages.append(tensor)
    }
    var seen: Set<[UInt8]> = []
    var tensors: [(tensor: TensorDescription, storage: Int)] = []
    for entry in entries {
      let tensor = entry.tensor
      guard seen.insert(Array(tensor.name.utf8)).inserted else {
        throw PyTorchCheckpointError(.repeatedName, of: tensor.name, file: file)
      }
      let owner = entry.sharedWith ?? tensor.name
      guard let storage = storageByName[Array(owner.utf8)] else {
        throw PyTorchCheckpointError(.noSuchStorage(name: owner), of: tensor.name, file: file)
      }
      guard
        storages[storage].elementType == tensor.elementType,
        storages[storage].shape.elementCount == tensor.shape.elementCount
      else {
        throw PyTorchCheckpointError(.storageDiffers(name: owner), of: tensor.name, file: file)
      }
      tensors.append((tensor, storage))
    }
    return (storages, tensors)
  }

  /// Forty digits that depend on the content alone: a checksum of the members' names, and one of
  /// their checksums.
  private static func serializationIdentifier(_ records: [ZipRecord]) -> String {
    let names = records.flatMap(\.name)
    let checksums = records.flatMap { record in
      (0..<4).map { UInt8(truncatingIfNeeded: record.checksum >> UInt32($0 * 8)) }
    }
    return [names, checksums].map { bytes in
      let digits = String(bytes.withUnsafeBytes { ZipChecksum.value(of: $0, after: 0) })
      return String(repeating: "0", count: 20 - digits.utf8.count) + digits
    }.joined()
  }
}
