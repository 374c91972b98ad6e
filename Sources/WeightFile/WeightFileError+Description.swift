extension WeightFileError {
  /// Which rule was broken, and where.
  public var problem: String {
    switch clause {
    case .tooShort(let byteCount):
      "\(byteCount) bytes, expected at least \(WeightFileFormat.preambleByteCount)"
    case .notAWeightFile:
      "not a weight file: the first 8 bytes are not those of the format"
    case .unsupportedVersion(let major, let minor):
      "format version \(major).\(minor), expected \(WeightFileFormat.majorVersion).x"
    case .unknownFeatures(let bits):
      "the file needs features (bits 0x\(String(bits, radix: 16))) that this version lacks"
    case .headerByteCount(let count):
      "a header of \(count) bytes, expected 2 to \(WeightFileFormat.maximumHeaderByteCount)"
    case .fileByteCount(let stated, let actual):
      UInt64(actual) < stated
        ? "\(actual) of \(stated) bytes are there: the file was cut short"
        : "\(actual) bytes, expected \(stated): something was appended"
    case .headerBeyondEnd(let headerEnd, let fileByteCount):
      "the header ends at byte \(headerEnd), beyond the file's \(fileByteCount) bytes"
    case .headerChecksum(let stated, let actual):
      "the header is damaged: checksum \(actual), expected \(stated)"
    case .headerSyntax(let problem):
      "the header is unreadable: \(problem)"
    case .member(let name, let object, let expected):
      "the header's \(object) needs the member \"\(name)\": \(expected)"
    case .unknownMember(let name, let object):
      "the header's \(object) has the unknown member \"\(name)\""
    case .kindSpelling(let kind):
      "the kind \"\(kind)\", expected lower-case letters, digits and hyphens"
    case .tensorName(let name):
      "the tensor name \"\(name.prefix(64))\", expected 1 to "
        + "\(WeightFileFormat.maximumNameByteCount) bytes without control characters"
    case .duplicateTensor(let name):
      "two tensors are called \"\(name)\""
    case .elementType(let tensor, let found):
      "tensor \"\(tensor)\" has elements of type \"\(found)\", expected one of "
        + WeightFileFormat.elementTypes.map(\.rawValue).joined(separator: ", ")
    case .rank(let tensor, let found):
      "tensor \"\(tensor)\" has \(found) axes, expected at most \(WeightFileFormat.maximumRank)"
    case .sizeOverflow(let tensor):
      "tensor \"\(tensor)\" has a shape whose size overflows"
    case .tensorByteCount(let tensor, let stated, let expected):
      "tensor \"\(tensor)\" states \(stated) bytes, its shape has \(expected)"
    case .misalignedTensor(let tensor, let offset):
      "tensor \"\(tensor)\" begins at data offset \(offset), expected a multiple of "
        + "\(WeightFileFormat.tensorAlignment)"
    case .overlappingTensor(let tensor, let offset, let expected):
      "tensor \"\(tensor)\" begins at data offset \(offset), inside the one before it; "
        + "expected \(expected)"
    case .gapBeforeTensor(let tensor, let offset, let expected):
      "tensor \"\(tensor)\" begins at data offset \(offset), which leaves a gap; "
        + "expected \(expected)"
    case .dataEnd(let expected, let fileByteCount):
      "the tensors end at byte \(expected), the file at \(fileByteCount)"
    case .scales(let tensor):
      "tensor \"\(tensor)\" has elements of type i8 and needs at least one axis and the tensor "
        + "\"\(tensor)\(WeightFileFormat.scalesSuffix)\", f32, one number a row"
    case .padding(let byteOffset):
      "the padding at byte \(byteOffset) is not zero"
    case .damagedTensor(let tensor, let bytes, let stated, let actual):
      "tensor \"\(tensor)\" (bytes \(bytes.lowerBound) to \(bytes.upperBound)) is damaged: "
        + "checksum \(actual), expected \(stated)"
    case .headerTooLong(let byteCount):
      "a header of \(byteCount) bytes, at most \(WeightFileFormat.maximumHeaderByteCount) fit"
    case .surplusBytes(let expected):
      "more than the \(expected) bytes that the tensors have were to be written"
    case .missingBytes(let tensor, let expected, let actual):
      "tensor \"\(tensor)\" got \(actual) of its \(expected) bytes"
    }
  }

  /// What to do about it.
  public var advice: String? {
    switch clause {
    case .tooShort, .notAWeightFile:
      "Give a .rmtw file, or convert the checkpoint first."
    case .unsupportedVersion, .unknownFeatures:
      "Use a newer version of the program, or convert the checkpoint again."
    case .headerTooLong, .surplusBytes, .missingBytes: nil
    default:
      "Copy the file again from its origin, or convert the checkpoint again."
    }
  }
}
