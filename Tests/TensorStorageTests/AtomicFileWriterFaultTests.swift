import Foundation
import TensorStorage
import TestSupport
import Testing

/// A fault between any two system calls of a writer.
@Suite(.enabled(if: SystemCallFault.isSupported)) struct AtomicFileWriterFaultTests {
  private let folder: TemporaryFolder
  private let old: [UInt8] = [1, 2, 3]
  /// Larger than the writer's buffer, so that a part of it is written early.
  private let new = [UInt8](repeating: 7, count: (1 << 20) + 5)

  init() throws { folder = try TemporaryFolder() }

  private func write(_ collision: AtomicFileWriter.Collision) throws {
    var writer = try AtomicFileWriter(path: folder.path("a"), collision: collision)
    try writer.write(new)
    try writer.overwrite([7, 7], at: 3)
    try writer.write([7])
    try writer.commit()
  }

  /// What a folder may hold: under the name the old file or the whole new one, beside it siblings.
  private func check(_ trial: SystemCallFault.Trial, hasOld: Bool) throws -> [String] {
    let names = try folder.names
    if names.contains("a") {
      let bytes = try folder.bytes("a")
      #expect(bytes == new + [7] || (hasOld && bytes == old), "before call \(trial.call)")
    } else {
      #expect(!hasOld && trial.error != nil, "before call \(trial.call)")
    }
    return names.filter { $0 != "a" }
  }

  private func clear() throws {
    for name in try folder.names { try FileManager.default.removeItem(atPath: folder.path(name)) }
  }

  @Test(arguments: [true, false])
  func `a kill leaves the old file or the new one, and no partial file under the name`(
    hasNamelessFiles: Bool
  ) throws {
    try folder.write(old, to: "a")
    let count = try SystemCallFault.kill.trials(hasNamelessFiles: hasNamelessFiles) {
      try write(.replace)
    } check: { trial in
      for name in try check(trial, hasOld: true) {
        #expect(name.hasPrefix("a.") && name.hasSuffix(".partial"))
        // A file without a name has one for a moment, whole.
        if hasNamelessFiles { #expect(try folder.bytes(name) == new + [7]) }
      }
      try clear()
      try folder.write(old, to: "a")
    }
    // Open, two writes and two more at an offset and behind, synchronise, name, rename.
    #expect(count >= 6)
  }

  @Test func `a kill while a new file is written leaves nothing at all`() throws {
    // Where the file system of this folder has no such files, siblings are what a kill leaves.
    var isNameless = false
    do {
      let writer = try AtomicFileWriter(path: folder.path("a"), collision: .keepExisting)
      isNameless = try folder.names.isEmpty
      _ = consume writer
    }
    try SystemCallFault.kill.trials(hasNamelessFiles: true) {
      try write(.keepExisting)
    } check: { trial in
      let others = try check(trial, hasOld: false)
      #expect(!isNameless || others.isEmpty, "before call \(trial.call)")
      try clear()
    }
  }

  @Test(arguments: [true, false])
  func `a full disk is an error that says so and leaves everything as it was`(
    hasNamelessFiles: Bool
  ) throws {
    for collision in [AtomicFileWriter.Collision.keepExisting, .replace] {
      let hasOld = collision == .replace
      try clear()
      if hasOld { try folder.write(old, to: "a") }
      try SystemCallFault.fullDisk.trials(hasNamelessFiles: hasNamelessFiles) {
        try write(collision)
      } check: { trial in
        #expect(try check(trial, hasOld: hasOld).isEmpty, "before call \(trial.call)")
        if let error = trial.error as? FileError {
          #expect(error.code == ENOSPC && error.kind == .inputOutput)
        } else {
          #expect(trial.error == nil)
        }
        try clear()
        if hasOld { try folder.write(old, to: "a") }
      }
    }
  }

  @Test func `a system without nameless files is served by a sibling`() throws {
    try SystemCallFault.kill.trials(hasNamelessFiles: false) {
      try write(.keepExisting)
    } check: { trial in
      if trial.isOver { #expect(try folder.bytes("a") == new + [7]) }
      try clear()
    }
  }
}
