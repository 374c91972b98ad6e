import TensorStorage

/// The fixed 40 bytes in front of the JSON header; Specification.md, section 1.
struct WeightFilePreamble {
  /// The file's minor version.
  let minorVersion: UInt16
  /// Bytes of the JSON header.
  let headerByteCount: Int
  /// Bytes of the whole file.
  let fileByteCount: Int
  /// The checksum of the header.
  let headerChecksum: Checksum

  /// Where the JSON header ends.
  var headerEnd: Int { WeightFileFormat.preambleByteCount + headerByteCount }

  /// Where the tensor data begin.
  var dataStart: Int {
    let alignment = WeightFileFormat.dataAlignment
    return (headerEnd + alignment - 1) / alignment * alignment
  }

  /// Reads the preamble of a whole file in memory and checks rules 1 to 8.
  init(of file: UnsafeRawBufferPointer, path: String) throws(WeightFileError) {
    guard file.count >= WeightFileFormat.preambleByteCount else {
      // A file that begins as something else is better told so than measured.
      let magic = WeightFileFormat.magic.prefix(file.count)
      throw WeightFileError(
        path: path,
        file.starts(with: magic) ? .tooShort(byteCount: file.count) : .notAWeightFile)
    }
    func integer<T: FixedWidthInteger & BitwiseCopyable>(_ type: T.Type, at offset: Int) -> T {
      T(littleEndian: file.loadUnaligned(fromByteOffset: offset, as: type))
    }
    guard file.starts(with: WeightFileFormat.magic) else {
      throw WeightFileError(path: path, .notAWeightFile)
    }
    let majorVersion = integer(UInt16.self, at: 8)
    minorVersion = integer(UInt16.self, at: 10)
    guard majorVersion == WeightFileFormat.majorVersion else {
      throw WeightFileError(
        path: path, .unsupportedVersion(major: Int(majorVersion), minor: Int(minorVersion)))
    }
    let features = integer(UInt32.self, at: 12)
    guard features == 0 else { throw WeightFileError(path: path, .unknownFeatures(bits: features)) }
    let headerByteCount = integer(UInt64.self, at: 16)
    guard (2...UInt64(WeightFileFormat.maximumHeaderByteCount)).contains(headerByteCount) else {
      throw WeightFileError(path: path, .headerByteCount(headerByteCount))
    }
    self.headerByteCount = Int(headerByteCount)
    let fileByteCount = integer(UInt64.self, at: 24)
    guard fileByteCount == UInt64(file.count) else {
      throw WeightFileError(path: path, .fileByteCount(stated: fileByteCount, actual: file.count))
    }
    self.fileByteCount = file.count
    headerChecksum = Checksum(integer(UInt64.self, at: WeightFileFormat.checksumOffset))
    guard headerEnd <= file.count else {
      throw WeightFileError(
        path: path, .headerBeyondEnd(headerEnd: headerEnd, fileByteCount: file.count))
    }
    let actual = Self.checksum(ofHeader: UnsafeRawBufferPointer(rebasing: file[..<headerEnd]))
    guard actual == headerChecksum else {
      throw WeightFileError(path: path, .headerChecksum(stated: headerChecksum, actual: actual))
    }
  }

  /// The checksum over preamble and JSON without the checksum's own place.
  static func checksum(ofHeader header: UnsafeRawBufferPointer) -> Checksum {
    var stream = StreamingChecksum()
    stream.update(UnsafeRawBufferPointer(rebasing: header[..<WeightFileFormat.checksumOffset]))
    stream.update(UnsafeRawBufferPointer(rebasing: header[WeightFileFormat.preambleByteCount...]))
    return Checksum(stream.value)
  }

  /// Preamble and JSON header as they lie in the file.
  ///
  /// The versions are arguments because tests write files of later versions.
  static func header(
    json: [UInt8], fileByteCount: UInt64,
    majorVersion: UInt16 = WeightFileFormat.majorVersion,
    minorVersion: UInt16 = WeightFileFormat.minorVersion, features: UInt32 = 0
  ) -> [UInt8] {
    var header = WeightFileFormat.magic
    func append(_ value: some FixedWidthInteger) {
      withUnsafeBytes(of: value.littleEndian) { header.append(contentsOf: $0) }
    }
    append(majorVersion)
    append(minorVersion)
    append(features)
    append(UInt64(json.count))
    append(fileByteCount)
    append(UInt64(0))
    header += json
    let checksum = header.withUnsafeBytes { Self.checksum(ofHeader: $0) }
    withUnsafeBytes(of: checksum.value.littleEndian) {
      header.replaceSubrange(
        WeightFileFormat.checksumOffset..<WeightFileFormat.preambleByteCount, with: $0)
    }
    return header
  }
}
