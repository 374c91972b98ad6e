/// The header of a group, dataset or named type: its messages, those of continuations included.
///
/// Versions 1 and 2. Source: HDF5 File Format Specification 3.0, IV.A.1.
struct ObjectHeader {
  /// More messages than any object has.
  static let maximumMessageCount = 1 << 16

  private(set) var messages: [HeaderMessage] = []
  /// Continuations still to be read, and the places of those that were seen.
  private var pending: [(address: UInt64?, byteCount: UInt64)] = []
  private var seen: Set<UInt64> = []

  /// Reads the header at an address.
  ///
  /// - Throws: ``HDF5Error/Clause`` or `FileError`.
  init(at address: UInt64, in blocks: BlockReader) throws {
    var start = try blocks.block(at: address, byteCount: 4, of: .objectHeader)
    seen = [address]
    if try start.byte() == 1 {
      try readVersion1(at: address, in: blocks)
    } else {
      try readVersion2(at: address, in: blocks)
    }
  }

  /// The first message of a type.
  func message(_ type: HeaderMessage.Kind) -> HeaderMessage? {
    messages.first { $0.kind == type }
  }

  /// The first message of a type, which must be there.
  func required(_ type: HeaderMessage.Kind, as structure: HDF5Structure) throws -> HeaderMessage {
    guard let message = message(type) else { throw HDF5Error.Clause.missingMessage(structure) }
    return message
  }

  private mutating func readVersion1(at address: UInt64, in blocks: BlockReader) throws {
    var prefix = try blocks.block(at: address, byteCount: 16, of: .objectHeader)
    _ = try prefix.version(1...1)
    try prefix.skip(1)
    // The messages are counted over all blocks; the count may not be believed, but bounds.
    var remaining = try prefix.short()
    try prefix.skip(4)
    let byteCount = UInt64(try prefix.word())
    let (first, overflow) = address.addingReportingOverflow(16)
    pending = [(overflow ? nil : first, byteCount)]
    while let (address, byteCount) = pending.popLast() {
      var block = try blocks.block(at: address, byteCount: byteCount, of: .objectHeader)
      while remaining > 0, block.remaining >= 8 {
        remaining -= 1
        let type = try block.short()
        let count = try block.short()
        let flags = try block.byte()
        try block.skip(3)
        try add(type: type, flags: flags, body: try block.nested(count, of: .objectHeader))
      }
    }
  }

  private mutating func readVersion2(at address: UInt64, in blocks: BlockReader) throws {
    // Signature, version and flags; the prefix is at most 4 times 4, twice 2 and 8 bytes longer.
    var probe = try blocks.block(at: address, byteCount: 6, of: .objectHeader)
    try probe.signature("OHDR")
    _ = try probe.version(2...2)
    let flags = try probe.byte()
    let sizeWidth = 1 << (flags & 3)
    let prefixCount = 6 + (flags & 0x20 != 0 ? 16 : 0) + (flags & 0x10 != 0 ? 4 : 0) + sizeWidth
    var prefix = try blocks.block(at: address, byteCount: UInt64(prefixCount), of: .objectHeader)
    try prefix.skip(prefixCount - sizeWidth)
    let size = try prefix.integer(byteCount: sizeWidth)
    let (byteCount, overflow) = size.addingReportingOverflow(UInt64(prefixCount) + 4)
    guard !overflow else {
      throw HDF5Error.Clause.invalidField(.objectHeader, field: "its size", value: size)
    }
    let tracksOrder = flags & 4 != 0
    try readBlock(
      at: address, byteCount: byteCount, prefixCount: prefixCount, tracksOrder: tracksOrder,
      of: .objectHeader, in: blocks)
    while let (address, byteCount) = pending.popLast() {
      try readBlock(
        at: address, byteCount: byteCount, prefixCount: 4, tracksOrder: tracksOrder,
        of: .headerContinuation, in: blocks)
    }
  }

  /// One block of version 2: prefix, messages, a gap too small for a message, checksum.
  private mutating func readBlock(
    at address: UInt64?, byteCount: UInt64, prefixCount: Int, tracksOrder: Bool,
    of structure: HDF5Structure, in blocks: BlockReader
  ) throws {
    var block = try blocks.block(at: address, byteCount: byteCount, of: structure)
    guard byteCount >= UInt64(prefixCount) + 4 else { throw HDF5Error.Clause.tooShort(structure) }
    try block.requireChecksumAtEnd()
    try block.signature(structure == .objectHeader ? "OHDR" : "OCHK")
    try block.skip(prefixCount - 4)
    let headCount = tracksOrder ? 6 : 4
    while block.remaining - 4 >= headCount {
      let type = try block.byte()
      let count = try block.short()
      let flags = try block.byte()
      if tracksOrder { try block.skip(2) }
      guard count <= block.remaining - 4 else { throw HDF5Error.Clause.tooShort(structure) }
      try add(type: type, flags: flags, body: try block.nested(count, of: structure))
    }
  }

  private mutating func add(type: Int, flags: Int, body: FieldReader) throws {
    if type == HeaderMessage.Kind.continuation.rawValue {
      var body = body
      let address = try body.fileAddress()
      let byteCount = try body.length()
      if let address, !seen.insert(address).inserted {
        throw HDF5Error.Clause.circle(.headerContinuation)
      }
      pending.append((address, byteCount))
      return
    }
    guard let kind = HeaderMessage.Kind(rawValue: type) else {
      // Bit 7: who does not know the message must not go on.
      guard flags & 0x80 == 0 else { throw HDF5Error.Clause.unsupported(.message(type: type)) }
      return
    }
    guard messages.count < Self.maximumMessageCount else {
      throw HDF5Error.Clause.invalidField(
        .objectHeader, field: "the number of messages", value: UInt64(messages.count))
    }
    messages.append(HeaderMessage(kind: kind, isShared: flags & 2 != 0, body: body))
  }
}
