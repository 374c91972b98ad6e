import Foundation
import Synchronization

/// Keeps the wrong files that the suites make, for `make hostile` and whoever tests another reader.
public enum HostileFile {
  private static let folder = ProcessInfo.processInfo.environment["RMT_HOSTILE_FOLDER"]
  /// Suites run side by side, and one file may be made by two of them.
  private static let isWriting = Mutex(())

  /// Copies a file that was refused, with what lies beside it.
  ///
  /// The copy's folder is `RMT_HOSTILE_FOLDER/FORMAT/CLAUSE-HASH/`; same bytes, same name. Nothing
  /// happens when the variable is not set.
  ///
  /// - Parameters:
  ///   - path: the file, of at most 100 KB.
  ///   - format: the reader that refused it.
  ///   - clause: the rule that it breaks.
  public static func keep(_ path: String, format: String, clause: String) throws {
    guard let folder else { return }
    let source = URL(fileURLWithPath: path)
    let bytes = try Data(contentsOf: source)
    guard bytes.count <= 100_000 else { return }
    // FNV-1a.
    let hash = bytes.reduce(0xCBF2_9CE4_8422_2325 as UInt64) {
      ($0 ^ UInt64($1)) &* 0x100_0000_01B3
    }
    let digits = String(hash, radix: 16)
    let name = "\(clause)-\(String(repeating: "0", count: 16 - digits.count))\(digits)"
    let target = URL(fileURLWithPath: "\(folder)/\(format)/\(name)")
    try isWriting.withLock { _ in
      try FileManager.default.createDirectory(at: target, withIntermediateDirectories: true)
      let place = source.deletingLastPathComponent()
      for name in try FileManager.default.contentsOfDirectory(atPath: place.path) {
        let copy = target.appendingPathComponent(name)
        guard !FileManager.default.fileExists(atPath: copy.path) else { continue }
        try FileManager.default.copyItem(at: place.appendingPathComponent(name), to: copy)
      }
    }
  }
}
