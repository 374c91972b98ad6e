import Synchronization
import TensorStorage

/// Half-precision numbers as the protocol buffers' own integers, one behind the other.
///
/// Nothing says where one begins, so they are walked through from the front. A read that goes on where
/// the last one of the same tensor ended does not begin anew.
final class VarintWalk: Sendable {
  /// What a walk breaks off at.
  enum Failure: Error {
    /// An integer that is no half-precision number.
    case notHalf
  }

  private let file: RandomAccessFile
  private let part: Range<Int>
  /// The number of elements behind which a walk has come, and where the next one begins.
  private let place: Mutex<(index: Int, offset: Int)>

  init(_ file: RandomAccessFile, _ part: Range<Int>) {
    self.file = file
    self.part = part
    place = Mutex((0, part.lowerBound))
  }

  /// Reads elements into their little-endian bytes.
  ///
  /// - Throws: ``Failure``, `TruncatedBytes`, `FileError`.
  func read(from first: Int, into destination: UnsafeMutableRawBufferPointer) throws {
    var (index, offset) = place.withLock { $0 }
    if index > first { (index, offset) = (0, part.lowerBound) }
    let end = first + destination.count / 2
    var input = ByteReader(file)
    input.move(to: offset..<part.upperBound)
    while index < end {
      let half = try Self.next(&input)
      if index >= first {
        destination.storeBytes(
          of: half.littleEndian, toByteOffset: (index - first) * 2, as: UInt16.self)
      }
      index += 1
    }
    let reached = (index, input.position)
    place.withLock { $0 = reached }
  }

  private static func next(_ input: inout ByteReader) throws -> UInt16 {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    var byte: UInt8
    repeat {
      byte = try input.byte()
      guard shift < 28 else { throw Failure.notHalf }
      value |= UInt64(byte & 0x7F) << shift
      shift += 7
    } while byte >= 0x80
    guard let half = UInt16(exactly: value) else { throw Failure.notHalf }
    return half
  }
}
