extension JSONValue {
  /// The value as JSON text: members in their order, numbers in their shortest exact form.
  ///
  /// The same value gives the same bytes. Fractions are written so that reading gives the same
  /// `Double`; infinities and NaN, which JSON cannot write, become `null`.
  ///
  /// - Parameter pretty: indented by two spaces, or all on one line without spaces.
  public func serialized(pretty: Bool) -> String {
    var writer = JSONWriter(isPretty: pretty)
    writer.write(self, depth: 0)
    return String(decoding: writer.bytes, as: UTF8.self)
  }
}

extension JSONObject {
  /// The object as JSON text; see ``JSONValue/serialized(pretty:)``.
  public func serialized(pretty: Bool) -> String {
    JSONValue.object(self).serialized(pretty: pretty)
  }
}

private struct JSONWriter {
  let isPretty: Bool
  var bytes: [UInt8] = []

  init(isPretty: Bool) { self.isPretty = isPretty }

  mutating func write(_ value: JSONValue, depth: Int) {
    switch value {
    case .null: bytes += "null".utf8
    case .bool(let value): bytes += (value ? "true" : "false").utf8
    case .integer(let value): bytes += String(value).utf8
    case .unsigned(let value): bytes += String(value).utf8
    case .number(let value): bytes += (value.isFinite ? "\(value)" : "null").utf8
    case .string(let value): write(value)
    case .array(let elements):
      bytes.append(UInt8(ascii: "["))
      for (index, element) in elements.enumerated() {
        separate(isFirst: index == 0, depth: depth + 1)
        write(element, depth: depth + 1)
      }
      if !elements.isEmpty { breakLine(depth: depth) }
      bytes.append(UInt8(ascii: "]"))
    case .object(let object):
      bytes.append(UInt8(ascii: "{"))
      for (index, member) in object.members.enumerated() {
        separate(isFirst: index == 0, depth: depth + 1)
        write(member.name)
        bytes += (isPretty ? ": " : ":").utf8
        write(member.value, depth: depth + 1)
      }
      if !object.isEmpty { breakLine(depth: depth) }
      bytes.append(UInt8(ascii: "}"))
    }
  }

  private mutating func separate(isFirst: Bool, depth: Int) {
    if !isFirst { bytes.append(UInt8(ascii: ",")) }
    breakLine(depth: depth)
  }

  private mutating func breakLine(depth: Int) {
    guard isPretty else { return }
    bytes.append(UInt8(ascii: "\n"))
    bytes += repeatElement(UInt8(ascii: " "), count: 2 * depth)
  }

  private mutating func write(_ string: String) {
    bytes.append(UInt8(ascii: "\""))
    for byte in string.utf8 {
      switch byte {
      case UInt8(ascii: "\""): bytes += "\\\"".utf8
      case UInt8(ascii: "\\"): bytes += "\\\\".utf8
      case 0x08: bytes += "\\b".utf8
      case 0x09: bytes += "\\t".utf8
      case 0x0A: bytes += "\\n".utf8
      case 0x0C: bytes += "\\f".utf8
      case 0x0D: bytes += "\\r".utf8
      case 0..<0x20:
        let digits = String(byte, radix: 16)
        bytes += ("\\u00" + (byte < 16 ? "0" : "") + digits).utf8
      default: bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }
}
