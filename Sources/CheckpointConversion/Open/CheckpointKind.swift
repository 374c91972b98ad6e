import TensorFlowCheckpoint
import TensorStorage

/// What a file is, told by its first bytes and never by its name.
package enum CheckpointKind: Sendable, Hashable {
  case native
  case safetensors
  case hdf5
  /// A zip archive in which Keras 3 saves a model.
  case kerasArchive
  /// A JSON object: an index of shards, a configuration, or something else.
  case json
  /// PyTorch's form of today, or one of Keras's whose first member does not tell.
  case zipArchive
  /// PyTorch's stream form.
  case pickle
  /// PyTorch's first form.
  case tarArchive
  /// The index of a TensorFlow checkpoint, whose data files lie beside it.
  case tensorFlowIndex
  case gguf
  case onnx
  /// A zip archive of arrays, NumPy's `.npz`.
  case numPyArchive
  case gitLFSPointer
  case webPage
  case empty
  case unknown

  /// Bytes from the front of a file that are enough to tell.
  static let prefixByteCount = 4096
  /// The front of a native file's magic, up to the bytes that a transfer as text would change.
  static let nativeMagic: [UInt8] = [0x89, 0x52, 0x4D, 0x54, 0x57]

  /// Members of Keras's archives, whichever comes first.
  private static let kerasMembers = ["metadata.json", "config.json", "model.weights.h5"]

  /// Tells a file's kind.
  ///
  /// - Throws: `FileError` when the file cannot be read.
  package init(ofFile path: String) throws(FileError) {
    let file = try RandomAccessFile(path: path)
    let end = file.byteCount
    self.init(
      prefix: try file.bytes(in: 0..<min(end, Self.prefixByteCount)),
      suffix: try file.bytes(in: max(0, end - TensorFlowIndexFooter.byteCount)..<end))
  }

  /// Tells the kind of a file that begins and ends with these bytes.
  package init(prefix: [UInt8], suffix: [UInt8] = []) {
    func begins(with text: String, at offset: Int = 0) -> Bool {
      prefix.dropFirst(offset).starts(with: text.utf8)
    }
    let text = prefix.drop { $0 == 0x20 || (0x09...0x0D).contains($0) }
    let lowercaseText = text.prefix(64).map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
    // HDF5 may stand behind a user block of 512, 1024, 2048 … bytes.
    let isHDF5 = [0, 512, 1024, 2048].contains { offset in
      prefix.dropFirst(offset).starts(with: [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A])
    }
    // A safetensors header is JSON behind its length; white space in front of it is tolerated.
    let header = prefix.dropFirst(8).first { !($0 == 0x20 || (0x09...0x0D).contains($0)) }
    // A model begins with its version, field 1, and another small field; a header of safetensors
    // that began so would be longer than any is.
    let isONNX =
      prefix.count > 8 && prefix[0] == 0x08 && (1...64).contains(prefix[1])
      && [0x12, 0x1A, 0x22, 0x2A, 0x32, 0x3A, 0x42, 0x72].contains(prefix[2])
      && !prefix[4..<8].allSatisfy { $0 == 0 }
    let isText = prefix.allSatisfy { $0 >= 0x20 || (0x09...0x0D).contains($0) }
    self =
      if prefix.isEmpty {
        .empty
      } else if prefix.starts(with: Self.nativeMagic) {
        .native
      } else if isHDF5 {
        .hdf5
      } else if begins(with: "version https://git-lfs") {
        .gitLFSPointer
      } else if lowercaseText.starts(with: "<!doctype".utf8)
        || lowercaseText.starts(with: "<html".utf8)
      {
        .webPage
      } else if begins(with: "GGUF") {
        .gguf
      } else if isONNX {
        .onnx
      } else if begins(with: "PK\u{3}\u{4}") {
        // The first member's name stands behind a header of 30 bytes.
        Self.kerasMembers.contains { begins(with: $0, at: 30) }
          ? .kerasArchive : Self.isArray(member: prefix) ? .numPyArchive : .zipArchive
      } else if begins(with: "ustar", at: 257) {
        .tarArchive
      } else if prefix[0] == 0x80 && prefix.count > 1 && (1...5).contains(prefix[1])
        && header != 0x7B
      {
        .pickle
      } else if TensorFlowIndexFooter.matches(suffix) {
        .tensorFlowIndex
      } else if isText && text.first == 0x7B {
        .json
      } else if header == 0x7B {
        .safetensors
      } else {
        .unknown
      }
  }

  /// Whether an archive's first member is an array of NumPy's, by the ending of its name.
  private static func isArray(member header: [UInt8]) -> Bool {
    guard header.count >= 30 else { return false }
    let end = 30 + Int(header[26]) + Int(header[27]) << 8
    return end <= header.count && header[30..<end].suffix(4).elementsEqual(".npy".utf8)
  }
}
