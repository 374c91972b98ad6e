/// Parts of HDF5 that no checkpoint of Keras uses and that are refused by name.
public enum HDF5Feature: Sendable, Hashable {
  /// A file in several pieces, by a driver such as `family` or `multi`.
  case fileDriver
  /// Addresses or lengths of a width that no writer uses.
  case widths(offset: Int, length: Int)
  /// A group whose links are in a fractal heap.
  case denseGroup
  /// Attributes in a fractal heap.
  case denseAttributes
  /// Messages shared through a table of the file.
  case sharedMessageTable
  /// A message of a kind that a reader must know.
  case message(type: Int)
  /// A link to a path in the same file.
  case softLink
  /// A link into another file.
  case externalLink
  /// A link of a program's own kind.
  case userLink(type: Int)
  /// Values in another file.
  case externalStorage
  /// A dataset made of others.
  case virtualDataset
  /// Chunks found by an index of the newest formats.
  case chunkIndex(type: Int)
  /// Compression by a filter other than deflate, shuffle and Fletcher's checksum.
  case filter(id: Int)

  /// What an error calls it.
  var name: String {
    switch self {
    case .fileDriver: "a file driver of several files"
    case .widths(let offset, let length): "addresses of \(offset) and lengths of \(length) bytes"
    case .denseGroup: "a group with dense storage (fractal heap)"
    case .denseAttributes: "attributes with dense storage (fractal heap)"
    case .sharedMessageTable: "a table of shared messages"
    case .message(let type): "a message of type \(type)"
    case .softLink: "a soft link"
    case .externalLink: "a link into another file"
    case .userLink(let type): "a link of the user-defined kind \(type)"
    case .externalStorage: "values in another file (external storage)"
    case .virtualDataset: "a dataset made of others (virtual)"
    case .chunkIndex(let type):
      "chunks with " + (Self.chunkIndexNames[type] ?? "an index of type \(type)")
    case .filter(let id): "the filter " + (Self.filterNames[id] ?? "number \(id)")
    }
  }

  /// Whether a filter is no part of the library: those below 256 are reserved for it.
  static func isPlugIn(filter id: Int) -> Bool { id >= 256 }

  private static let chunkIndexNames = [
    3: "a fixed array index", 4: "an extensible array index", 5: "a B-tree index of version 2",
  ]
  private static let filterNames = [
    4: "szip", 5: "n-bit", 6: "scale-offset", 32000: "LZF", 32001: "Blosc", 32004: "LZ4",
    32008: "bitshuffle", 32013: "ZFP", 32015: "Zstandard", 32026: "Blosc 2",
  ]
}
