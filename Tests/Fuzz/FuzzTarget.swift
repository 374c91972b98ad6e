import Foundation
import TensorStorage

/// The format that the variable `RMT_FUZZ_FORMAT` names, and the file through which inputs go.
///
/// The file lies in memory where the system has a folder for that: readers take paths, and data
/// files may have to lie beside the one that is read (`RMT_FUZZ_FOLDER`, made by `make fuzz`).
private let target: (format: FuzzedFormat, path: String) = {
  let environment = ProcessInfo.processInfo.environment
  guard let format = environment["RMT_FUZZ_FORMAT"].flatMap(FuzzedFormat.init(rawValue:)),
    let folder = environment["RMT_FUZZ_FOLDER"]
  else {
    fatalError(
      "RMT_FUZZ_FORMAT must be one of \(FuzzedFormat.allCases.map(\.rawValue)) and"
        + " RMT_FUZZ_FOLDER a folder; `make fuzz` sets both.")
  }
  return (format, "\(folder)/\(format.fileName)")
}()

/// Puts a well-formed file into the folder of seeds where no fixture is one; libFuzzer calls it first.
@_cdecl("LLVMFuzzerInitialize")
public func initialize(
  _ count: UnsafeMutableRawPointer?, _ arguments: UnsafeMutableRawPointer?
) -> CInt {
  guard target.format == .native, let slash = target.path.lastIndex(of: "/") else { return 0 }
  do {
    try NativeFile.writeSeed(to: "\(target.path[..<slash])/seeds/1")
  } catch {
    fatalError("\(error)")
  }
  return 0
}

/// Reads one input; libFuzzer calls it with one after another.
///
/// A reader may refuse an input with a ``DescribedError`` only. A trap, another error, a hang and too
/// much memory are findings.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ bytes: UnsafePointer<UInt8>?, _ byteCount: Int) -> CInt {
  // A new file each time: readers may have the old one mapped.
  unlink(target.path)
  var input = [UInt8](UnsafeBufferPointer(start: bytes, count: byteCount))
  if target.format == .native { NativeFile.seal(&input) }
  let descriptor = open(target.path, O_WRONLY | O_CREAT | O_EXCL, 0o600)
  guard descriptor >= 0, write(descriptor, input, input.count) == input.count else {
    fatalError("cannot write \(target.path)")
  }
  close(descriptor)
  do {
    try target.format.read(target.path)
  } catch is any DescribedError {
    return 0
  } catch {
    fatalError("an error that is not described: \(error)")
  }
  return 0
}
