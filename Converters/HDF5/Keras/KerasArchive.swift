import TensorStorage
import ZipArchive

/// A model as Keras 3 saves it: a zip archive with the weights as HDF5 and the configuration as JSON.
///
/// The weights are stored, not packed, and are read where they lie in the archive.
/// Source: keras 3.15, `saving_lib.py`.
public struct KerasArchive: TensorSource {
  /// The member that holds the weights.
  static let weightsName = "model.weights.h5"
  /// The member that holds the configuration.
  static let configurationName = "config.json"
  /// A larger configuration is none.
  private static let maximumConfigurationByteCount = 16 << 20

  /// The format's name for people.
  public let formatName = "Keras archive"
  /// The archive as it was named.
  public let path: String
  /// The weights.
  public let weights: HDF5File
  /// The text of config.json.
  public let configuration: [UInt8]

  /// Whether a zip archive is one of Keras's, whichever of its members comes first.
  ///
  /// - Throws: ``FileError``, `ZipError`.
  public static func isArchive(path: String) throws -> Bool {
    let archive = try ZipArchive(path: path)
    return [configurationName, weightsName].allSatisfy { archive.member(named: $0) != nil }
  }

  /// Opens an archive.
  ///
  /// - Throws: ``FileError``, `ZipError`, or ``HDF5Error`` when a member is missing or wrong.
  public init(path: String) throws {
    let archive = try ZipArchive(path: path)
    func member(_ name: String) throws -> ZipArchive.Member {
      guard let member = archive.member(named: name) else {
        throw HDF5Error(.missingMember(name: name), file: path)
      }
      return member
    }
    configuration = try archive.bytes(
      of: member(Self.configurationName),
      maximumByteCount: Self.maximumConfigurationByteCount)
    weights = try HDF5File(
      file: archive.file, range: archive.range(of: member(Self.weightsName)),
      name: "\(path): \(Self.weightsName)")
    self.path = path
  }

  /// Every dataset of numbers; see ``HDF5File/tensors``.
  public var tensors: [TensorDescription] { weights.tensors }
  /// Datasets that hold no numbers, with the reason.
  public var skipped: [(path: String, reason: String)] { weights.skipped }
  /// The archive.
  public var sourcePaths: [String] { [path] }

  /// Copies rows; see ``TensorSource``.
  public func readRows(
    _ rows: Range<Int>, of tensor: TensorDescription,
    into destination: UnsafeMutableRawBufferPointer
  ) throws {
    try weights.readRows(rows, of: tensor, into: destination)
  }
}
