private import CXXHash

/// XXH3 with 64 bits and seed 0 over bytes that arrive in pieces.
///
/// The result depends on the bytes alone, not on how they were cut. Source: libxxhash.
package struct StreamingChecksum: ~Copyable {
  private let state: OpaquePointer

  /// The checksum of no bytes yet.
  package init() {
    guard let state = XXH3_createState() else {
      preconditionFailure("no memory for a checksum's state")
    }
    self.state = state
    XXH3_64bits_reset(state)
  }

  deinit { XXH3_freeState(state) }

  /// Appends bytes.
  package mutating func update(_ bytes: UnsafeRawBufferPointer) {
    guard let base = bytes.baseAddress else { return }
    XXH3_64bits_update(state, base, bytes.count)
  }

  /// Appends bytes.
  package mutating func update(_ bytes: [UInt8]) {
    bytes.withUnsafeBytes { update($0) }
  }

  /// The checksum of all bytes so far.
  package var value: UInt64 { XXH3_64bits_digest(state) }

  /// Begins again with no bytes.
  package mutating func reset() { XXH3_64bits_reset(state) }
}
