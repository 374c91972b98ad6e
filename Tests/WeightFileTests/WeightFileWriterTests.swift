import Foundation
import TensorStorage
import TestSupport
import Testing

@testable import WeightFile

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

@Suite struct WeightFileWriterTests {
  private func plan(_ tensors: [TensorDescription], kind: String = "model") throws {
    _ = try WeightFileLayout(path: "new.rmtw", kind: kind, metadata: [:], tensors: tensors)
  }

  private func clause(_ body: () throws -> Void) -> WeightFileError.Clause? {
    do {
      try body()
      return nil
    } catch {
      return (error as? WeightFileError)?.clause
    }
  }

  @Test func `plans no file that a reader would refuse`() {
    let one = TensorDescription(name: "a", elementType: .f32, shape: [1])
    #expect(clause { try plan([one], kind: "My model") } == .kindSpelling("My model"))
    #expect(clause { try plan([one, one]) } == .duplicateTensor("a"))
    #expect(
      clause { try plan([TensorDescription(name: "", elementType: .f32, shape: [1])]) }
        == .tensorName(""))
    #expect(
      clause { try plan([TensorDescription(name: "d", elementType: .f64, shape: [1])]) }
        == .elementType(tensor: "d", found: "f64"))
    #expect(
      clause { try plan([TensorDescription(name: "q", elementType: .i8, shape: [1])]) }
        == .scales(tensor: "q"))
    let huge = (0..<2).map {
      TensorDescription(name: "h\($0)", elementType: .u8, shape: [1 << 48 - 1])
    }
    #expect(clause { try plan(huge) } == .sizeOverflow(tensor: "h1"))
    let tooLong = clause {
      _ = try WeightFileLayout(
        path: "new.rmtw", kind: "model", metadata: [:], tensors: [one], maximumHeaderByteCount: 100)
    }
    guard case .headerTooLong = tooLong else {
      Issue.record("a header beyond the limit was planned")
      return
    }
  }

  @Test func `too many bytes and too few are errors, and no file appears`() throws {
    let folder = try TemporaryFolder()
    #expect(throws: WeightFileError.self) {
      var writer = try WeightFileWriter(
        path: folder.path("more"), collision: .keepExisting, kind: "model", metadata: [:],
        tensors: ExampleFile.tensors)
      try writer.write(ExampleFile.data + [0])
    }
    #expect(throws: WeightFileError.self) {
      var writer = try WeightFileWriter(
        path: folder.path("fewer"), collision: .keepExisting, kind: "model", metadata: [:],
        tensors: ExampleFile.tensors)
      try writer.write(Array(ExampleFile.data.dropLast()))
      try writer.finish()
    }
    #expect(try folder.names == [])
  }

  @Test func `a file that exists is kept unless it is to be replaced`() throws {
    let folder = try TemporaryFolder()
    try folder.write([1, 2, 3], to: "example.rmtw")
    #expect(throws: FileError.self) { try ExampleFile.write(in: folder) }
    #expect(try folder.bytes("example.rmtw") == [1, 2, 3])
    var writer = try WeightFileWriter(
      path: folder.path("example.rmtw"), collision: .replace, kind: "model",
      metadata: ["note": "example"], tensors: ExampleFile.tensors)
    try writer.write(ExampleFile.data)
    #expect(try folder.bytes("example.rmtw") == [1, 2, 3], "replaced before it was finished")
    try writer.finish()
    try WeightFile(path: folder.path("example.rmtw")).verify()
    #expect(try folder.names == ["example.rmtw"])
  }

  @Test func `a file that is mapped stays readable while it is replaced`() throws {
    let folder = try TemporaryFolder()
    let old = try WeightFile(path: try ExampleFile.write(in: folder))
    let writer = try WeightFileWriter(
      path: old.path, collision: .replace, kind: "model", metadata: [:], tensors: [])
    try writer.finish()
    #expect(try old.floats(of: old.tensors[0]) == [1, -2, 0.5])
    #expect(try WeightFile(path: old.path).tensors.isEmpty)
  }

  @Test func `a folder that is missing or is a file is an error of the system`() throws {
    let folder = try TemporaryFolder()
    let file = try folder.write([0], to: "file")
    for path in [folder.path("missing/new.rmtw"), "\(file)/new.rmtw"] {
      let error = #expect(throws: FileError.self) {
        _ = try WeightFileWriter(
          path: path, collision: .replace, kind: "model", metadata: [:], tensors: [])
      }
      #expect(error?.kind == .inputOutput)
      #expect(error?.advice != nil)
    }
    #expect(try folder.names == ["file"])
  }

  @Test func `a full disk is an error, and nothing is left behind`() async throws {
    // The file-size limit stands for the disk: the system answers both in the same call.
    await #expect(processExitsWith: .success) {
      let folder = try TemporaryFolder()
      var limit = rlimit(rlim_cur: 3 << 20, rlim_max: 3 << 20)
      #if canImport(Glibc)
        try #require(setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0)
      #else
        try #require(setrlimit(RLIMIT_FSIZE, &limit) == 0)
      #endif
      let tensor = TensorDescription(name: "a", elementType: .u8, shape: [8 << 20])
      var failure: FileError?
      do {
        var writer = try WeightFileWriter(
          path: folder.path("new.rmtw"), collision: .keepExisting, kind: "model", metadata: [:],
          tensors: [tensor])
        for _ in 0..<8 { try writer.write([UInt8](repeating: 1, count: 1 << 20)) }
        try writer.finish()
      } catch let error as FileError {
        failure = error
      }
      try #require(failure?.operation == .write)
      try #require(failure?.code == EFBIG)
      try #require(failure?.kind == .inputOutput)
      try #require(try folder.names == [])
    }
  }
}
