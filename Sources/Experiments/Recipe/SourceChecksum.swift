import FineTuning
import TensorStorage
import WeightFile

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The checksum of a file, or of a folder's files with their names.
///
/// For a file it is the XXH3 checksum of its bytes. For a folder it is the XXH3 checksum of the lines
/// `NAME CHECKSUM` of its files, sorted by path, where the name is the path within the folder; hidden
/// files do not count.
public enum SourceChecksum {
  /// The checksum of what lies at a path, as sixteen hexadecimal digits.
  ///
  /// - Throws: `FileError`, `BackgroundError` for something that is neither file nor folder.
  public static func checksum(
    of path: String, checkCancellation: () throws -> Void = {}
  ) throws -> String {
    try checksum(
      of: TextFolder.files(in: [path]), in: path, checkCancellation: checkCancellation)
  }

  /// The checksum of some of a folder's files, sorted, or of the one file that lies at the path itself.
  ///
  /// - Throws: `FileError`.
  static func checksum(
    of files: [String], in path: String, checkCancellation: () throws -> Void
  ) throws -> String {
    if files == [path] { return try Checksum(ofFile: path).description }
    var fingerprint = StreamingChecksum()
    let folder = path.hasSuffix("/") ? path : "\(path)/"
    for file in files {
      try checkCancellation()
      let name =
        file.hasPrefix(folder)
        ? file.dropFirst(folder.count) : file.split(separator: "/").last ?? ""
      let line = "\(name) \(try Checksum(ofFile: file))\n"
      Array(line.utf8).withUnsafeBytes { fingerprint.update($0) }
    }
    return Checksum(fingerprint.value).description
  }
}
