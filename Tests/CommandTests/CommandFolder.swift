import Foundation
import TestSupport

/// What a test of the command asks of the folder that it runs in.
extension TemporaryFolder {
  /// The folder as the working directory of a process.
  var url: URL { URL(fileURLWithPath: path) }

  /// Whether there is such a file.
  func holds(_ name: String) -> Bool { FileManager.default.fileExists(atPath: path(name)) }

  /// A file's text.
  func text(_ name: String) throws -> String { String(decoding: try bytes(name), as: UTF8.self) }

  /// Copies a fixture into the folder, writable.
  func copy(fixture: String, to name: String) throws {
    try FileManager.default.copyItem(atPath: Fixtures.path(fixture), toPath: path(name))
  }
}
