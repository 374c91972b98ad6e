internal import CHDF5
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The one door to libhdf5, which is not thread-safe: every call goes through it, one at a time.
enum HDF5Library {
  private static let lock = Mutex(())

  /// What a call returned, and the library's words when it failed.
  enum Outcome<Value> {
    case success(Value)
    case failure(reason: String)
  }

  /// Makes one call of the shim; a negative status means that it failed.
  static func call<Value: Sendable>(
    _ body: () -> (status: Int64, value: Value)
  ) -> Outcome<Value> {
    lock.withLock { _ in
      let (status, value) = body()
      return status < 0
        ? .failure(reason: String(cString: rmt_hdf5_message())) : .success(value)
    }
  }
}

/// An open HDF5 file; closed when this goes.
struct HDF5Handle: ~Copyable, Sendable {
  let identifier: Int64

  init(path: String) throws(HDF5Error) {
    switch HDF5Library.call({
      let identifier = rmt_hdf5_open(path)
      return (identifier, identifier)
    }) {
    case .success(let identifier): self.identifier = identifier
    case .failure(let reason): throw HDF5Error(.cannotOpen(reason: reason), file: path)
    }
  }

  deinit {
    let identifier = identifier
    _ = HDF5Library.call {
      rmt_hdf5_close(identifier)
      return (0, ())
    }
  }

  /// Makes a call whose result the shim allocated, and copies it.
  ///
  /// - Parameter body: returns the status, the number of items, and memory that is freed here.
  func bytes(
    _ body: (Int64) -> (
      status: Int32, count: Int, bytes: UnsafeMutablePointer<UInt8>?, byteCount: Int, kind: Int32
    )
  ) -> HDF5Library.Outcome<(kind: Int32, count: Int, bytes: [UInt8])> {
    HDF5Library.call {
      let result = body(identifier)
      defer { free(result.bytes) }
      let bytes = Array(UnsafeBufferPointer(start: result.bytes, count: result.byteCount))
      return (Int64(result.status), (result.kind, result.count, bytes))
    }
  }
}
