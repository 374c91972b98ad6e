import Safetensors
import TensorStorage
import TestSupport
import Testing

/// A header with its data's size, and what the reader must make of it.
struct HeaderCase: Sendable, CustomTestStringConvertible {
  let name: String
  let header: String
  let dataByteCount: Int
  /// The clause that is broken; `nil` when the file is good.
  let clause: String?

  init(_ name: String, _ header: String, _ dataByteCount: Int = 0, _ clause: String? = nil) {
    self.name = name
    self.header = header
    self.dataByteCount = dataByteCount
    self.clause = clause
  }

  var testDescription: String { name }
}

private func entry(
  _ dtype: String = "I32", _ shape: String = "[2,2]", _ offsets: String = "[0,16]"
) -> String {
  #"{"dtype":"\#(dtype)","shape":\#(shape),"data_offsets":\#(offsets)}"#
}

private func one(
  _ dtype: String = "I32", _ shape: String = "[2,2]", _ offsets: String = "[0,16]"
) -> String {
  #"{"a":"# + entry(dtype, shape, offsets) + "}"
}

private let goodHeaders: [HeaderCase] = [
  HeaderCase("one tensor", one(), 16),
  HeaderCase("no tensor", "{}"),
  HeaderCase("whitespace before the object", "\t\n{}\r "),
  HeaderCase("whitespace behind the object", one() + "    ", 16),
  HeaderCase("metadata that is null", #"{"__metadata__":null}"#),
  HeaderCase("metadata that is empty", #"{"__metadata__":{}}"#),
  HeaderCase("metadata with strings", #"{"__metadata__":{"format":"pt"}}"#),
  HeaderCase(
    "an unknown field", #"{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1],"note":[{}]}}"#, 1),
  HeaderCase("an empty name", #"{"":\#(entry())}"#, 16),
  HeaderCase("a name with NUL", #"{"a\u0000b":\#(entry())}"#, 16),
  HeaderCase("a name like a path", #"{"../../etc/passwd":\#(entry())}"#, 16),
  HeaderCase("a scalar", one("F32", "[]", "[0,4]"), 4),
  HeaderCase("no elements", one("F32", "[2,0]", "[0,0]")),
  HeaderCase(
    "no elements between two tensors",
    #"{"a":\#(entry("U8", "[2]", "[0,2]")),"b":\#(entry("F32", "[0]", "[2,2]")),"#
      + #""c":\#(entry("U8", "[1]", "[2,3]"))}"#, 3),
  HeaderCase(
    "entries out of order",
    #"{"b":\#(entry("U8", "[1]", "[2,3]")),"a":\#(entry("U8", "[2]", "[0,2]"))}"#, 3),
  HeaderCase(
    "a float that is not aligned",
    #"{"a":\#(entry("U8", "[1]", "[0,1]")),"b":\#(entry("F32", "[1]", "[1,5]"))}"#, 5),
  HeaderCase("four-bit elements in whole bytes", one("F4", "[2,3]", "[0,3]"), 3),
  HeaderCase("six-bit elements in whole bytes", one("F6_E2M3", "[4]", "[0,3]"), 3),
]

private let badHeaders: [HeaderCase] = [
  HeaderCase(
    "a repeated name, the same data", "{\"a\":\(entry()),\"a\":\(entry())}", 16,
    "headerNotJSON"),
  HeaderCase(
    "a repeated name behind an escape", #"{"test":\#(entry()),"te\u0073t":\#(entry())}"#,
    16, "headerNotJSON"),
  HeaderCase(
    "a repeated name, other data",
    "{\"a\":\(entry("U8", "[1]", "[0,1]")),\"a\":\(entry("U8", "[1]", "[1,2]"))}", 2,
    "headerNotJSON"),
  HeaderCase("repeated metadata", #"{"__metadata__":{},"__metadata__":{}}"#, 0, "headerNotJSON"),
  HeaderCase(
    "a repeated name in the metadata", #"{"__metadata__":{"a":"1","a":"2"}}"#, 0,
    "headerNotJSON"),
  HeaderCase(
    "a repeated field",
    #"{"a":{"dtype":"U8","dtype":"U8","shape":[1],"data_offsets":[0,1]}}"#, 1, "headerNotJSON"),
  HeaderCase("an entry as an array", #"{"a":["I32",[2,2],[0,16]]}"#, 16, "entryNotObject"),
  HeaderCase("an entry that is null", #"{"a":null}"#, 0, "entryNotObject"),
  HeaderCase("metadata with an integer", #"{"__metadata__":{"a":1}}"#, 0, "metadataValueNotString"),
  HeaderCase("nested metadata", #"{"__metadata__":{"a":{"b":"c"}}}"#, 0, "metadataValueNotString"),
  HeaderCase("metadata that is a string", #"{"__metadata__":"pt"}"#, 0, "metadataNotObject"),
  HeaderCase(
    "an unknown field nested 200 deep",
    #"{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1],"x":"#
      + String(repeating: "[", count: 200) + String(repeating: "]", count: 200) + "}}", 1,
    "headerNotJSON"),
  HeaderCase("a dimension -0", one("U8", "[-0]", "[0,0]"), 0, "malformedShape"),
  HeaderCase("a dimension 4e0", one("U8", "[4e0]", "[0,4]"), 4, "malformedShape"),
  HeaderCase("a dimension 4.0", one("U8", "[4.0]", "[0,4]"), 4, "malformedShape"),
  HeaderCase("a dimension 01", one("U8", "[01]", "[0,1]"), 1, "headerNotJSON"),
  HeaderCase("a dimension true", one("U8", "[true]", "[0,1]"), 1, "malformedShape"),
  HeaderCase("a dimension in quotes", one("U8", #"["4"]"#, "[0,4]"), 4, "malformedShape"),
  HeaderCase("a dimension below zero", one("U8", "[-1]", "[0,1]"), 1, "malformedShape"),
  HeaderCase(
    "a dimension above 64 bits", one("U8", "[99999999999999999999]", "[0,1]"), 1,
    "malformedShape"),
  HeaderCase("a shape that is a number", one("U8", "1", "[0,1]"), 1, "malformedShape"),
  HeaderCase(
    "dimensions beyond 63 bits", one("U8", "[18446744073709551615,2,0]", "[0,0]"), 0,
    "malformedShape"),
  // The reference accepts this one; no program can hold such a shape in signed integers.
  HeaderCase(
    "no rows of endless size", one("U8", "[0,18446744073709551615,2]", "[0,0]"), 0,
    "malformedShape"),
  HeaderCase(
    "no rows of 2^65 elements",
    one("U8", "[0,4611686018427387904,8]", "[0,0]"), 0, "sizeOverflow"),
  HeaderCase(
    "a product that wraps to 4",
    one("U8", "[4194305,4194305,211106198978564]", "[0,4]"), 4, "sizeOverflow"),
  HeaderCase(
    "bits beyond 63 bits", one("F64", "[1152921504606846976]", "[0,8]"), 8,
    "sizeOverflow"),
  HeaderCase("an end of 2^63", one("U8", "[1]", "[0,9223372036854775808]"), 1, "malformedOffsets"),
  HeaderCase("one offset", one("U8", "[1]", "[0]"), 1, "malformedOffsets"),
  HeaderCase("three offsets", one("U8", "[1]", "[0,1,1]"), 1, "malformedOffsets"),
  HeaderCase("an end before the beginning", one("U8", "[1]", "[1,0]"), 1, "offsetsReversed"),
  HeaderCase("a hole at the beginning", one("U8", "[1]", "[1,2]"), 2, "offsetsNotContiguous"),
  HeaderCase(
    "ten tensors on the same data",
    "{" + (0..<10).map { "\"t\($0)\":\(entry())" }.joined(separator: ",") + "}", 16,
    "offsetsNotContiguous"),
  HeaderCase(
    "a hole between two tensors",
    #"{"a":\#(entry("U8", "[1]", "[0,1]")),"b":\#(entry("U8", "[1]", "[2,3]"))}"#, 3,
    "offsetsNotContiguous"),
  HeaderCase("too little data for the shape", one("I32", "[2,3]", "[0,16]"), 16, "sizeMismatch"),
  HeaderCase(
    "petabytes in a small file",
    one("F32", "[1099511627776,1024]", "[0,4503599627370496]"), 16, "dataNotCovered"),
  HeaderCase("bytes behind the last tensor", one(), 17, "dataNotCovered"),
  HeaderCase("two bytes missing", one(), 14, "dataNotCovered"),
  HeaderCase("three four-bit elements", one("F4", "[3]", "[0,1]"), 1, "misaligned"),
  HeaderCase("three six-bit elements", one("F6_E3M2", "[3]", "[0,2]"), 2, "misaligned"),
  HeaderCase("a type in small letters", one("f32", "[1]", "[0,4]"), 4, "unknownElementType"),
  HeaderCase("a type nobody knows", one("F128", "[1]", "[0,16]"), 16, "unknownElementType"),
  HeaderCase("no dtype", #"{"a":{"shape":[1],"data_offsets":[0,1]}}"#, 1, "missingField"),
  HeaderCase("no shape", #"{"a":{"dtype":"U8","data_offsets":[0,1]}}"#, 1, "missingField"),
  HeaderCase("no offsets", #"{"a":{"dtype":"U8","shape":[1]}}"#, 1, "missingField"),
  HeaderCase("a lone surrogate", #"{"\ud800":\#(entry())}"#, 16, "headerNotJSON"),
  HeaderCase("a raw control character", "{\"a\u{1}\":\(entry())}", 16, "headerNotJSON"),
  HeaderCase("a byte order mark", "\u{FEFF}" + one(), 16, "headerNotJSON"),
  HeaderCase("a NUL behind the object", one() + "\0", 16, "headerNotJSON"),
  HeaderCase("a no-break space behind the object", one() + "\u{A0}", 16, "headerNotJSON"),
  HeaderCase("no JSON", "notjson", 0, "headerNotJSON"),
  HeaderCase("nothing", "", 0, "headerNotJSON"),
  HeaderCase("an array", "[]", 0, "headerNotObject"),
]

struct SafetensorsFileTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test(arguments: goodHeaders)
  func `opens a file that keeps the rules`(good: HeaderCase) throws {
    let path = try folder.write(
      safetensors(good.header, dataByteCount: good.dataByteCount), to: "good.safetensors")
    let file = try SafetensorsFile(path: path)
    #expect(file.tensors.map(\.byteCount).reduce(0, +) == good.dataByteCount)
    let data = try file.tensors.flatMap { try file.bytes(of: $0) }
    #expect(data == (0..<good.dataByteCount).map { UInt8($0) })
  }

  @Test(arguments: badHeaders)
  func `refuses a file that breaks a rule and says which`(bad: HeaderCase) throws {
    let path = try folder.write(
      safetensors(bad.header, dataByteCount: bad.dataByteCount), to: "bad.safetensors")
    let error = try #require(throws: SafetensorsError.self) { try SafetensorsFile(path: path) }
    #expect(clauseName(error.clause) == bad.clause)
    try HostileFile.keep(path, format: "safetensors", clause: clauseName(error.clause))
    #expect(error.description.hasPrefix(path))
    #expect(error.kind == .badData)
  }

  @Test(
    arguments: [
      ([], "tooShort"), ([1, 2, 3, 4, 5, 6, 7], "tooShort"),
      (lengthBytes(100_000_001), "headerTooLarge"), (lengthBytes(1 << 63 - 8), "headerTooLarge"),
      (lengthBytes(.max), "headerTooLarge"), (lengthBytes(100_000_000), "headerBeyondEnd"),
      (lengthBytes(3) + [0x7B, 0x7D], "headerBeyondEnd"),
      (lengthBytes(2) + [0xFF, 0xFE], "headerNotJSON"),
    ] as [([UInt8], String)])
  func `refuses a wrong header length`(bytes: [UInt8], clause: String) throws {
    let path = try folder.write(bytes, to: "length.safetensors")
    let error = try #require(throws: SafetensorsError.self) { try SafetensorsFile(path: path) }
    #expect(clauseName(error.clause) == clause)
    try HostileFile.keep(path, format: "safetensors", clause: clause)
  }

  @Test func `names the tensor in the error, without its control characters`() throws {
    let path = try folder.write(
      safetensors(#"{"a\u001bb":{"dtype":"X","shape":[],"data_offsets":[0,0]}}"#, dataByteCount: 0),
      to: "name.safetensors")
    let error = try #require(throws: SafetensorsError.self) { try SafetensorsFile(path: path) }
    #expect(error.place == "\(path), tensor \"a\u{FFFD}b\"")
  }

  @Test func `reads rows`() throws {
    let path = try folder.write(
      safetensors(
        #"{"a":\#(entry("U8", "[1]", "[0,1]")),"b":\#(entry("I16", "[3,2]", "[1,13]"))}"#,
        dataByteCount: 13), to: "rows.safetensors")
    let file = try SafetensorsFile(path: path)
    let tensor = try #require(file.tensor(named: "b"))
    var bytes = [UInt8](repeating: 0, count: 8)
    try bytes.withUnsafeMutableBytes { try file.readRows(1..<3, of: tensor, into: $0) }
    #expect(bytes == [5, 6, 7, 8, 9, 10, 11, 12])
  }

  @Test func `reads rows that end inside a byte only together`() throws {
    let path = try folder.write(
      safetensors(one("F4", "[2,3]", "[0,3]"), dataByteCount: 3), to: "nibbles.safetensors")
    let file = try SafetensorsFile(path: path)
    #expect(try file.bytes(of: file.tensors[0]) == [0, 1, 2])
    var bytes = [UInt8](repeating: 0, count: 2)
    #expect(throws: SafetensorsError.self) {
      try bytes.withUnsafeMutableBytes { try file.readRows(0..<1, of: file.tensors[0], into: $0) }
    }
  }

  @Test func `keeps apart two names that only look alike`() throws {
    let path = try folder.write(
      safetensors(
        #"{"\u00e9":\#(entry("U8", "[1]", "[0,1]")),"e\u0301":\#(entry("U8", "[1]", "[1,2]"))}"#,
        dataByteCount: 2), to: "alike.safetensors")
    let file = try SafetensorsFile(path: path)
    #expect(try file.bytes(of: file.tensors[0]) == [0])
    #expect(try file.bytes(of: file.tensors[1]) == [1])
  }

  @Test func `says that a file is missing`() {
    let error = #expect(throws: FileError.self) {
      try SafetensorsFile(path: folder.path("none.safetensors"))
    }
    #expect(error?.kind == .missingInput)
  }

  @Test func `20000 damaged files are read or refused`() throws {
    let good = safetensors(
      #"{"__metadata__":{"format":"pt"},"a":\#(entry()),"b":\#(entry("F32", "[3]", "[16,28]"))}"#,
      dataByteCount: 28)
    let half = safetensors(
      #"{"c":\#(entry("F16", "[2,0]", "[0,0]")),"ü":\#(entry("BOOL", "[]", "[0,1]"))} "#,
      dataByteCount: 1)
    let count = try MutationCount(
      of: [good, half], count: 20_000, seed: 4, as: "damaged.safetensors",
      isExpected: { $0 is any DescribedError }
    ) { path in
      let file = try SafetensorsFile(path: path)
      let fileByteCount = try RandomAccessFile(path: path).byteCount
      for tensor in file.tensors { #expect(try file.bytes(of: tensor).count <= fileByteCount) }
    }
    #expect(count.refused > 10_000 && count.read > 100, "\(count)")
    #expect(count.longest < .seconds(10), "\(count)")
  }
}
