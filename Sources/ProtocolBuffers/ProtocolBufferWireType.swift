/// How a field's value lies behind its key.
///
/// The two further types of the encoding, the ends of groups, have been out of use since before any
/// format that is read here.
package enum ProtocolBufferWireType: UInt64, Sendable {
  case varint = 0
  case fixed64 = 1
  case lengthDelimited = 2
  case fixed32 = 5
}
