import Foundation
import TestSupport
import Testing

@testable import WeightFile

@Suite struct SpecificationTests {
  @Test func `the writer gives the bytes of the specification's example`() throws {
    let folder = try TemporaryFolder()
    _ = try ExampleFile.write(in: folder)
    #expect(try folder.bytes("example.rmtw") == Self.exampleBytes())
  }

  @Test func `the reader reads the specification's example`() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(try Self.exampleBytes(), to: "example.rmtw")
    let file = try WeightFile(path: path)
    try file.verify()
    #expect(file.kind == "model")
    #expect(file.metadata["note"] == "example")
    #expect(file.tensors == ExampleFile.tensors)
    #expect(try file.floats(of: file.tensors[0]) == [1, -2, 0.5])
    #expect(try file.bytes(of: file.tensors[1]) == [1, 0xFF, 127, 0x81])
    #expect(try file.floats(of: file.tensors[2]) == [0.25, 2])
  }

  @Test func `every clause that the specification numbers is a documented error`() throws {
    let specification = try Self.text(of: "Sources/WeightFile/Specification.md")
    let errors = try Self.text(of: "Sources/WeightFile/WeightFileError.swift")
    var number = 1
    while specification.contains("\n\(number). ") {
      #expect(errors.contains("/// \(number): "), "clause \(number) has no error case")
      number += 1
    }
    #expect(number == 26)
  }

  private static func text(of path: String) throws -> String {
    var root = URL(fileURLWithPath: #filePath)
    for _ in 0..<3 { root.deleteLastPathComponent() }
    return try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
  }

  /// The hexadecimal lines of the specification as bytes.
  private static func exampleBytes() throws -> [UInt8] {
    let text = try text(of: "Sources/WeightFile/Specification.md")
    let block = try #require(text.components(separatedBy: "```hex\n").last)
    let lines = try #require(block.components(separatedBy: "\n```").first)
    var bytes: [UInt8] = []
    var isRepeating = false
    for line in lines.split(separator: "\n") {
      guard line != "*" else {
        isRepeating = true
        continue
      }
      let fields = line.split(separator: " ")
      let offset = try #require(Int(fields[0], radix: 16))
      while isRepeating, bytes.count < offset { bytes += bytes.suffix(16) }
      isRepeating = false
      #expect(bytes.count == offset)
      bytes += fields.dropFirst().compactMap { UInt8($0, radix: 16) }
    }
    return bytes
  }
}
