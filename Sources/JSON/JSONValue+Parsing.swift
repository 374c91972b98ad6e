private import CJSON
import TensorStorage

extension JSONValue {
  /// The most values that a text may have where nothing else is said.
  ///
  /// A value of two bytes costs up to 200 bytes of memory, so the size of a text does not bound what
  /// it costs. A name counts as a value, and an object as eight.
  public static let maximumValueCount = 3 << 20

  /// The most values of a text that only describes: a header, a configuration, an index.
  public static let maximumDescriptionValueCount = 1 << 20

  /// Reads a text that must be strict JSON (RFC 8259) in UTF-8, with unique member names.
  ///
  /// Whitespace around the value is allowed; a byte order mark, comments, `NaN`, lone surrogates and
  /// anything behind the value are not.
  ///
  /// - Parameters:
  ///   - bytes: the whole text.
  ///   - file: the file's name, for messages.
  ///   - maximumDepth: how many arrays and objects may be nested, at most 512.
  ///   - maximumValueCount: the most values, names among them; an object counts as eight.
  /// - Throws: ``JSONError`` that says which rule was violated and where.
  public init(
    parsing bytes: UnsafeRawBufferPointer, file: String, maximumDepth: Int = 128,
    maximumValueCount: Int = Self.maximumValueCount
  ) throws(JSONError) {
    let depth = max(0, min(maximumDepth, 512))
    guard bytes.count < Int(Int32.max) else {
      throw JSONError(
        .tooLarge(byteCount: bytes.count, limit: Int(Int32.max) - 1), at: 0, file: file)
    }
    let scan = try JSONScan(
      bytes, file: file, maximumDepth: depth, maximumValueCount: maximumValueCount)
    let tree = try ParsedTree(bytes, scan: scan, file: file, maximumDepth: depth)
    var reader = TreeReader(scan: scan, file: file)
    self = try reader.value(of: tree.root)
  }

  /// Reads a text held in an array, by the same rules.
  public init(
    parsing bytes: [UInt8], file: String, maximumDepth: Int = 128,
    maximumValueCount: Int = Self.maximumValueCount
  ) throws(JSONError) {
    let result = bytes.withUnsafeBytes { buffer in
      Result { () throws(JSONError) in
        try JSONValue(
          parsing: buffer, file: file, maximumDepth: maximumDepth,
          maximumValueCount: maximumValueCount)
      }
    }
    self = try result.get()
  }

  /// Reads a JSON file of a bounded size.
  ///
  /// - Throws: ``FileError`` when the file cannot be read, ``JSONError`` when it is larger than
  ///   `maximumByteCount` or not strict JSON.
  public init(
    contentsOf path: String, maximumByteCount: Int, maximumDepth: Int = 128,
    maximumValueCount: Int = Self.maximumValueCount
  ) throws {
    let file = try RandomAccessFile(path: path)
    guard file.byteCount <= maximumByteCount else {
      throw JSONError(
        .tooLarge(byteCount: file.byteCount, limit: maximumByteCount), at: 0, file: path)
    }
    let bytes = try file.bytes(in: 0..<file.byteCount)
    self = try JSONValue(
      parsing: bytes, file: path, maximumDepth: maximumDepth, maximumValueCount: maximumValueCount)
  }
}

/// The tree that json-c made of a text, freed when this goes.
private struct ParsedTree: ~Copyable {
  /// `nil` stands for `null`.
  let root: OpaquePointer?

  init(
    _ bytes: UnsafeRawBufferPointer, scan: JSONScan, file: String, maximumDepth: Int
  ) throws(JSONError) {
    // json-c counts the value inside the innermost array as one level more.
    guard let tokener = json_tokener_new_ex(Int32(maximumDepth + 2)) else {
      throw JSONError(.refused(reason: "no memory for the parser"), at: 0, file: file)
    }
    defer { json_tokener_free(tokener) }
    // The scan is stricter than JSON_TOKENER_STRICT, which would refuse integers beyond 64 bits.
    json_tokener_set_flags(tokener, Int32(JSON_TOKENER_VALIDATE_UTF8))
    let value = bytes[scan.valueRange]
    var root = value.withMemoryRebound(to: CChar.self) {
      json_tokener_parse_ex(tokener, $0.baseAddress, Int32($0.count))
    }
    if json_tokener_get_error(tokener) == json_tokener_continue {
      // A number at the top could go on; a NUL says that it does not.
      var end: CChar = 0
      root = json_tokener_parse_ex(tokener, &end, 1)
    }
    let outcome = json_tokener_get_error(tokener)
    guard outcome == json_tokener_success else {
      throw JSONError(
        .refused(reason: String(cString: json_tokener_error_desc(outcome))),
        at: scan.valueRange.lowerBound + json_tokener_get_parse_end(tokener), file: file)
    }
    self.root = root
  }

  deinit { json_object_put(root) }
}

/// Turns json-c's tree into values, beside the scan's notes on what json-c does not keep.
private struct TreeReader {
  let scan: JSONScan
  let file: String
  private var objectCount = 0
  private var numberCount = 0
  private var otherIntegerCount = 0
  private var stringCount = 0
  private var otherStringCount = 0

  init(scan: JSONScan, file: String) {
    self.scan = scan
    self.file = file
  }

  mutating func value(of node: OpaquePointer?) throws(JSONError) -> JSONValue {
    guard let node else { return .null }
    switch json_object_get_type(node) {
    case json_type_boolean: return .bool(json_object_get_boolean(node) != 0)
    case json_type_double:
      numberCount += 1
      return .number(json_object_get_double(node))
    case json_type_int: return integer(node)
    case json_type_string: return string(node)
    case json_type_array:
      var elements: [JSONValue] = []
      let count = json_object_array_length(node)
      elements.reserveCapacity(count)
      for index in 0..<count {
        elements.append(try value(of: json_object_array_get_idx(node, index)))
      }
      return .array(elements)
    case json_type_object: return .object(try object(node))
    default: return .null
    }
  }

  private mutating func string(_ node: OpaquePointer) -> JSONValue {
    let position = stringCount
    stringCount += 1
    if otherStringCount < scan.otherStrings.count,
      scan.otherStrings[otherStringCount].position == position
    {
      otherStringCount += 1
      return .string(scan.otherStrings[otherStringCount - 1].text)
    }
    let bytes = UnsafeRawBufferPointer(
      start: json_object_get_string(node), count: Int(json_object_get_string_len(node)))
    return .string(String(decoding: bytes, as: UTF8.self))
  }

  private mutating func integer(_ node: OpaquePointer) -> JSONValue {
    let position = numberCount
    numberCount += 1
    if otherIntegerCount < scan.otherIntegers.count,
      scan.otherIntegers[otherIntegerCount].position == position
    {
      otherIntegerCount += 1
      return .number(scan.otherIntegers[otherIntegerCount - 1].value)
    }
    let unsigned = json_object_get_uint64(node)
    return unsigned > UInt64(Int.max)
      ? .unsigned(unsigned) : .integer(Int(json_object_get_int64(node)))
  }

  private mutating func object(_ node: OpaquePointer) throws(JSONError) -> JSONObject {
    let names = scan.objects[objectCount]
    objectCount += 1
    // json-c replaces the value of a repeated name, so the counts tell before any value is read.
    guard Int(json_object_object_length(node)) == names.count else { throw repeatedName(names) }
    var members: [(name: String, value: JSONValue)] = []
    members.reserveCapacity(names.count)
    var iterator = json_object_iter_begin(node)
    for name in names {
      members.append((name.text, try value(of: json_object_iter_peek_value(&iterator))))
      json_object_iter_next(&iterator)
    }
    guard let object = JSONObject(members: members) else { throw repeatedName(names) }
    return object
  }

  private func repeatedName(_ names: [JSONScan.Name]) -> JSONError {
    var seen: Set<ExactString> = []
    for name in names where !seen.insert(ExactString(name.text)).inserted {
      return JSONError(.duplicateName(name.text), at: name.byteOffset, file: file)
    }
    return JSONError(.ambiguousNames, at: names.first?.byteOffset ?? 0, file: file)
  }
}
