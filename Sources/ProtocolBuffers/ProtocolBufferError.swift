import TensorStorage

/// Bytes break a rule of the protocol buffers' encoding; one case per rule.
package struct ProtocolBufferError: DescribedError {
  /// The rule that was broken.
  package enum Clause: Sendable, Hashable {
    /// An integer that goes on beyond 64 bits.
    case varintTooLong(field: Int?)
    /// Fields are numbered from 1 to 2²⁹ − 1.
    case fieldNumber(UInt64)
    /// A wire type that does not exist, or a group, which nobody writes any more.
    case wireType(field: Int, type: Int)
    /// More bytes than the message has.
    case beyondEnd(field: Int, byteCount: UInt64, remaining: Int)
    /// A field that holds another kind of value than its definition says.
    case unexpectedType(field: Int, expected: String)
    /// Bytes that would have to be held and are far more than such a field ever has.
    case tooLong(field: Int, byteCount: Int, limit: Int)
    /// A string that is not UTF-8.
    case notText(field: Int)
  }

  /// The rule that was broken.
  package let clause: Clause
  /// Where, counted from the file's beginning or from that of the block in it.
  package let position: Int
  /// The file as it was named.
  package let file: String

  /// An error at a place of a file.
  package init(_ clause: Clause, at position: Int, file: String) {
    self.clause = clause
    self.position = position
    self.file = file
  }

  /// A file's content is wrong.
  package var kind: FailureKind { .badData }

  /// The file and the place in it.
  package var place: String? { "\(file), byte \(position)" }

  /// What was found and what the encoding asks for.
  package var problem: String {
    switch clause {
    case .varintTooLong(let field):
      "\(field.map { "field \($0)" } ?? "a key") is an integer of more than 64 bits"
    case .fieldNumber(let number): "a field has the number \(number), not one from 1 to 2^29 - 1"
    case .wireType(let field, let type): "field \(field) has the unknown wire type \(type)"
    case .beyondEnd(let field, let byteCount, let remaining):
      "field \(field) claims \(byteCount) bytes, its message has \(remaining) left"
    case .unexpectedType(let field, let expected): "field \(field) does not hold \(expected)"
    case .tooLong(let field, let byteCount, let limit):
      "field \(field) has \(byteCount) bytes, at most \(limit) are accepted"
    case .notText(let field): "field \(field) is not UTF-8"
    }
  }

  /// What to do about it.
  package var advice: String? { "The file may be cut or damaged; copy or download it again." }
}
