extension ObjectHeader {
  /// The attribute of that name; `nil` when the object has none.
  ///
  /// - Throws: ``HDF5Error/Clause`` or `FileError`; ``HDF5Error/Clause/unsupported(_:)`` where the
  ///   attribute may be in a fractal heap.
  func attribute(named name: String, in blocks: BlockReader) throws -> HDF5Attribute? {
    for message in messages where message.kind == .attribute {
      let attribute = try AttributeMessage(message.fields(of: .attribute, in: blocks))
      if attribute.name.elementsEqual(name.utf8) {
        return try attribute.attribute(in: blocks, name: name)
      }
    }
    try requireCompactAttributes()
    return nil
  }

  /// Attributes lie in the header until there are too many of them.
  private func requireCompactAttributes() throws(HDF5Error.Clause) {
    guard let information = message(.attributeInformation) else { return }
    var fields = information.body.renamed(.attributeInformation)
    _ = try fields.version(0...0)
    let flags = try fields.byte()
    if flags & 1 != 0 { try fields.skip(2) }
    guard try fields.fileAddress() == nil else { throw .unsupported(.denseAttributes) }
  }
}
