import Foundation
import TensorStorage
import TestSupport
import Testing

@testable import WeightFile

@Suite struct WeightFileVerifyTests {
  /// What verification finds in the example after one byte was changed.
  private func finding(changing offset: Int) throws -> WeightFileError.Clause? {
    let folder = try TemporaryFolder()
    let path = try ExampleFile.write(in: folder)
    var bytes = try folder.bytes("example.rmtw")
    bytes[offset] ^= 0x40
    try folder.write(bytes, to: "example.rmtw")
    let file = try WeightFile(path: path)
    do {
      try file.verify()
      return nil
    } catch let error as WeightFileError {
      return error.clause
    }
  }

  @Test(arguments: [
    ("row", 4096..<4108), ("table", 4160..<4164), ("table.scales", 4224..<4232),
  ])
  func `25 names the damaged tensor and its bytes`(tensor: String, range: Range<Int>) throws {
    for offset in [range.lowerBound, range.upperBound - 1] {
      let clause = try finding(changing: offset)
      guard case .damagedTensor(tensor, range, let stated, let actual) = clause else {
        Issue.record("got \(String(describing: clause))")
        continue
      }
      #expect(stated != actual)
    }
  }

  @Test(arguments: [4095, 4108, 4159, 4164, 4223])
  func `24 refuses padding that is not zero`(offset: Int) throws {
    #expect(try finding(changing: offset) == .padding(byteOffset: offset))
  }

  @Test func `an error names file, tensor and bytes to a person`() throws {
    let error = WeightFileError(
      path: "m.rmtw",
      .damagedTensor(
        tensor: "pooler.dense.bias", bytes: 4096..<4160, stated: Checksum(1), actual: Checksum(2)))
    #expect(
      error.description.hasPrefix("m.rmtw: tensor \"pooler.dense.bias\" (bytes 4096 to 4160)"))
    #expect(error.kind == .badData)
  }

  @Test func `a file that is cut or changed after opening is an error`() throws {
    let folder = try TemporaryFolder()
    let path = try ExampleFile.write(in: folder)
    let file = try WeightFile(path: path)
    var bytes = try folder.bytes("example.rmtw")
    try folder.write(bytes.dropLast(10), to: "example.rmtw")
    #expect(throws: WeightFileError.self) { try file.verify() }
    bytes[50] ^= 1
    try folder.write(bytes, to: "example.rmtw")
    #expect(throws: WeightFileError.self) { try file.verify() }
  }

  @Test func `progress runs up to the file's size and can stop`() throws {
    let folder = try TemporaryFolder()
    let file = try WeightFile(path: try ExampleFile.write(in: folder))
    var done: [Int] = []
    try file.verify { doneByteCount, totalByteCount in
      #expect(totalByteCount == file.byteCount)
      done.append(doneByteCount)
    }
    #expect(done == done.sorted() && done.last == file.byteCount)
    #expect(throws: Interrupted.self) { try file.verify { _, _ in throw Interrupted() } }
  }
}
