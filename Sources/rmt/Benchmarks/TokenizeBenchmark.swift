import ArgumentParser
import Foundation
import JSON
import ModelFile
import RecurrentMemory
import Tokenizers

/// `rmt bench tokenize`: text to ids.
struct TokenizeBenchmark: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tokenize",
    abstract: "Turn a text into ids, on one thread.",
    discussion: """
      The whole text is one document. idsChecksum is Σ (i + 1)·idᵢ modulo 2⁶³ over the ids, i \
      counted from 0: another tokenizer with the same sum gave the same ids.

      Example:
        rmt bench tokenize book.txt --vocabulary bert.rmtw
      """)

  @Argument(help: "A text file.", completion: .file())
  var file: String

  @Option(
    help: ArgumentHelp(
      "A native file, or a folder with a tokenizer's files.", valueName: "path"),
    completion: .file())
  var vocabulary: String

  @OptionGroup var measuring: MeasuringOptions

  func run() throws {
    let tokenizer = try loadTokenizer()
    let bytes = try DocumentBytes.read(file)
    let text = TextDecoder.decode(bytes).text
    var ids: [Int32] = []
    try measuring.report {
      ids = tokenizer.encodeDocument(text)
      guard !ids.isEmpty else { throw CommandError.emptyDocument(path: file) }
    } repetition: {
      Timings.seconds { ids = tokenizer.encodeDocument(text) }
    } result: { times in
      self.result(Timings(times), ids: ids, byteCount: bytes.count)
    }
  }

  private func loadTokenizer() throws -> Tokenizer {
    var isFolder: ObjCBool = false
    if FileManager.default.fileExists(atPath: vocabulary, isDirectory: &isFolder),
      isFolder.boolValue
    {
      guard let folder = try TokenizerFolder(path: vocabulary) else {
        throw CommandError.badData(
          place: vocabulary,
          problem: "the folder has no tokenizer: neither tokenizer.json nor a vocabulary",
          advice: "Name a folder with a tokenizer, or a native file.")
      }
      return folder.tokenizer
    }
    guard let tokenizer = try ModelFile(path: vocabulary).tokenizer() else {
      throw RecurrenceError.noTokenizer
    }
    return tokenizer
  }

  private func result(_ times: Timings, ids: [Int32], byteCount: Int) -> BenchmarkResult {
    var result = BenchmarkResult("Tokenizing \(file)")
    let (bytes, tokens) = (Double(byteCount) / times.median, Double(ids.count) / times.median)
    result.set("byteCount", .integer(byteCount))
    result.set("tokenCount", .integer(ids.count))
    result.set("idsChecksum", .integer(Self.checksum(of: ids)))
    result.set("milliseconds", .number(times.median * 1000))
    result.set("minimumMilliseconds", .number(times.minimum * 1000))
    result.set("bytesPerSecond", .number(bytes))
    result.set("tokensPerSecond", .number(tokens))
    result.say("text", "\(byteCountText(byteCount)), \(grouped(ids.count)) tokens")
    result.say(
      "speed",
      "\(byteCountText(bytes))/s, \(grouped(Int(tokens))) tokens/s; the fastest of \(times.count) "
        + "\(byteCountText(Double(byteCount) / times.minimum))/s")
    result.addResidentMemory()
    return result
  }

  /// Σ (i + 1)·idᵢ modulo 2⁶³.
  static func checksum(of ids: [Int32]) -> Int {
    var sum: UInt64 = 0
    for (index, id) in ids.enumerated() {
      sum &+= UInt64(index + 1) &* UInt64(bitPattern: Int64(id))
    }
    return Int(sum & (1 << 63 - 1))
  }
}
