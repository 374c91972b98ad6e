import Foundation

/// A folder that goes away with the test.
final class TemporaryFolder {
  /// The golden files and small models of all tests.
  static let fixtures = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Fixtures").path

  private let url = FileManager.default.temporaryDirectory.appending(path: "rmt-\(UUID())")

  init() throws {
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  /// The path of a file in the folder.
  func path(_ name: String) -> String { url.appending(path: name).path }
}
