import Foundation
import JSON
import TensorStorage
import TestSupport
import Testing

@testable import Tokenizers

/// Damaged files end in an error or in a tokenizer that works, and long words in linear time.
struct SubwordHostileTests {
  /// A small tokenizer.json: few pieces of a fixture, so that damage often hits what is not a piece.
  private func small(_ name: String, pieceCount: Int) throws -> [UInt8] {
    var object = try SubwordFixture.json(name)
    var model = try #require(object["model"]?.object)
    if let pieces = model["vocab"]?.array {
      model["vocab"] = .array(Array(pieces.prefix(pieceCount)))
    } else {
      let all = try #require(model["vocab"]?.object)
      var pieces = JSONObject()
      for (token, id) in all.members where try #require(id.integer) < pieceCount {
        pieces[token] = id
      }
      pieces["<mask>"] = .integer(pieceCount)
      model["vocab"] = .object(pieces)
      let merges = try #require(model["merges"]?.array).filter { merge in
        let parts = merge.array?.compactMap(\.string) ?? []
        return (parts + [parts.joined()]).allSatisfy { pieces[$0] != nil }
      }
      model["merges"] = .array(merges)
    }
    object["model"] = .object(model)
    object["added_tokens"] = .array(
      (object["added_tokens"]?.array ?? []).filter { $0["content"]?.string != "<mask>" })
    return Array(JSONValue.object(object).serialized(pretty: false).utf8)
  }

  @Test(arguments: [("roberta", 80), ("xlm-roberta", 20), ("albert", 20)])
  func `survives twenty thousand mutations`(_ name: String, _ pieceCount: Int) throws {
    let original = try small(name, pieceCount: pieceCount)
    let text = "A <mask> \u{301}é I'm <s> x  ﬁ``''\u{200B}ab"
    let counts = try MutationCount(
      of: [original], count: 20_000, seed: 11, as: "tokenizer.json",
      isExpected: { $0 is any DescribedError },
      read: { path in
        let folder = String(path.dropLast("/tokenizer.json".count))
        let tokenizer = try #require(try Tokenizer.load(folder: folder))
        let ids = tokenizer.encode(text)
        _ = tokenizer.decode(ids)
        _ = tokenizer.displayPieces(ids)
      })
    print("\(name), \(original.count) bytes: \(counts)")
    #expect(counts.refused > 5_000 && counts.read > 200)
    #expect(counts.longest < .seconds(2))
  }

  @Test(arguments: ["roberta", "xlm-roberta", "albert", "holes"])
  func `a long word without a space takes little more than linear time`(_ name: String) throws {
    let tokenizer = try SubwordFixture.tokenizer(name)
    let clock = ContinuousClock()
    func time(_ count: Int) -> Duration {
      let text = String(repeating: "moved", count: count / 5)
      return clock.measure { #expect(tokenizer.encode(text).count <= count + 1) }
    }
    _ = time(1000)
    let short = time(1 << 15), long = time(1 << 18)
    // Eight times the text; n log n, and a noisy machine, stay far below the square's sixty-four.
    #expect(long < short * 30, "\(short), \(long)")
  }
}
