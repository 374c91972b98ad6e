import Foundation

/// The package's sources as text, found from where this file lies.
enum SourceTree {
  /// One source file of a target.
  struct File: Sendable, CustomStringConvertible {
    /// The path from the package's root on.
    let description: String
    let target: String
    let lines: [Substring]

    /// The lines with their numbers, comments cut off, and only those that hold something then.
    var code: [(number: Int, text: Substring)] {
      lines.enumerated().compactMap { index, line in
        let text = line.range(of: "//").map { line[..<$0.lowerBound] } ?? line
        return text.allSatisfy(\.isWhitespace) ? nil : (index + 1, text)
      }
    }
  }

  static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// The targets' folders in `Sources`, `Converters` or `Tests`: the folder's name is the target's.
  static func targets(in top: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: root.appending(path: top).path).filter {
      var isFolder: ObjCBool = false
      let path = root.appending(path: "\(top)/\($0)").path
      return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
        && isFolder.boolValue
    }.sorted()
  }

  /// The text of one file, by its path from the package's root on.
  static func text(of path: String) throws -> String {
    try String(contentsOf: root.appending(path: path), encoding: .utf8)
  }

  /// Every file with one of these extensions under a top folder.
  static func files(in top: String, extensions: Set<String>) throws -> [File] {
    try targets(in: top).flatMap { target -> [File] in
      let folder = "\(top)/\(target)"
      let names = try FileManager.default.subpathsOfDirectory(
        atPath: root.appending(path: folder).path)
      return try names.sorted().filter { extensions.contains(($0 as NSString).pathExtension) }.map {
        let text = try String(contentsOf: root.appending(path: "\(folder)/\($0)"), encoding: .utf8)
        return File(
          description: "\(folder)/\($0)", target: target,
          lines: text.split(separator: "\n", omittingEmptySubsequences: false))
      }
    }
  }

  /// The Swift files of `Sources` and `Converters`.
  static func swiftSources() throws -> [File] {
    try ["Sources", "Converters"].flatMap { try files(in: $0, extensions: ["swift"]) }
  }
}

extension SourceTree.File {
  /// The modules that this file imports, with the line numbers.
  var imports: [(number: Int, module: String)] {
    code.compactMap { number, text in
      var words = text.split(whereSeparator: \.isWhitespace)[...]
      let modifiers: Set<Substring> = ["public", "package", "internal", "private", "fileprivate"]
      while let word = words.first, word.hasPrefix("@") || modifiers.contains(word) {
        words.removeFirst()
      }
      guard words.first == "import" else { return nil }
      let kinds: Set<Substring> = [
        "struct", "class", "enum", "protocol", "func", "let", "var", "typealias",
      ]
      let name = words.dropFirst().drop { kinds.contains($0) }.first ?? ""
      return (number, String(name.prefix { $0 != "." && $0 != ";" }))
    }
  }
}
