/// One message of an object header: a kind and its fields, which may be kept in another object.
struct HeaderMessage {
  /// The kinds that a reader of weights looks at, by their numbers; others are passed over.
  enum Kind: Int {
    case dataspace = 0x01
    case linkInformation = 0x02
    case datatype = 0x03
    case oldFillValue = 0x04
    case fillValue = 0x05
    case link = 0x06
    case externalFiles = 0x07
    case layout = 0x08
    case filters = 0x0B
    case attribute = 0x0C
    case continuation = 0x10
    case symbolTable = 0x11
    case attributeInformation = 0x15
  }

  let kind: Kind
  /// Whether the body only says where the message is.
  let isShared: Bool
  let body: FieldReader

  /// The message's own fields, fetched from the object that keeps them where it is shared.
  ///
  /// - Throws: ``HDF5Error/Clause`` or `FileError`.
  func fields(
    of structure: HDF5Structure, in blocks: BlockReader
  ) throws -> FieldReader {
    guard isShared else { return body.renamed(structure) }
    return try Self.shared(kind, body, of: structure, in: blocks)
  }

  /// A message that another object keeps, by its own fields' stand-in.
  ///
  /// Source: HDF5 File Format Specification 3.0, IV.A.2 (shared message).
  static func shared(
    _ kind: Kind, _ reference: FieldReader, of structure: HDF5Structure, in blocks: BlockReader
  ) throws -> FieldReader {
    var reference = reference.renamed(.sharedMessage)
    let version = try reference.version(2...3)
    let type = try reference.byte()
    guard version == 2 || type == 2 else {
      throw HDF5Error.Clause.unsupported(.sharedMessageTable)
    }
    guard let address = try reference.fileAddress() else {
      throw HDF5Error.Clause.noAddress(.sharedMessage)
    }
    let owner = try ObjectHeader(at: address, in: blocks)
    // What is kept for others is not itself kept elsewhere: no chain, so no circle.
    guard let message = owner.message(kind), !message.isShared else {
      throw HDF5Error.Clause.missingMessage(structure)
    }
    return message.body.renamed(structure)
  }
}
