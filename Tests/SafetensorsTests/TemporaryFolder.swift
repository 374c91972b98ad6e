import Foundation

/// A folder that goes away with the test that made it.
final class TemporaryFolder: Sendable {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "safetensors-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func write(_ bytes: [UInt8], to name: String) throws -> String {
    let file = path + "/" + name
    try Data(bytes).write(to: URL(fileURLWithPath: file))
    return file
  }

  func write(_ text: String, to name: String) throws -> String {
    try write(Array(text.utf8), to: name)
  }
}

/// A file's bytes: the header's length, the header, and `dataByteCount` bytes counting up.
func safetensors(_ header: String, dataByteCount: Int) -> [UInt8] {
  safetensors(Array(header.utf8), dataByteCount: dataByteCount)
}

func safetensors(_ header: [UInt8], dataByteCount: Int) -> [UInt8] {
  lengthBytes(UInt64(header.count)) + header
    + (0..<dataByteCount).map { UInt8(truncatingIfNeeded: $0) }
}

func lengthBytes(_ length: UInt64) -> [UInt8] {
  (0..<8).map { UInt8(truncatingIfNeeded: length >> UInt64($0 * 8)) }
}

/// The name of an error's clause without what it carries.
func clauseName(_ clause: Any) -> String {
  Mirror(reflecting: clause).children.first?.label ?? "\(clause)"
}
