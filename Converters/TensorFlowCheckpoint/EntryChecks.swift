import Synchronization
import TensorStorage

/// Checks the bytes of tensors that are read from front to back.
///
/// Rows may be read in any order, so a tensor is checked on each walk through it that begins with
/// the first byte and leaves none out; other reads are not checked. Conversion reads every tensor
/// in this way.
final class EntryChecks: Sendable {
  /// A walk through a tensor: how far it has come, and the check so far.
  private struct Walk {
    var position: Int
    var check: CRC32C
  }

  private let walks = Mutex<[[UInt8]: Walk]>([:])

  /// Takes in bytes that were read.
  ///
  /// - Parameters:
  ///   - bytes: as they lie in the file.
  ///   - offset: where they begin in the tensor.
  ///   - byteCount: the tensor's size.
  /// - Returns: the check of the whole tensor when these were its last bytes; else `nil`.
  func take(
    _ bytes: UnsafeRawBufferPointer, of name: [UInt8], at offset: Int, byteCount: Int
  ) -> CRC32C? {
    // Taken out, so that the sum is made outside the lock; another reader's walk is then another's.
    let found = walks.withLock { $0.removeValue(forKey: name) }
    var walk = offset == 0 ? Walk(position: 0, check: CRC32C()) : found
    guard walk?.position == offset else { return nil }
    walk?.check.update(bytes)
    walk?.position += bytes.count
    if walk?.position == byteCount { return walk?.check }
    walks.withLock { $0[name] = walk }
    return nil
  }
}
