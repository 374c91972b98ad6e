import Foundation
import TensorFlowCheckpoint
import TensorStorage
import TestSupport
import Testing

@Suite struct TensorFlowCheckpointRefusalTests {
  private typealias Entry = CheckpointFiles.Entry
  private let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  private func clause(_ files: CheckpointFiles) -> String? {
    let error = #expect(throws: TensorFlowCheckpointError.self) { try files.open(in: folder) }
    #expect(error?.description.contains("m.index") == true && error?.kind != .usage)
    return keep(error)
  }

  /// The clause that an index of these bytes breaks.
  private func clause(index: [UInt8]) throws -> String? {
    try folder.write(CheckpointFiles.data, to: "m.data-00000-of-00001")
    let path = try folder.write(index, to: "m.index")
    let error = #expect(throws: TensorFlowCheckpointError.self) {
      try TensorFlowCheckpoint.readAll(path)
    }
    return keep(error)
  }

  /// The clause of an error, for which the files are kept.
  private func keep(_ error: TensorFlowCheckpointError?) -> String? {
    guard let clause = error.map({ clauseName($0.clause) }) else { return nil }
    #expect(throws: Never.self) {
      try HostileFile.keep(folder.path("m.index"), format: "tensorflow", clause: clause)
    }
    return clause
  }

  private func clause(_ change: (inout Entry) -> Void) -> String? {
    var entry = Entry()
    change(&entry)
    return clause(CheckpointFiles(entry))
  }

  @Test func `refuses an entry that breaks a rule, a case for each`() {
    #expect(clause { $0.type = nil } == "unknownType")
    #expect(clause { $0.type = 99 } == "unknownType")
    #expect(clause { $0.dimensions = [2, -3] } == "shape")
    #expect(clause { $0.dimensions = [.max, 2] } == "shape")
    #expect(clause { $0.unknownRank = true } == "shape")
    #expect(clause { $0.dimensions = [1 << 61] } == "byteCount")
    #expect(clause { $0.byteCount = nil } == "byteCount")
    #expect(clause { $0.byteCount = -24 } == "byteCount")
    #expect(clause { $0.dimensions = [3, 3] } == "byteCount")
    #expect(clause { $0.shard = 1 } == "shard")
    #expect(clause { $0.shard = -1 } == "shard")
    #expect(clause { $0.offset = 1 } == "beyondEnd")
    #expect(clause { $0.offset = -1 } == "offset")
    #expect(clause { $0.offset = .max } == "beyondEnd")
    #expect(
      clause {
        $0.dimensions = [1 << 50]
        $0.byteCount = 1 << 52
      } == "beyondEnd")
    #expect(clause { $0.isPartitioned = true } == "partitioned")
  }

  @Test func `refuses a header that breaks a rule, a case for each`() {
    func header(_ change: (inout CheckpointFiles) -> Void) -> String? {
      var files = CheckpointFiles()
      change(&files)
      return clause(files)
    }
    #expect(header { $0.hasHeader = false } == "noHeader")
    #expect(
      header {
        $0.hasHeader = false
        $0.entries = []
      } == "noHeader")
    #expect(header { $0.shardCount = 0 } == "shardCount")
    #expect(header { $0.shardCount = -1 } == "shardCount")
    #expect(header { $0.shardCount = 1 << 40 } == "shardCount")
    #expect(header { $0.shardCount = 2 } == "missingDataFile")
    #expect(header { $0.byteOrder = 2 } == "byteOrder")
    #expect(header { $0.oldestReader = 2 } == "newerVersion")
  }

  @Test func `refuses names that no checkpoint has`() {
    var files = CheckpointFiles()
    let entry = Entry().message
    files.entries = [(Array("b".utf8), entry), (Array("a".utf8), entry)]
    #expect(clause(files) == "keysNotAscending")
    files.entries = [(Array("a".utf8), entry), (Array("a".utf8), entry)]
    #expect(clause(files) == "keysNotAscending")
    files.entries = [([0, 1], entry)]
    #expect(clause(files) == "partitioned")
    files.entries = [([0xFF], entry)]
    #expect(clause(files) == "nameNotText")
    files.entries = [([UInt8](repeating: 0x61, count: 4097), entry)]
    #expect(clause(files) == "blockEntry")
    // Each name shares all but its end with the one before: a small file, a gigabyte of names.
    files.entries = (0..<4_300).map { number in
      let suffix = String(100_000 + number)
      return ([UInt8](repeating: 0x61, count: 4000) + Array(suffix.utf8), entry)
    }
    #expect(clause(files) == "namesTooLong")
  }

  @Test func `refuses a table that breaks a rule, a case for each`() throws {
    let good = CheckpointFiles().index()
    #expect(try clause(index: []) == "tooShort")
    #expect(try clause(index: Array(good.dropLast())) == "noMagicNumber")
    #expect(try clause(index: Array(good.dropFirst())) != nil)
    /// The table with other handles in its footer.
    func footer(_ numbers: [Int]) -> [UInt8] {
      let handles = numbers.flatMap(SortedTableWriter.varint)
      return good.dropLast(48) + handles + [UInt8](repeating: 0, count: 40 - handles.count)
        + good.suffix(8)
    }
    #expect(try clause(index: footer([0, 0, good.count, 1])) == "blockHandle")
    #expect(try clause(index: footer([0, 0, 0, .max])) == "blockHandle")
    #expect(try clause(index: footer([0, 0, .max, 1])) == "blockHandle")
    #expect(try clause(index: footer([0, 0, 0, 3])) == "blockChecksum")
    #expect(
      try clause(index: good.dropLast(48) + [UInt8](repeating: 0xFF, count: 40) + good.suffix(8))
        == "blockHandle")
  }

  @Test func `refuses a block that breaks a rule, a case for each`() throws {
    let none: [UInt8] = [0, 0, 0, 0]
    #expect(try clause(index: table(of: [], compression: 0)) == "blockRestarts")
    #expect(
      try clause(index: table(of: [0xFF, 0xFF, 0xFF, 0xFF], compression: 0)) == "blockRestarts")
    #expect(try clause(index: table(of: none, compression: 2)) == "blockCompression")
    #expect(try clause(index: table(of: none, compression: 1)) == "snappy")
    #expect(try clause(index: table(of: [0, 1, 0] + none, compression: 0)) == "blockEntry")
    #expect(try clause(index: table(of: [1, 0, 0] + none, compression: 0)) == "blockEntry")
    #expect(try clause(index: table(of: [0, 0, 0x80] + none, compression: 0)) == "blockEntry")
    // An index block whose handle is none, and one that names a block twice.
    #expect(try clause(index: table(of: [0, 0, 0] + none, compression: 0)) == "blockHandle")
    let header = Array(CheckpointFiles().index().prefix { _ in true })
    let twice = twiceNamed(header)
    #expect(try clause(index: twice) == "blocksNotAscending")
  }

  /// A table of one block, which is its index.
  private func table(of block: [UInt8], compression: UInt8) -> [UInt8] {
    let checked = block + [compression]
    let check = CRC32C(of: checked).maskedValue
    let handles = [0, 0, 0, block.count].flatMap(SortedTableWriter.varint)
    return checked + (0..<4).map { UInt8(truncatingIfNeeded: check >> (8 * $0)) } + handles
      + [UInt8](repeating: 0, count: 40 - handles.count) + CheckpointFiles().index().suffix(8)
  }

  /// A table with an index block that gives its first data block two times.
  private func twiceNamed(_ good: [UInt8]) -> [UInt8] {
    let table = table(of: [0, 0, 0, 0], compression: 0)
    let handle = SortedTableWriter.varint(0) + SortedTableWriter.varint(4)
    let entry: [UInt8] = [0, 1, 2, 0x61] + handle
    let second: [UInt8] = [0, 1, 2, 0x62] + handle
    let block = entry + second + [0, 0, 0, 0]
    let checked = block + [0]
    let check = CRC32C(of: checked).maskedValue
    let data = Array(table.prefix(9))
    let handles = [0, 0, 9, block.count].flatMap(SortedTableWriter.varint)
    return data + checked + (0..<4).map { UInt8(truncatingIfNeeded: check >> (8 * $0)) } + handles
      + [UInt8](repeating: 0, count: 40 - handles.count) + good.suffix(8)
  }

  @Test func `a file of another name, or that is missing, is said to be so`() throws {
    let path = try folder.write(CheckpointFiles().index(), to: "m.table")
    let error = #expect(throws: TensorFlowCheckpointError.self) {
      try TensorFlowCheckpoint(indexPath: path)
    }
    #expect(error?.clause == .notNamedIndex)
    #expect(throws: FileError.self) {
      try TensorFlowCheckpoint(indexPath: folder.path("none.index"))
    }
  }

  @Test func `survives twenty thousand damaged indices`() throws {
    let google = Fixtures.path("tensorflow/google/bert_model.ckpt.index")
    let snappy = Fixtures.path("tensorflow/google_snappy/bert_model.ckpt.index")
    let originals =
      try [CheckpointFiles().index()]
      + [google, snappy].map { [UInt8](try Data(contentsOf: URL(fileURLWithPath: $0))) }
    let count = try MutationCount(
      of: originals, count: 10_000, seed: 3, as: "m.index",
      isExpected: { $0 is any DescribedError }
    ) { path in
      try TensorFlowCheckpoint.readAll(path)
    }
    #expect(count.refused > 9000, "\(count)")
    // Checksums keep such damage out; behind them, entries are damaged before they are checked.
    let inner = try TemporaryFolder()
    try inner.write([UInt8](repeating: 7, count: 4096), to: "m.data-00000-of-00001")
    let entries = [
      CheckpointFiles.Entry().message, Array("zz".utf8) + CheckpointFiles.Entry().message,
    ]
    var (read, refused) = (0, 0)
    for bytes in Mutations(of: entries, count: 10_000, seed: 4) {
      var files = CheckpointFiles()
      files.entries = [(Array("a".utf8), bytes), (Array(bytes.prefix(2)) + [1], bytes)]
        .sorted { $0.0.lexicographicallyPrecedes($1.0) }
      // Removed, not cut: ext4 writes out at once what is cut and written again.
      unlink(inner.path("m.index"))
      let path = try inner.write(files.index(), to: "m.index")
      do {
        try TensorFlowCheckpoint.readAll(path)
        read += 1
      } catch is any DescribedError {
        refused += 1
      }
    }
    #expect(refused > 5000 && read + refused == 10_000, "\(read) read")
  }
}
