import TensorStorage

/// An HDF5 file holds something that is not read here, or libhdf5 cannot read it.
public struct HDF5Error: DescribedError {
  /// What is wrong.
  public enum Clause: Sendable {
    /// Not an HDF5 file, a cut one, or a damaged one; with libhdf5's own words.
    case cannotOpen(reason: String)
    /// A group that libhdf5 cannot list.
    case cannotList(reason: String)
    /// A member that is a soft or external link, or no object at all.
    case link(name: String, LinkKind)
    /// A member whose name is not UTF-8, is empty or is a full stop.
    case unusableName
    /// Groups nested deeper than any checkpoint's, or in a circle.
    case tooDeep(limit: Int)
    /// More groups and datasets than any checkpoint has.
    case tooManyObjects(limit: Int)
    /// A dataset that libhdf5 cannot describe.
    case cannotDescribe(reason: String)
    /// Data in another file.
    case externalStorage
    /// A dataset made of others.
    case virtualDataset
    /// A shape whose bytes cannot be counted.
    case sizeOverflow(dimensions: [UInt64])
    /// Contiguous data of another size than the shape's, among them data never written.
    case sizeMismatch(byteCount: UInt64, expected: Int)
    /// Data beyond the end of the file.
    case beyondEnd(fileByteCount: Int)
    /// A shape out of all proportion to the stored data.
    case implausibleSize(declared: Int, stored: UInt64)
    /// Chunks so large that reading one would exhaust memory.
    case chunkTooLarge(elementCount: UInt64)
    /// Data that libhdf5 cannot read.
    case cannotRead(reason: String)
    /// A dataset that is asked for and is not among those that can be read.
    case noSuchTensor
    /// An attribute that libhdf5 cannot read, or that is too large.
    case cannotReadAttribute(name: String, reason: String)
    /// Text in an attribute that is not UTF-8.
    case attributeNotText(name: String)
    /// An attribute of another type than it must be.
    case attributeWrongType(name: String, expected: String)
    /// An attribute that must be there and is not.
    case missingAttribute(name: String)
    /// A weight that a layer lists and the file lacks.
    case missingWeight(name: String)
  }

  /// What a member is instead of a group or a dataset.
  public enum LinkKind: String, Sendable {
    /// A link to a path in the same file.
    case soft = "a soft link"
    /// A link into another file.
    case external = "a link into another file"
    /// A link of a user's own kind, or one that leads nowhere.
    case other = "a link that leads to no object"
  }

  /// The file as it was named.
  public let file: String
  /// Path of the object in the file, without the leading slash; empty for the root.
  public let object: String
  /// What is wrong.
  public let clause: Clause

  init(_ clause: Clause, at object: String = "", file: String) {
    self.clause = clause
    self.object = object
    self.file = file
  }

  /// A file's content is wrong.
  public var kind: FailureKind { .badData }

  /// The file, and the object in it.
  public var place: String? { object.isEmpty ? file : "\(file), /\(Self.printable(object))" }

  /// What was found and what was expected.
  public var problem: String {
    switch clause {
    case .cannotOpen(let reason): "cannot be opened as HDF5 (\(reason))"
    case .cannotList(let reason): "the group cannot be listed (\(reason))"
    case .link(let name, let kind):
      "the member \"\(Self.printable(name))\" is \(kind.rawValue), which is not followed"
    case .unusableName: "a member has no usable name"
    case .tooDeep(let limit): "groups are nested more than \(limit) deep"
    case .tooManyObjects(let limit): "the file has more than \(limit) groups and datasets"
    case .cannotDescribe(let reason): "the dataset cannot be described (\(reason))"
    case .externalStorage: "the dataset's values are in another file, which is not read"
    case .virtualDataset: "the dataset is made of others (virtual), which is not read"
    case .sizeOverflow(let dimensions): "shape \(dimensions) has more bytes than can be counted"
    case .sizeMismatch(let byteCount, let expected):
      "the dataset stores \(byteCount) bytes, its shape asks for \(expected)"
    case .beyondEnd(let fileByteCount):
      "the values lie beyond the end of the file at byte \(fileByteCount)"
    case .implausibleSize(let declared, let stored):
      "the dataset claims \(declared) bytes and stores \(stored)"
    case .chunkTooLarge(let count): "the dataset has chunks of \(count) elements"
    case .cannotRead(let reason): "the values cannot be read (\(reason))"
    case .noSuchTensor: "there is no such dataset of numbers in the file"
    case .cannotReadAttribute(let name, let reason):
      "attribute \(Self.printable(name)) cannot be read (\(reason))"
    case .attributeNotText(let name): "attribute \(Self.printable(name)) is not UTF-8 text"
    case .attributeWrongType(let name, let expected):
      "attribute \(Self.printable(name)) does not hold \(expected)"
    case .missingAttribute(let name): "attribute \(Self.printable(name)) is missing"
    case .missingWeight(let name):
      "the layer lists weight \"\(Self.printable(name))\", which the file does not have"
    }
  }

  /// What to do about it.
  public var advice: String? {
    switch clause {
    case .cannotOpen, .beyondEnd, .cannotRead:
      "The file may have been cut or damaged; copy or download it again."
    case .link, .externalStorage, .virtualDataset:
      "Write the checkpoint into one file of its own, for example with h5repack."
    case .missingAttribute, .missingWeight, .attributeWrongType:
      "This is not a weight file as Keras writes it."
    case .noSuchTensor: nil
    default: "The file is damaged or hostile; get it anew from its source."
    }
  }

  /// A name of a file's making, fit for a terminal: short, and without control characters.
  static func printable(_ name: String) -> String {
    var text = ""
    for (index, scalar) in name.unicodeScalars.enumerated() {
      guard index < 300 else { return text + "…" }
      text += scalar.properties.generalCategory == .control ? "\u{FFFD}" : String(scalar)
    }
    return text
  }
}
