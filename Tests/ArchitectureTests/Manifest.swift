import Foundation

/// What `Package.swift` says of its targets, as far as these tests need it.
enum Manifest {
  /// The targets of the library product.
  static func libraryTargets() throws -> Set<String> {
    let list = try text().firstMatch(of: /\.library\([^\]]*targets: \[([^\]]*)\]/)?.1 ?? ""
    return Set(list.matches(of: /"(\w+)"/).map { String($0.1) })
  }

  /// The test targets that see public declarations alone.
  static func targetsWithoutPackageAccess() throws -> Set<String> {
    let declarations = try text().split(separator: /\.(?=testTarget\()/).dropFirst()
    return Set(
      declarations.filter { $0.contains("packageAccess: false") }
        .compactMap { $0.firstMatch(of: /name: "(\w+)"/).map { String($0.1) } })
  }

  private static func text() throws -> String { try SourceTree.text(of: "Package.swift") }

  /// Each target's declared dependencies: targets of this package and products of others.
  static func dependencies() throws -> [String: Set<String>] {
    let text = try text()
    let declaration = /\.(?:target|executableTarget|testTarget|systemLibrary)\(/
    let starts = text.ranges(of: declaration).map(\.upperBound)
    var result: [String: Set<String>] = [:]
    for (index, start) in starts.enumerated() {
      let end = index + 1 < starts.count ? starts[index + 1] : text.endIndex
      let body = text[start..<end]
      guard let name = body.firstMatch(of: /name: "(\w+)"/)?.1 else { continue }
      let list = body.firstMatch(of: /dependencies: \[([^\]]*)\]/)?.1 ?? ""
      // A product is named like a target; its package's name is no module.
      let modules = list.replacing(/, package: "[^"]*"/, with: "").matches(of: /"(\w+)"/)
      result[String(name)] = Set(modules.map { String($0.1) })
    }
    return result
  }
}
