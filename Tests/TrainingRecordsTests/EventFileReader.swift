import TensorStorage
import Testing

/// A reader of TensorBoard's event files, written from the formats' descriptions and not from the
/// writer: it checks both checks of every record and knows the fields that a scalar takes.
struct EventFileReader {
  struct Event: Equatable {
    var wallTime = 0.0
    var step = 0
    var fileVersion: String?
    var sessionStatus: Int?
    var scalars: [String: Float] = [:]
  }

  /// The events of a file's bytes.
  static func events(_ bytes: [UInt8]) throws -> [Event] {
    var events: [Event] = []
    var rest = bytes[...]
    while !rest.isEmpty {
      let header = Array(rest.prefix(8))
      let length = Int(number(header))
      try #require(rest.count >= length + 16)
      #expect(masked(header) == number(rest.dropFirst(8).prefix(4)))
      let payload = Array(rest.dropFirst(12).prefix(length))
      #expect(masked(payload) == number(rest.dropFirst(12 + length).prefix(4)))
      events.append(try event(payload))
      rest = rest.dropFirst(length + 16)
    }
    return events
  }

  private static func masked(_ bytes: [UInt8]) -> UInt64 {
    let check = CRC32C(of: bytes).value
    return UInt64(((check >> 15) | (check << 17)) &+ 0xA282_EAD8)
  }

  private static func number(_ bytes: some Collection<UInt8>) -> UInt64 {
    bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  private static func event(_ payload: [UInt8]) throws -> Event {
    var event = Event()
    for (field, value) in try fields(payload) {
      switch field {
      case 1: event.wallTime = Double(bitPattern: number(value))
      case 2: event.step = Int(number(value))
      case 3: event.fileVersion = String(decoding: value, as: UTF8.self)
      case 5:
        for (field, value) in try fields(value) where field == 1 {
          let members = Dictionary(uniqueKeysWithValues: try fields(value))
          let tag = String(decoding: try #require(members[1]), as: UTF8.self)
          let bits = UInt32(number(try #require(members[2])))
          event.scalars[tag] = Float(bitPattern: bits)
        }
      case 7: event.sessionStatus = Int(number(try #require(try fields(value).first).1))
      default: Issue.record("field \(field)")
      }
    }
    return event
  }

  /// The fields of a message; an integer as its eight bytes.
  private static func fields(_ message: [UInt8]) throws -> [(Int, [UInt8])] {
    var fields: [(Int, [UInt8])] = []
    var place = 0
    func varint() -> UInt64 {
      var value: UInt64 = 0
      var shift: UInt64 = 0
      while true {
        value |= UInt64(message[place] & 0x7F) << shift
        place += 1
        if message[place - 1] < 0x80 { return value }
        shift += 7
      }
    }
    while place < message.count {
      let key = varint()
      var length: Int
      switch key & 7 {
      case 0:
        let value = varint()
        fields.append((Int(key >> 3), (0..<8).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }))
        continue
      case 1: length = 8
      case 2: length = Int(varint())
      default:
        #expect(key & 7 == 5)
        length = 4
      }
      try #require(place + length <= message.count)
      fields.append((Int(key >> 3), Array(message[place..<place + length])))
      place += length
    }
    return fields
  }
}
