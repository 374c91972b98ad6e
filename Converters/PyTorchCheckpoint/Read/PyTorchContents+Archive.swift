import TensorStorage
import ZipArchive

/// The zip form: `X/data.pkl`, `X/data/KEY` for each storage, and a few marks of version, where X is
/// `archive` or the name under which the file was saved.
///
/// Source: `torch/serialization.py` and `caffe2/serialize/inline_container.cc` (PyTorch 2.13).
extension PyTorchContents {
  /// Reads the directory and the pickle of an archive.
  ///
  /// - Throws: ``PyTorchFileError``, ``PickleError``, `ZipError` or `FileError`.
  init(archive file: RandomAccessFile) throws {
    let archive = try ZipArchive(file)
    let folder = try Self.folder(of: archive)
    guard let pickle = archive.member(named: folder + "data.pkl") else {
      throw PyTorchFileError(.noPickle, file: file.path)
    }
    // A pickle small enough is compared with its checksum; the reader itself has no use for a whole.
    if pickle.byteCount <= Self.checkedByteCount {
      _ = try archive.bytes(of: pickle, maximumByteCount: Self.checkedByteCount)
    }
    var reader = PickleReader(file, range: try archive.range(of: pickle))
    root = try reader.next()
    heap = reader.heap
    formatName = "PyTorch archive"
    isBigEndian = try Self.isBigEndian(archive, folder: folder)
    locate = { key in
      try archive.member(named: folder + "data/" + key).map { try archive.range(of: $0) }
    }
  }

  private static let checkedByteCount = 16 << 20

  /// The one top folder that holds a pickle, with its slash.
  private static func folder(of archive: ZipArchive) throws(PyTorchFileError) -> String {
    var found: String?
    for member in archive.members {
      let parts = member.name.split(separator: "/", omittingEmptySubsequences: false)
      guard parts.count >= 2 else { continue }
      // TorchScript's archives have the pickle of their constants and their code beside it.
      if parts[1] == "constants.pkl" || (parts[1] == "code" && parts.count > 2) {
        throw PyTorchFileError(.torchScript, file: archive.file.path)
      }
      guard parts.count == 2, parts[1] == "data.pkl" else { continue }
      if let found {
        throw PyTorchFileError(
          .severalPickles(first: found + "data.pkl", second: member.name),
          file: archive.file.path)
      }
      found = parts[0] + "/"
    }
    guard let found else { throw PyTorchFileError(.noPickle, file: archive.file.path) }
    return found
  }

  /// Archives without the mark are of machines with the least significant byte first.
  private static func isBigEndian(_ archive: ZipArchive, folder: String) throws -> Bool {
    guard let member = archive.member(named: folder + "byteorder") else { return false }
    switch try archive.bytes(of: member, maximumByteCount: 64) {
    case Array("little".utf8): return false
    case Array("big".utf8): return true
    default: throw PyTorchFileError(.unknownByteOrder, file: archive.file.path)
    }
  }
}
