import Foundation
import JSON
import TestSupport
import Testing

@testable import Tokenizers

/// SentencePiece's maps of characters: what they do, and how broken ones are refused.
struct CharacterMapTests {
  /// A map of one-byte keys, built as darts-clone lays it out: the children of the root at 256 ^ byte.
  private func bytes(
    _ keys: [UInt8: String], change: (inout [UInt32], inout [UInt8]) -> Void = { _, _ in }
  ) -> [UInt8] {
    var units = [UInt32](repeating: 0, count: 1024)
    var replacements: [UInt8] = []
    units[0] = 256 << 10
    for (byte, text) in keys.sorted(by: { $0.key < $1.key }) {
      let child = 256 ^ Int(byte), leaf = 512 + Int(byte)
      units[child] = UInt32(byte) | 1 << 8 | UInt32(child ^ leaf) << 10
      units[leaf] = 1 << 31 | UInt32(replacements.count)
      replacements += Array(text.utf8) + [0]
    }
    change(&units, &replacements)
    let count = UInt32(4 * units.count)
    return ([count] + units).flatMap { unit in
      (0..<4).map { UInt8(truncatingIfNeeded: unit >> ($0 * 8)) }
    }
      + replacements
  }

  private func fault(_ bytes: [UInt8]) -> CharacterMapFault? {
    do throws(TokenizerError) {
      _ = try CharacterMap(bytes: bytes, file: "map")
      return nil
    } catch {
      guard case .characterMap(let fault, _) = error else { return nil }
      return fault
    }
  }

  private func normalize(_ text: String, _ map: CharacterMap) -> String {
    TextNormalization([.characterMap(map)]).normalize(text)
  }

  @Test func `replaces characters, and a short cluster by what its shortest prefix becomes`() throws
  {
    let map = try CharacterMap(
      bytes: bytes([0x61: "XY", 0x62: "", 0x0D: "-"]), file: "map")
    #expect(normalize("abc", map) == "XYc")
    #expect(normalize("a\u{301}c", map) == "XYc")
    #expect(
      normalize("a\u{301}\u{1D165}c", map).unicodeScalars.elementsEqual(
        "XY\u{301}\u{1D165}c".unicodeScalars))
    #expect(normalize("\r\nx\rx", map) == "-x-x")
    #expect(normalize("", map) == "")
  }

  @Test func `refuses what leads outside, in circles or to no text`() {
    #expect(fault([1, 2]) == .truncated)
    #expect(fault([0, 0, 0, 0]) == .trieByteCount(0, byteCount: 4))
    #expect(fault([5, 0, 0, 0, 0, 0, 0, 0, 0]) == .trieByteCount(5, byteCount: 9))
    #expect(fault([0xFC, 0xFF, 0xFF, 0xFF, 0]) == .trieByteCount(0xFFFF_FFFC, byteCount: 5))
    #expect(
      fault(bytes([0x61: "x"]) { units, _ in units[512 + 0x61] = 1 << 31 | 9 })
        == .replacementPlace(9))
    #expect(
      fault(bytes([0x61: "x"]) { units, _ in units[512 + 0x61] = 0 })
        == .valuePlace(unit: 256 ^ 0x61))
    #expect(
      fault(bytes([0x61: "x"]) { _, replacements in replacements[0] = 0xFF })
        == .replacementNotUTF8(0))
    let long = String(repeating: "x", count: CharacterMap.longestByteCount + 1)
    #expect(fault(bytes([0x61: long])) == .replacementTooLong(0))
    // The child is its own parent: 'a' leads back to where children of the root lie.
    #expect(
      fault(
        bytes([0x61: "x"]) { units, _ in
          units[256 ^ 0x61] = 0x61 | UInt32((256 ^ 0x61) ^ 256) << 10
        }) == .endless)
  }

  @Test func `a map that declares more than there is costs nothing`() {
    let clock = ContinuousClock()
    let time = clock.measure {
      #expect(fault([0, 0, 0, 0x40] + [UInt8](repeating: 0, count: 1000)) != nil)
    }
    #expect(time < .seconds(1))
  }

  @Test func `survives twenty thousand mutations`() throws {
    let json = try SubwordFixture.json("albert")
    let steps = try #require(json["normalizer"]?["normalizers"]?.array)
    let text = try #require(steps.last?["precompiled_charsmap"]?.string)
    let whole = [UInt8](try #require(Data(base64Encoded: text)))
    let small = bytes([0x61: "é", 0x62: "", 0xC3: "x"])
    #expect(fault(whole) == nil && fault(small) == nil)
    let sample = "aé\u{301}ﬁ①\r\nb"
    var (read, refused) = (0, 0)
    for mutation in Mutations(of: [small, small, small, whole], count: 20_000, seed: 3) {
      do throws(TokenizerError) {
        _ = normalize(sample, try CharacterMap(bytes: mutation, file: "map"))
        read += 1
      } catch {
        refused += 1
      }
    }
    #expect(read > 1000 && refused > 1000, "\(read) read, \(refused) refused")
  }
}
