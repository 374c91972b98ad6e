import TensorStorage
import TestSupport
import Testing

@testable import WeightFile

/// Thousands of random changes, always the same ones: none may trap, none may go unnoticed.
@Suite struct WeightFileMutationTests {
  /// SplitMix64: small, and the same numbers everywhere.
  private struct Generator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var word = state
      word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
      word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
      return word ^ (word >> 31)
    }
  }

  /// Opens and verifies; true when both succeed.
  private func accepts(_ path: String) -> Bool {
    do {
      let file = try WeightFile(path: path)
      // Whatever was accepted lies inside the file: touching it must be safe.
      for tensor in file.tensors { _ = file.bytes(of: tensor.name)?.reduce(0, ^) }
      try file.verify()
      return true
    } catch {
      return false
    }
  }

  private static func mutate(_ bytes: [UInt8], with generator: inout Generator) -> [UInt8] {
    var bytes = bytes
    // Half of the changes go where the meaning is: preamble and JSON.
    let end = Bool.random(using: &generator) ? bytes.count : min(bytes.count, 480)
    let offset = Int.random(in: 0..<max(end, 1), using: &generator)
    guard !bytes.isEmpty else { return [0] }
    switch Int.random(in: 0..<6, using: &generator) {
    case 0: bytes[offset] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
    case 1: bytes[offset] = UInt8.random(in: .min ... .max, using: &generator)
    case 2: bytes.removeSubrange(offset...)
    case 3: bytes.remove(at: offset)
    case 4: bytes.insert(UInt8.random(in: .min ... .max, using: &generator), at: offset)
    default:
      let count = min(8, bytes.count - offset)
      let words: [UInt64] = [0, 1, .max, 1 << 63, 1 << 32]
      let word = words.randomElement(using: &generator) ?? 0
      let pattern = withUnsafeBytes(of: word.littleEndian) { Array($0.prefix(count)) }
      bytes.replaceSubrange(offset..<offset + count, with: pattern)
    }
    return bytes
  }

  @Test func `20000 changed files are refused, none traps`() throws {
    let folder = try TemporaryFolder()
    let path = try ExampleFile.write(in: folder)
    let original = try folder.bytes("example.rmtw")
    #expect(accepts(path))
    let count = try MutationCount(
      of: [original], count: 20_000, seed: 1, as: "changed.rmtw",
      isExpected: { $0 is any DescribedError }
    ) { path in
      let file = try WeightFile(path: path)
      for tensor in file.tensors { _ = file.bytes(of: tensor.name)?.reduce(0, ^) }
      try file.verify()
      // Some wounds leave everything as it was.
      let bytes = try RandomAccessFile(path: path).bytes(in: 0..<original.count)
      #expect(bytes == original, "accepted a change")
    }
    #expect(count.refused > 15_000, "\(count)")
    #expect(count.longest < .seconds(10), "\(count)")
  }

  @Test func `1000 changed headers with the right checksum never trap`() throws {
    let folder = try TemporaryFolder()
    _ = try ExampleFile.write(in: folder)
    let original = try folder.bytes("example.rmtw")
    let headerByteCount = Int(original[16]) + Int(original[17]) << 8
    let json = Array(original[40..<40 + headerByteCount])
    let tokens = [
      "0", "-1", "9223372036854775807", "18446744073709551615", "1e99", "[", "]", ",", "64", "null",
    ]
    var generator = Generator(state: 2)
    var acceptedCount = 0
    for _ in 0..<1000 {
      var changed = json
      for _ in 0..<Int.random(in: 1...3, using: &generator) {
        if Bool.random(using: &generator) {
          changed = Self.mutate(changed, with: &generator)
        } else {
          let offset = Int.random(in: 0...changed.count, using: &generator)
          let end = min(changed.count, offset + Int.random(in: 0...3, using: &generator))
          let token = tokens.randomElement(using: &generator) ?? ""
          changed.replaceSubrange(offset..<end, with: token.utf8)
        }
      }
      guard changed.count < 4000 else { continue }
      var bytes = WeightFilePreamble.header(json: changed, fileByteCount: UInt64(original.count))
      bytes += [UInt8](repeating: 0, count: 4096 - bytes.count)
      bytes += original[4096...]
      try folder.write(bytes, to: "changed.rmtw")
      if accepts(folder.path("changed.rmtw")) { acceptedCount += 1 }
    }
    // Changes of a name or of the metadata leave a file that is right; most others do not.
    #expect(acceptedCount < 250)
  }
}
