import Foundation

/// The golden files and small models that the suites share.
public enum Fixtures {
  /// The path of `Tests/Fixtures`.
  public static let path = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Fixtures").path

  /// The path of a file or folder among the fixtures.
  public static func path(_ name: String) -> String { "\(path)/\(name)" }
}
