/// The members of a group, by either of the two ways in which groups list them.
///
/// An older group has a B-tree of symbol table nodes over a heap of names; a newer one keeps its
/// links as messages. Source: HDF5 File Format Specification 3.0, III.A–D and IV.A.2.
struct GroupMembers {
  /// A member: its name and its object header.
  struct Member {
    let name: String
    let address: UInt64
  }

  /// The members in the order of their names' bytes.
  private(set) var members: [Member] = []

  /// Whether an object with that header is a group.
  static func isGroup(_ header: ObjectHeader) -> Bool {
    header.messages.contains { [.symbolTable, .linkInformation, .link].contains($0.kind) }
  }

  /// Lists the members.
  ///
  /// - Throws: ``HDF5Error/Clause`` or `FileError`.
  init(of header: ObjectHeader, in blocks: BlockReader) throws {
    for message in header.messages {
      switch message.kind {
      case .symbolTable:
        try SymbolTable(message.body.renamed(.symbolTable), in: blocks).forEach { name, address in
          try add(name, address)
        }
      case .linkInformation: try requireCompact(message.body.renamed(.linkInformation))
      case .link: try addLink(message.fields(of: .linkMessage, in: blocks))
      default: break
      }
    }
    members.sort { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    for (member, next) in zip(members, members.dropFirst())
    where member.name.utf8.elementsEqual(next.name.utf8) {
      throw HDF5Error.Clause.repeatedName(name: member.name)
    }
  }

  private mutating func add(_ bytes: ArraySlice<UInt8>, _ address: UInt64) throws {
    members.append(Member(name: try Self.name(bytes), address: address))
  }

  /// A name that can be a part of a path.
  static func name(_ bytes: ArraySlice<UInt8>) throws(HDF5Error.Clause) -> String {
    guard let name = String(validating: bytes, as: UTF8.self), !name.isEmpty, name != ".",
      !bytes.contains(UInt8(ascii: "/")), !bytes.contains(0)
    else { throw .unusableName }
    return name
  }

  /// Links lie in the header until there are too many of them.
  private func requireCompact(_ information: FieldReader) throws {
    var fields = information
    _ = try fields.version(0...0)
    let flags = try fields.byte()
    if flags & 1 != 0 { try fields.skip(8) }
    guard try fields.fileAddress() == nil else { throw HDF5Error.Clause.unsupported(.denseGroup) }
  }

  private mutating func addLink(_ message: FieldReader) throws {
    var fields = message
    _ = try fields.version(1...1)
    let flags = try fields.byte()
    let type = flags & 8 != 0 ? try fields.byte() : 0
    if flags & 4 != 0 { try fields.skip(8) }
    if flags & 0x10 != 0 { try fields.skip(1) }
    let count = try fields.integer(byteCount: 1 << (flags & 3))
    let name = try fields.take(Int(clamping: count))
    switch type {
    case 0:
      guard let address = try fields.fileAddress() else {
        throw HDF5Error.Clause.noAddress(.objectHeader)
      }
      try add(name, address)
    case 1: throw HDF5Error.Clause.link(name: try Self.name(name), .softLink)
    case 64: throw HDF5Error.Clause.link(name: try Self.name(name), .externalLink)
    default: throw HDF5Error.Clause.link(name: try Self.name(name), .userLink(type: type))
    }
  }
}
