import HDF5
import TensorStorage
import TestSupport
import Testing

/// A file for each rule, broken in one place.
struct HDF5RefusalTests {
  /// Expects that the file is refused for a reason; unharmed it must be read.
  private func expect(
    _ clause: String, _ file: DamagedFile? = nil, _ damage: (inout DamagedFile) throws -> Void,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    var file = try file ?? DamagedFile()
    try file.open()
    try damage(&file)
    let error = try #require(throws: HDF5Error.self, sourceLocation: sourceLocation) {
      try file.open()
    }
    #expect(clauseName(error.clause) == clause, "\(error)", sourceLocation: sourceLocation)
    #expect(error.description.contains("damaged.h5"), sourceLocation: sourceLocation)
    let folder = try TemporaryFolder()
    try HostileFile.keep(
      folder.write(file.bytes, to: "damaged.h5"), format: "hdf5", clause: clause)
  }

  @Test func `superblocks`() throws {
    try expect("unknownVersion") { $0.bytes[8] = 4 }
    try expect("unsupported") { $0.bytes[13] = 16 }
    try expect("unsupported") { $0.set(0, at: 48, byteCount: 8) }
    try expect("cut") { $0.set(1 << 40, at: 40, byteCount: 8) }
    try expect("noAddress") { $0.set(.max, at: 64, byteCount: 8) }
    try expect("beyondEnd") { $0.set(1 << 62, at: 64, byteCount: 8) }
    try expect("wrongChecksum", DamagedFile(fixture: "newest.h5")) { $0.bytes[512 + 11] ^= 1 }
  }

  @Test func `groups of the oldest format`() throws {
    try expect("wrongSignature") { $0.bytes[try $0.place(of: "TREE")] ^= 1 }
    try expect("wrongSignature") { $0.bytes[try $0.place(of: "SNOD")] ^= 1 }
    try expect("wrongSignature") { $0.bytes[try $0.place(of: "HEAP")] ^= 1 }
    try expect("unknownVersion") { $0.bytes[try $0.place(of: "SNOD") + 4] = 2 }
    try expect("unknownVersion") { $0.bytes[try $0.place(of: "HEAP") + 4] = 1 }
    // The tree's type, level and number of children.
    try expect("invalidField") { $0.bytes[try $0.place(of: "TREE") + 4] = 1 }
    try expect("invalidField") { $0.bytes[try $0.place(of: "TREE") + 5] = 200 }
    try expect("beyondEnd") { $0.set(0xFFFF, at: try $0.place(of: "TREE") + 6, byteCount: 2) }
    try expect("beyondEnd") { $0.set(0xFFFF, at: try $0.place(of: "SNOD") + 6, byteCount: 2) }
    // The heap's size, and the offset of a name in it.
    try expect("beyondEnd") { $0.set(1 << 50, at: try $0.place(of: "HEAP") + 8, byteCount: 8) }
    try expect("invalidField") { $0.set(9999, at: try $0.place(of: "SNOD") + 8, byteCount: 8) }
    // A node that is its own child, on the level below.
    try expect("circle") { file in
      let tree = try file.place(of: "TREE")
      file.bytes[tree + 5] = 1
      file.set(UInt64(tree), at: tree + 32, byteCount: 8)
    }
    // A soft link among the symbols, and a symbol without an object.
    try expect("link") { $0.set(2, at: try $0.place(of: "SNOD") + 24, byteCount: 4) }
    try expect("noAddress") { $0.set(.max, at: try $0.place(of: "SNOD") + 16, byteCount: 8) }
  }

  @Test func `names of members`() throws {
    try expect("repeatedName") { $0.bytes[try $0.place(of: "a2\0") + 1] = UInt8(ascii: "1") }
    try expect("unusableName") { $0.bytes[try $0.place(of: "a2\0")] = UInt8(ascii: "/") }
    try expect("unusableName") { $0.bytes[try $0.place(of: "a2\0")] = 0xFF }
    try expect("unusableName") { $0.bytes[try $0.place(of: "a2\0")] = 0 }
    try expect("unusableName") { file in
      let name = try file.place(of: "a2\0")
      file.bytes.replaceSubrange(name..<name + 2, with: [UInt8(ascii: "."), 0])
    }
  }

  @Test func `object headers`() throws {
    try expect("missingMessage") { $0.bytes[$0.messages(1, byteCount: 24)[0]] = 0 }
    try expect("missingMessage") { $0.bytes[$0.messages(3, byteCount: 24)[0]] = 0 }
    // A kind that nobody knows and everybody must.
    try expect("unsupported") { file in
      let message = file.messages(5, byteCount: 8)[0]
      file.bytes[message] = 0x60
      file.bytes[message + 4] = 0x80
    }
    // A message longer than its header.
    try expect("tooShort") {
      $0.set(0xFFF8, at: $0.messages(8, byteCount: 24)[0] + 2, byteCount: 2)
    }
    // A continuation at the header itself.
    try expect("circle") { file in
      let message = file.messages(5, byteCount: 8)[0]
      let header = message - 8 - 24 - 8 - 24 - 16
      let layout = file.messages(8, byteCount: 24)[0]
      file.bytes[layout] = 0x10
      file.set(UInt64(header), at: layout + 8, byteCount: 8)
    }
    try expect("wrongChecksum", DamagedFile(fixture: "newest.h5")) {
      $0.bytes[try $0.place(of: "OHDR", 1) + 6] ^= 1
    }
    try expect("wrongSignature", DamagedFile(fixture: "newest.h5")) {
      $0.bytes[try $0.place(of: "OHDR") + 3] ^= 1
    }
  }

  @Test func `datatypes and shapes`() throws {
    let shape = { (file: DamagedFile) in file.messages(1, byteCount: 24)[0] + 8 }
    try expect("unknownVersion") { $0.bytes[shape($0)] = 3 }
    try expect("invalidField") { $0.bytes[shape($0) + 1] = 33 }
    try expect("tooShort") { $0.bytes[shape($0) + 1] = 3 }
    try expect("sizeOverflow") { $0.set(1 << 62, at: shape($0) + 8, byteCount: 8) }
    try expect("sizeOverflow") { $0.set(.max, at: shape($0) + 8, byteCount: 8) }
    try expect("sizeMismatch") { $0.set(4, at: shape($0) + 8, byteCount: 8) }
    let type = { (file: DamagedFile) in file.messages(3, byteCount: 24)[0] + 8 }
    try expect("unknownVersion") { $0.bytes[type($0)] = 0x61 }
    try expect("invalidField") { $0.set(0, at: type($0) + 4, byteCount: 4) }
  }

  @Test func `layouts`() throws {
    let layout = { (file: DamagedFile) in file.messages(8, byteCount: 24)[0] + 8 }
    try expect("unknownVersion") { $0.bytes[layout($0)] = 6 }
    try expect("invalidField") { $0.bytes[layout($0) + 1] = 9 }
    try expect("unsupported") { $0.bytes[layout($0) + 1] = 3 }
    try expect("beyondEnd") { $0.set(1 << 40, at: layout($0) + 2, byteCount: 8) }
    try expect("beyondEnd") { $0.set(.max - 8, at: layout($0) + 2, byteCount: 8) }
    try expect("neverWritten") { $0.set(.max, at: layout($0) + 2, byteCount: 8) }
    try expect("sizeMismatch") { $0.set(1 << 50, at: layout($0) + 10, byteCount: 8) }
  }

  @Test func `chunks`() throws {
    let chunked = try DamagedFile(fixture: "chunked.h5")
    // The first key of the first tree of chunks: size, mask, offsets along three axes.
    let trees = chunked.places(of: "TREE").filter { chunked.bytes[$0 + 4] == 1 }
    let key = try #require(trees.first) + 24
    try expect("misplacedChunk", chunked) { $0.set(1, at: key + 8, byteCount: 8) }
    try expect("misplacedChunk", chunked) { $0.set(1 << 40, at: key + 8, byteCount: 8) }
    try expect("misplacedChunk", chunked) { $0.set(2, at: key + 24, byteCount: 8) }
    try expect("beyondEnd", chunked) { $0.set(1 << 30, at: key, byteCount: 4) }
    try expect("beyondEnd", chunked) { $0.set(1 << 40, at: key + 40, byteCount: 8) }
    try expect("damagedChunk", chunked) { $0.set(7, at: key, byteCount: 4) }
    // One byte of values under Fletcher's checksum, and one of a deflated stream.
    let values = Int(chunked.integer(at: trees[1] + 24 + 40))
    try expect("damagedChunk", chunked) { $0.bytes[values + 6] ^= 1 }
    let packed = Int(chunked.integer(at: trees[2] + 24 + 40))
    try expect("damagedChunk", chunked) { $0.bytes[packed + 1] ^= 1 }
  }

  @Test func `attributes`() throws {
    let names = { (file: DamagedFile) in try file.place(of: "weight_names\0") }
    // Behind the name, padded to 16 bytes: the type's 8 bytes, then 16 of the shape.
    try expect("attributeTooLarge") { $0.set(1 << 40, at: try names($0) + 32, byteCount: 8) }
    try expect("tooShort") { $0.set(1 << 20, at: try names($0) + 32, byteCount: 8) }
    try expect("attributeNotText") { $0.bytes[try names($0) + 40] = 0xFF }
    try expect("missingWeight") { $0.bytes[try names($0) + 40] = UInt8(ascii: "b") }
    try expect("missingAttribute") { $0.bytes[try names($0)] = UInt8(ascii: "W") }
    try expect("attributeWrongType") { file in
      // Two bytes of text become a compound of two bytes.
      file.bytes[try names(file) + 16] = 0x16
    }
    let various = try HDF5File(path: fixture("various.h5"))
    let error = try #require(throws: HDF5Error.self) {
      try various.strings(named: "integers", at: "group")
    }
    #expect(clauseName(error.clause) == "attributeWrongType")
  }

  @Test func `texts of variable length`() throws {
    // The heap's object is shorter than the attribute says, has another number, or is elsewhere.
    let various = try DamagedFile(fixture: "various.h5")
    let folder = try TemporaryFolder()
    let text = try various.place(of: "variable\0")
    func expectRefused(_ clause: String, _ damage: (inout DamagedFile) -> Void) throws {
      var file = various
      damage(&file)
      let opened = try HDF5File(path: folder.write(file.bytes, to: "damaged.h5"))
      let error = try #require(throws: HDF5Error.self) {
        try opened.attribute(named: "variable", at: "group")
      }
      #expect(clauseName(error.clause) == clause, "\(error)")
    }
    // Name of 16 bytes, type of 24, shape of 24; a text is length, address, number.
    let element = try #require(
      (text..<text + 160).first { place in
        various.integer(at: place) & 0xFFFF_FFFF == 4
          && various.integer(at: place + 16) & 0xFFFF_FFFF == 6
      })
    try expectRefused("tooShort") { $0.set(1 << 20, at: element, byteCount: 4) }
    try expectRefused("invalidField") { $0.set(999, at: element + 12, byteCount: 4) }
    try expectRefused("beyondEnd") { $0.set(1 << 40, at: element + 4, byteCount: 8) }
    try expectRefused("wrongSignature") { $0.set(96, at: element + 4, byteCount: 8) }
  }

  @Test func `files without end`() throws {
    var deep = HDF5Outline()
    deep.add(group: (0..<70).map { "\($0)" }.joined(separator: "/"))
    let tooDeep = try #require(throws: HDF5Error.self) { try DamagedFile(deep).open() }
    #expect(clauseName(tooDeep.clause) == "tooDeep")

    var long = HDF5Outline()
    long.add(
      group: (0..<60).map { _ in String(repeating: "x", count: 50_000) }.joined(separator: "/"))
    let tooLong = try #require(throws: HDF5Error.self) { try DamagedFile(long).open() }
    #expect(clauseName(tooLong.clause) == "tooManyObjects")

    // 200 groups, each of which takes a mebibyte for its heap.
    var wide = HDF5Outline()
    for index in 0..<200 { wide.add(group: "\(index)") }
    wide.add(dataset: TensorDescription(name: "values", elementType: .u8, shape: [1 << 20]))
    var file = try DamagedFile(wide)
    let heaps = stride(from: 0, to: file.bytes.count, by: 8).filter {
      file.bytes[$0..<$0 + 4].elementsEqual("HEAP".utf8)
    }
    for heap in heaps { file.set(1 << 20, at: heap + 8, byteCount: 8) }
    let tooMuch = try #require(throws: HDF5Error.self) { try file.open() }
    #expect(clauseName(tooMuch.clause) == "tooMuchMetadata")
  }

  @Test func `a shape of a petabyte costs nothing`() throws {
    var file = try DamagedFile()
    let shape = file.messages(1, byteCount: 24)[0] + 8
    let layout = file.messages(8, byteCount: 24)[0] + 8
    file.set(1 << 47, at: shape + 8, byteCount: 8)
    file.set(1 << 50, at: layout + 10, byteCount: 8)
    let start = ContinuousClock.now
    let error = try #require(throws: HDF5Error.self) { try file.open() }
    #expect(clauseName(error.clause) == "beyondEnd")
    #expect(ContinuousClock.now - start < .seconds(1))
  }

  @Test func `what is not in the file is not read`() throws {
    let file = try HDF5File(path: fixture("various.h5"))
    let other = TensorDescription(name: "float32", elementType: .f32, shape: [7])
    let error = try #require(throws: HDF5Error.self) { try file.bytes(of: other) }
    #expect(clauseName(error.clause) == "noSuchTensor")
    let absent = try #require(throws: HDF5Error.self) {
      try file.attribute(named: "x", at: "nowhere")
    }
    #expect(clauseName(absent.clause) == "noSuchObject")
  }
}

extension DamagedFile {
  /// An integer of eight bytes.
  func integer(at place: Int) -> UInt64 {
    bytes[place..<place + 8].reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }
}
