/// One member of a zip archive: its headers as bytes.
///
/// Members are stored, not compressed, with their sizes and checksum behind the data (flag bit 3)
/// so that data streams through once, and names in UTF-8 (bit 11). From 4 GiB on, sizes and offsets
/// move into the zip64 extra field. An extra field "FB" pads each local header so that data begins
/// on a multiple of 64 bytes and can be mapped.
///
/// Source: PKWARE APPNOTE 6.3, and `caffe2/serialize/inline_container.cc` for the field "FB".
package struct ZipRecord {
  static let flags = 0x0808
  /// Data begins on multiples of so many bytes.
  package static let dataAlignment = 64
  /// 1 January 1980, the first day that zip can express.
  private static let date = 0x0021
  private static let saturated = 0xFFFF_FFFF

  /// The name in UTF-8.
  package let name: [UInt8]
  let byteCount: Int
  /// Where the local header begins in the archive.
  let offset: Int
  /// CRC-32 of the data.
  package internal(set) var checksum: UInt32 = 0

  private var hasLargeSize: Bool { byteCount >= Self.saturated }
  private var hasLargeOffset: Bool { offset >= Self.saturated }

  /// What precedes the data; ends on a multiple of 64 bytes.
  var localHeader: [UInt8] {
    var extra = LittleEndianBytes()
    if hasLargeSize {
      extra.append(1, byteCount: 2)
      extra.append(16, byteCount: 2)
      extra.append(0, byteCount: 16)  // the sizes follow the data
    }
    let unpadded = offset + 30 + name.count + extra.bytes.count + 4
    let padding =
      (Self.dataAlignment - unpadded % Self.dataAlignment) % Self.dataAlignment
    extra.bytes += "FB".utf8
    extra.append(padding, byteCount: 2)
    extra.bytes += [UInt8](repeating: UInt8(ascii: "Z"), count: padding)

    var header = LittleEndianBytes()
    header.append(0x0403_4B50, byteCount: 4)
    header.append(hasLargeSize ? 45 : 20, byteCount: 2)
    header.append(Self.flags, byteCount: 2)
    header.append(0, byteCount: 2)  // stored
    header.append(0, byteCount: 2)  // time
    header.append(Self.date, byteCount: 2)
    header.append(0, byteCount: 4)  // checksum: behind the data
    header.append(hasLargeSize ? Self.saturated : 0, byteCount: 4)
    header.append(hasLargeSize ? Self.saturated : 0, byteCount: 4)
    header.append(name.count, byteCount: 2)
    header.append(extra.bytes.count, byteCount: 2)
    return header.bytes + name + extra.bytes
  }

  /// What follows the data.
  var dataDescriptor: [UInt8] {
    var descriptor = LittleEndianBytes()
    descriptor.append(0x0807_4B50, byteCount: 4)
    descriptor.append(Int(checksum), byteCount: 4)
    descriptor.append(byteCount, byteCount: hasLargeSize ? 8 : 4)
    descriptor.append(byteCount, byteCount: hasLargeSize ? 8 : 4)
    return descriptor.bytes
  }

  /// The member's entry in the archive's directory.
  var centralHeader: [UInt8] {
    var large = LittleEndianBytes()
    if hasLargeSize {
      large.append(byteCount, byteCount: 8)
      large.append(byteCount, byteCount: 8)
    }
    if hasLargeOffset { large.append(offset, byteCount: 8) }
    var extra = LittleEndianBytes()
    if !large.bytes.isEmpty {
      extra.append(1, byteCount: 2)
      extra.append(large.bytes.count, byteCount: 2)
      extra.bytes += large.bytes
    }
    let version = large.bytes.isEmpty ? 20 : 45

    var header = LittleEndianBytes()
    header.append(0x0201_4B50, byteCount: 4)
    header.append(version, byteCount: 2)
    header.append(version, byteCount: 2)
    header.append(Self.flags, byteCount: 2)
    header.append(0, byteCount: 2)  // stored
    header.append(0, byteCount: 2)  // time
    header.append(Self.date, byteCount: 2)
    header.append(Int(checksum), byteCount: 4)
    header.append(min(byteCount, Self.saturated), byteCount: 4)
    header.append(min(byteCount, Self.saturated), byteCount: 4)
    header.append(name.count, byteCount: 2)
    header.append(extra.bytes.count, byteCount: 2)
    header.append(0, byteCount: 10)  // comment, disk, attributes
    header.append(min(offset, Self.saturated), byteCount: 4)
    return header.bytes + name + extra.bytes
  }

  /// What closes an archive: the zip64 end record with its locator, always, as PyTorch writes them,
  /// and the end record.
  static func end(recordCount: Int, directoryOffset: Int, directoryByteCount: Int) -> [UInt8] {
    var end = LittleEndianBytes()
    end.append(0x0606_4B50, byteCount: 4)
    end.append(44, byteCount: 8)
    end.append(45, byteCount: 2)
    end.append(45, byteCount: 2)
    end.append(0, byteCount: 8)  // disks
    end.append(recordCount, byteCount: 8)
    end.append(recordCount, byteCount: 8)
    end.append(directoryByteCount, byteCount: 8)
    end.append(directoryOffset, byteCount: 8)

    end.append(0x0706_4B50, byteCount: 4)
    end.append(0, byteCount: 4)
    end.append(directoryOffset + directoryByteCount, byteCount: 8)
    end.append(1, byteCount: 4)

    end.append(0x0605_4B50, byteCount: 4)
    end.append(0, byteCount: 4)  // disks
    end.append(min(recordCount, 0xFFFF), byteCount: 2)
    end.append(min(recordCount, 0xFFFF), byteCount: 2)
    end.append(min(directoryByteCount, saturated), byteCount: 4)
    end.append(min(directoryOffset, saturated), byteCount: 4)
    end.append(0, byteCount: 2)
    return end.bytes
  }
}

/// Numbers appended least significant byte first.
struct LittleEndianBytes {
  var bytes: [UInt8] = []

  /// Appends the low `byteCount` bytes; beyond eight come zeros.
  mutating func append(_ value: Int, byteCount: Int) {
    for index in 0..<byteCount {
      bytes.append(index < 8 ? UInt8(truncatingIfNeeded: value >> (index * 8)) : 0)
    }
  }
}
