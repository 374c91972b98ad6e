import TensorStorage
import TestSupport
import Testing

@testable import WeightFile

/// One wrong file for each rule of the specification's section 4 that opening checks.
@Suite struct WeightFileRefusalTests {
  private typealias Clause = WeightFileError.Clause

  /// The clause by which a file of these bytes is refused.
  private func refusal(_ bytes: [UInt8]) throws -> Clause? {
    let folder = try TemporaryFolder()
    let path = try folder.write(bytes, to: "wrong.rmtw")
    do {
      _ = try WeightFile(path: path)
      return nil
    } catch let error as WeightFileError {
      #expect(error.path == path)
      #expect(!error.problem.isEmpty && error.advice != nil)
      try HostileFile.keep(path, format: "native", clause: clauseName(error.clause))
      return error.clause
    }
  }

  private func refusal(json: String, dataByteCount: Int = 16) throws -> Clause? {
    try refusal(ExampleFile.bytes(json: json, dataByteCount: dataByteCount))
  }

  private func refusal(of tensors: String..., dataByteCount: Int = 16) throws -> Clause? {
    let json = #"{"kind":"model","metadata":{},"tensors":["# + tensors.joined(separator: ",") + "]}"
    return try refusal(json: json, dataByteCount: dataByteCount)
  }

  private var whole: [UInt8] {
    ExampleFile.bytes(json: ExampleFile.json(tensors: ExampleFile.tensor()), dataByteCount: 16)
  }

  @Test func `the file from which the wrong ones are made is right`() throws {
    #expect(try refusal(whole) == nil)
  }

  @Test(arguments: [0, 1, 8, 39])
  func `1 refuses a file shorter than the preamble`(byteCount: Int) throws {
    #expect(try refusal(Array(whole.prefix(byteCount))) == .tooShort(byteCount: byteCount))
  }

  @Test func `2 refuses another magic, also of a short file`() throws {
    #expect(try refusal(Array("hello".utf8)) == .notAWeightFile)
    for index in 0..<8 {
      var bytes = whole
      bytes[index] ^= 0x20
      #expect(try refusal(bytes) == .notAWeightFile)
    }
  }

  @Test func `3 refuses another major version`() throws {
    let json = ExampleFile.json()
    #expect(
      try refusal(ExampleFile.bytes(json: json, dataByteCount: 0, majorVersion: 2, minorVersion: 3))
        == .unsupportedVersion(major: 2, minor: 3))
    #expect(
      try refusal(ExampleFile.bytes(json: json, dataByteCount: 0, majorVersion: 0))
        == .unsupportedVersion(major: 0, minor: 0))
  }

  @Test func `4 refuses features that it does not know`() throws {
    let bytes = ExampleFile.bytes(json: ExampleFile.json(), dataByteCount: 0, features: 1 << 31)
    #expect(try refusal(bytes) == .unknownFeatures(bits: 1 << 31))
  }

  @Test(arguments: [0, 1, 16_777_217, 1 << 63, UInt64.max - 39, UInt64.max])
  func `5 refuses a header length out of bounds`(length: UInt64) throws {
    var bytes = whole
    bytes.replaceSubrange(16..<24, with: withUnsafeBytes(of: length.littleEndian) { Array($0) })
    #expect(try refusal(bytes) == .headerByteCount(length))
  }

  @Test func `6 refuses a file that was cut or grew`() throws {
    let count = whole.count
    #expect(
      try refusal(whole.dropLast(1)) == .fileByteCount(stated: UInt64(count), actual: count - 1))
    #expect(
      try refusal(whole + [0]) == .fileByteCount(stated: UInt64(count), actual: count + 1))
    let bytes = ExampleFile.bytes(
      json: ExampleFile.json(), dataByteCount: 0, statedByteCount: .max)
    #expect(try refusal(bytes) == .fileByteCount(stated: .max, actual: 4096))
  }

  @Test func `7 refuses a header beyond the end`() throws {
    var bytes = whole
    let length = UInt64(whole.count)
    bytes.replaceSubrange(16..<24, with: withUnsafeBytes(of: length.littleEndian) { Array($0) })
    #expect(
      try refusal(bytes)
        == .headerBeyondEnd(headerEnd: whole.count + 40, fileByteCount: whole.count))
  }

  @Test(arguments: [10, 32, 39, 40, 60])
  func `8 refuses a header that was changed`(offset: Int) throws {
    var bytes = whole
    bytes[offset] ^= 1
    guard case .headerChecksum = try refusal(bytes) else {
      Issue.record("byte \(offset) was changed")
      return
    }
  }

  @Test(arguments: [
    "", "{", "nul", "{}x", "\u{FEFF}{}", #"{"kind":"a","kind":"b"}"#, #"{"kind":"\ud800"}"#,
    String(repeating: "[", count: 100_000),
  ])
  func `9 refuses what is not strict JSON`(json: String) throws {
    let clause = try refusal(json: json.utf8.count < 2 ? "  " : json)
    guard case .headerSyntax = clause else {
      Issue.record("got \(String(describing: clause))")
      return
    }
  }

  @Test(arguments: [
    "[]", "null", #"{"metadata":{},"tensors":[]}"#, #"{"kind":1,"metadata":{},"tensors":[]}"#,
    #"{"kind":"model","tensors":[]}"#, #"{"kind":"model","metadata":[],"tensors":[]}"#,
    #"{"kind":"model","metadata":{}}"#, #"{"kind":"model","metadata":{},"tensors":{}}"#,
    #"{"kind":"model","metadata":{},"tensors":[1]}"#,
    #"{"kind":"model","metadata":{},"tensors":[{"name":"a"}]}"#,
    ExampleFile.json(tensors: ExampleFile.tensor(shape: "4")),
    ExampleFile.json(tensors: ExampleFile.tensor(shape: "[-4]")),
    ExampleFile.json(tensors: ExampleFile.tensor(shape: "[4.0]")),
    ExampleFile.json(tensors: ExampleFile.tensor(shape: "[18446744073709551615]")),
    ExampleFile.json(tensors: ExampleFile.tensor(offset: "-64")),
    ExampleFile.json(tensors: ExampleFile.tensor(byteCount: "1e3")),
    ExampleFile.json(tensors: ExampleFile.tensor(xxh3: "2D06800538D394C2")),
    ExampleFile.json(tensors: ExampleFile.tensor(xxh3: "0")),
  ])
  func `10 refuses members that are missing or of another type`(json: String) throws {
    let clause = try refusal(json: json)
    guard case .member = clause else {
      Issue.record("got \(String(describing: clause))")
      return
    }
  }

  @Test func `11 refuses unknown members of its own version, and ignores a later one's`() throws {
    #expect(
      try refusal(json: #"{"kind":"model","metadata":{},"tensors":[],"x":1}"#)
        == .unknownMember(name: "x", of: "top level"))
    let tensor = ExampleFile.tensor(more: #","x":1"#)
    #expect(try refusal(of: tensor) == .unknownMember(name: "x", of: "tensor 0"))
    let later = ExampleFile.bytes(
      json: ExampleFile.json(tensors: tensor), dataByteCount: 16, minorVersion: 1)
    #expect(try refusal(later) == nil)
  }

  @Test(arguments: ["", "Model", "1", "-a", "a b", "é", String(repeating: "a", count: 33)])
  func `12 refuses other spellings of a kind`(kind: String) throws {
    #expect(
      try refusal(json: #"{"kind":"\#(kind)","metadata":{},"tensors":[]}"#)
        == .kindSpelling(kind))
  }

  @Test func `13 refuses empty, overlong and control-character names`() throws {
    #expect(try refusal(of: ExampleFile.tensor(name: "")) == .tensorName(""))
    #expect(try refusal(of: ExampleFile.tensor(name: #"a\u0000b"#)) == .tensorName("a\u{0}b"))
    #expect(try refusal(of: ExampleFile.tensor(name: "\u{7F}")) == .tensorName("\u{7F}"))
    let long = String(repeating: "a", count: 1025)
    #expect(try refusal(of: ExampleFile.tensor(name: long)) == .tensorName(long))
  }

  @Test func `14 refuses a name that occurred before, also when spelt with escapes`() throws {
    let clause = try refusal(
      of: ExampleFile.tensor(), ExampleFile.tensor(name: #"\u0061"#, offset: "64"),
      dataByteCount: 80)
    #expect(clause == .duplicateTensor("a"))
  }

  @Test(arguments: ["f64", "F32", "i16", "bool", "f4", ""])
  func `15 refuses an unknown dtype`(dtype: String) throws {
    #expect(
      try refusal(of: ExampleFile.tensor(dtype: dtype)) == .elementType(tensor: "a", found: dtype))
  }

  @Test func `16 refuses more than 8 axes`() throws {
    let tensor = ExampleFile.tensor(shape: "[4,1,1,1,1,1,1,1,1]")
    #expect(try refusal(of: tensor) == .rank(tensor: "a", found: 9))
  }

  @Test(arguments: [
    "[281474976710656]", "[4194305,4194305,211106198978564]", "[9223372036854775807,2]",
    "[0,9223372036854775807]", "[4294967296,4294967296,0]",
  ])
  func `17 refuses a shape whose size overflows`(shape: String) throws {
    #expect(
      try refusal(of: ExampleFile.tensor(shape: shape, byteCount: "0"))
        == .sizeOverflow(tensor: "a"))
  }

  @Test func `18 refuses a byte count that contradicts the shape`() throws {
    #expect(
      try refusal(of: ExampleFile.tensor(byteCount: "20"))
        == .tensorByteCount(tensor: "a", stated: 20, expected: 16))
  }

  @Test func `19 refuses a misaligned tensor`() throws {
    #expect(
      try refusal(of: ExampleFile.tensor(offset: "4"), dataByteCount: 20)
        == .misalignedTensor(tensor: "a", offset: 4))
  }

  @Test func `20 refuses overlapping tensors`() throws {
    let clause = try refusal(
      of: ExampleFile.tensor(), ExampleFile.tensor(name: "b"), dataByteCount: 80)
    #expect(clause == .overlappingTensor(tensor: "b", offset: 0, expected: 64))
  }

  @Test(arguments: [64, 9_223_372_036_854_775_744])
  func `21 refuses a gap`(offset: Int) throws {
    #expect(
      try refusal(of: ExampleFile.tensor(offset: "\(offset)"), dataByteCount: 80)
        == .gapBeforeTensor(tensor: "a", offset: offset, expected: 0))
  }

  @Test(arguments: [0, 15, 17, 4096])
  func `22 refuses data that end elsewhere than the file`(dataByteCount: Int) throws {
    #expect(
      try refusal(of: ExampleFile.tensor(), dataByteCount: dataByteCount)
        == .dataEnd(expected: 4112, fileByteCount: 4096 + dataByteCount))
  }

  @Test func `23 refuses i8 without scales of the right type and shape`() throws {
    let table = ExampleFile.tensor(name: "t", dtype: "i8", shape: "[2,8]")
    #expect(try refusal(of: table) == .scales(tensor: "t"))
    let scalar = ExampleFile.tensor(name: "t", dtype: "i8", shape: "[]", byteCount: "1")
    #expect(try refusal(of: scalar, dataByteCount: 1) == .scales(tensor: "t"))
    let wrongType = ExampleFile.tensor(
      name: "t.scales", dtype: "i32", shape: "[2]", offset: "64", byteCount: "8")
    #expect(try refusal(of: table, wrongType, dataByteCount: 72) == .scales(tensor: "t"))
    let wrongShape = ExampleFile.tensor(
      name: "t.scales", shape: "[8]", offset: "64", byteCount: "32")
    #expect(try refusal(of: table, wrongShape, dataByteCount: 96) == .scales(tensor: "t"))
  }

  @Test func `a folder and a missing file are errors of the system`() throws {
    let folder = try TemporaryFolder()
    #expect(throws: FileError.self) { try WeightFile(path: folder.path) }
    #expect(throws: FileError.self) { try WeightFile(path: folder.path("missing")) }
  }
}
