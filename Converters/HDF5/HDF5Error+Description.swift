extension HDF5Error {
  /// What was found and what the format asks for.
  public var problem: String {
    switch clause {
    case .notHDF5: "is not an HDF5 file: its signature is missing"
    case .cut(let declared, let fileByteCount):
      "says that it ends at byte \(declared), but has \(fileByteCount) bytes"
    case .unknownVersion(let structure, let version):
      "\(structure.rawValue) has version \(version), which is not known"
    case .wrongSignature(let structure): "\(structure.rawValue) lacks its signature"
    case .wrongChecksum(let structure): "\(structure.rawValue) does not match its checksum"
    case .tooShort(let structure): "\(structure.rawValue) ends inside a field"
    case .beyondEnd(let structure, let fileByteCount):
      "\(structure.rawValue) lies beyond the end of the file at byte \(fileByteCount)"
    case .noAddress(let structure): "\(structure.rawValue) has no address"
    case .invalidField(let structure, let field, let value):
      "\(structure.rawValue) has the value \(value) for \(field)"
    case .circle(let structure): "\(structure.rawValue) leads back to itself"
    case .missingMessage(let structure): "the object lacks \(structure.rawValue)"
    case .tooMuchMetadata(let limit):
      "the description of groups and datasets has more than \(limit) bytes"
    case .unsupported(let feature): "uses \(feature.name), which is not read"
    case .link(let name, let feature):
      "the member \(name.quotedName) is \(feature.name), which is not followed"
    case .unusableName: "a member has no usable name"
    case .repeatedName(let name): "two members are called \(name.quotedName)"
    case .tooDeep(let limit): "groups are nested more than \(limit) deep"
    case .tooManyObjects(let limit):
      "the file has more than \(limit) groups and datasets, or names without end"
    case .sizeOverflow(let dimensions): "shape \(dimensions) has more bytes than can be counted"
    case .sizeMismatch(let byteCount, let expected):
      "the dataset stores \(byteCount) bytes, its shape asks for \(expected)"
    case .neverWritten(let byteCount):
      "the dataset's \(byteCount) bytes were never written; the format would fill them in"
    case .implausibleSize(let declared, let stored):
      "the dataset claims \(declared) bytes and stores \(stored)"
    case .chunkTooLarge(let byteCount):
      "the dataset has chunks of which \(byteCount) bytes would be read at once"
    case .misplacedChunk(let offset):
      "the chunk at \(offset) is listed twice or is no part of the dataset"
    case .damagedChunk(let filter): "a chunk cannot be unpacked (\(filter))"
    case .noSuchTensor: "there is no such dataset of numbers in the file"
    case .noSuchObject: "there is no such group or dataset in the file"
    case .attributeTooLarge(let name, let limit):
      "attribute \(name.printableName) has more than \(limit) bytes"
    case .attributeNotText(let name): "attribute \(name.printableName) is not UTF-8 text"
    case .attributeWrongType(let name, let expected):
      "attribute \(name.printableName) does not hold \(expected)"
    case .missingAttribute(let name): "attribute \(name.printableName) is missing"
    case .missingMember(let name): "the archive has no member \(name.quotedName)"
    case .missingWeight(let name):
      "the layer lists weight \(name.quotedName), which the file does not have"
    }
  }

  /// What to do about it.
  public var advice: String? {
    switch clause {
    case .notHDF5, .cut, .beyondEnd:
      "The file may have been cut or damaged; copy or download it again."
    case .link: "Write the checkpoint into one file of its own, without links."
    case .unsupported(.filter(let id)) where HDF5Feature.isPlugIn(filter: id):
      "Save it without the filter; where its plug-in is installed (HDF5_PLUGIN_PATH), this does so: "
        + "h5repack -l CONTI -f NONE in.h5 out.h5"
    case .unsupported, .unknownVersion, .neverWritten, .chunkTooLarge:
      "Rewrite it plainly: h5repack -l CONTI -f NONE in.h5 out.h5"
    case .missingMember:
      "Save the model again with Keras 3, which writes model.weights.h5 into the archive."
    case .missingAttribute, .missingWeight, .attributeWrongType:
      "This is not a weight file as Keras writes it."
    case .noSuchTensor, .noSuchObject: nil
    default: "The file is damaged or hostile; get it anew from its source."
    }
  }
}
