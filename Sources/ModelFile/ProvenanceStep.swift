import JSON
import TensorStorage
import WeightFile

/// One step that made a model file: what was done, with which tool, from which files.
///
/// There is no date and no folder in it: the same input gives the same bytes, wherever and whenever.
public struct ProvenanceStep: Sendable, Hashable {
  /// A file that a step read.
  public struct Source: Sendable, Hashable {
    /// Its name without folders.
    public let name: String
    /// Its size.
    public let byteCount: Int
    /// The XXH3 checksum of its content.
    public let checksum: Checksum

    /// A source with every value given.
    public init(name: String, byteCount: Int, checksum: Checksum) {
      self.name = name
      self.byteCount = byteCount
      self.checksum = checksum
    }

    /// The source at a path, which is read as a whole.
    ///
    /// - Throws: `FileError`.
    public init(path: String) throws(FileError) {
      try self.init(path: path, checksum: try Checksum(ofFile: path))
    }

    /// The source at a path, whose checksum is known.
    ///
    /// - Throws: `FileError`.
    package init(path: String, checksum: Checksum) throws(FileError) {
      self.init(
        name: path.split(separator: "/").last.map(String.init) ?? path,
        byteCount: try RandomAccessFile(path: path).byteCount, checksum: checksum)
    }
  }

  /// A tensor that a step left out or made, and why.
  public struct Tensor: Sendable, Hashable {
    /// The tensor's name: a foreign one when it was left out, a native one when it was made.
    public let name: String
    /// Why.
    public let reason: String

    /// A tensor with its reason.
    public init(name: String, reason: String) {
      self.name = name
      self.reason = reason
    }
  }

  /// What was done, such as `convert` or `attach`.
  public var verb: String
  /// The version of the program that did it.
  public var toolVersion: String
  /// What it read.
  public var sources: [Source]
  /// The naming scheme of the source's tensors; `nil` when they had native names.
  public var dialect: String?
  /// Tensors of the source that were left out.
  public var dropped: [Tensor]
  /// Parameters that were not in the source.
  public var created: [Tensor]
  /// The options that were given.
  public var options: JSONObject
  /// The seed of what was drawn; `nil` when nothing was.
  public var seed: UInt64?

  /// A step with every value given.
  public init(
    verb: String, toolVersion: String, sources: [Source], dialect: String?, dropped: [Tensor],
    created: [Tensor], options: JSONObject, seed: UInt64?
  ) {
    self.verb = verb
    self.toolVersion = toolVersion
    self.sources = sources
    self.dialect = dialect
    self.dropped = dropped
    self.created = created
    self.options = options
    self.seed = seed
  }
}
