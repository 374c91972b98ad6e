import Foundation
import ModelFile
import ModelSchema
import RecurrentMemory
import TensorStorage
import TestSupport
import Testing

@testable import CheckpointConversion

/// A fault between any two system calls of everything that writes a model.
@Suite(.enabled(if: SystemCallFault.isSupported)) struct WritingFaultTests {
  private let sources: TemporaryFolder
  /// Where is written, and nothing else lies.
  private let folder: TemporaryFolder

  init() throws {
    sources = try TemporaryFolder()
    folder = try TemporaryFolder()
  }

  private typealias Files = [String: [UInt8]]

  /// Every file under the folder, by its path from there.
  private func files() throws -> Files {
    let names = try FileManager.default.subpathsOfDirectory(atPath: folder.path)
    var files: Files = [:]
    for name in names {
      var isFolder: ObjCBool = false
      _ = FileManager.default.fileExists(atPath: folder.path(name), isDirectory: &isFolder)
      if !isFolder.boolValue { files[name] = try folder.bytes(name) }
    }
    return files
  }

  private func restore(_ files: Files) throws {
    for name in try folder.names { try FileManager.default.removeItem(atPath: folder.path(name)) }
    for (name, bytes) in files { try folder.write(bytes, to: name) }
  }

  /// Tries a writer with each fault before each of its calls.
  ///
  /// A name holds what it held, the whole new file, or is not there where it was not; a full disk
  /// leaves everything as it was, a kill nothing more than siblings that end in `.partial`.
  private func expectNoHarm(before: Files, write: () throws -> Void) throws {
    try restore(before)
    try write()
    let after = try files()
    for fault in SystemCallFault.allCases {
      for hasNamelessFiles in [true, false] {
        try restore(before)
        let count = try fault.trials(hasNamelessFiles: hasNamelessFiles, write: write) { trial in
          let left = try files()
          #expect((trial.error == nil) == (trial.isOver || left == after), "call \(trial.call)")
          #expect(trial.error == nil || trial.error is any DescribedError, "call \(trial.call)")
          for (name, bytes) in left {
            let isPartial = name.split(separator: "/").contains { $0.hasSuffix(".partial") }
            #expect(
              isPartial ? fault == .kill : bytes == before[name] || bytes == after[name],
              "\(name) before call \(trial.call)")
          }
          for name in before.keys { #expect(left[name] != nil, "\(name), call \(trial.call)") }
          if fault == .fullDisk, trial.error != nil { #expect(left == before) }
          try restore(before)
        }
        #expect(count >= 4)
      }
    }
  }

  @Test(arguments: [
    ExportLayout.huggingFace, .reference, .tensorFlow, .tensorFlowVariables, .gguf,
  ])
  func `an export meets every fault without harm to an earlier one`(layout: ExportLayout) throws {
    func export(_ tiny: TinyBERT) throws {
      let model = try tiny.modelFile(in: sources)
      _ = try CheckpointExporter.export(
        model: model, layout: layout, to: folder.path("out"), collision: .replace,
        elementType: nil)
    }
    // Written once: the trials count calls, and those that write the source are none of them.
    let model = try TinyBERT(labels: ["a", "b"]).modelFile(in: sources)
    func write() throws {
      _ = try CheckpointExporter.export(
        model: model, layout: layout, to: folder.path("out"), collision: .replace,
        elementType: nil)
    }
    try expectNoHarm(before: [:], write: write)
    try restore([:])
    try export(TinyBERT(labels: ["c", "d", "e"]))
    try expectNoHarm(before: files(), write: write)
  }

  @Test func `a conversion meets every fault without harm to an earlier file`() throws {
    let tiny = TinyBERT()
    try sources.writeCheckpoint(tiny.tensors(), configuration: tiny.configuration())
    for before in [[:], ["out.rmtw": [1, 2, 3]]] as [Files] {
      try expectNoHarm(before: before) {
        _ = try CheckpointConverter.convert(
          source: sources.path, to: folder.path("out.rmtw"), elementType: nil,
          collision: .replace)
      }
    }
  }

  @Test func `attaching a memory meets every fault without harm to an earlier file`() throws {
    let model = try TinyBERT().modelFile(in: sources)
    let attachment = MemoryAttachment(
      memory: MemoryConfiguration(tokenCount: 3, segmentPositions: 12, alignment: .right),
      labels: nil, seed: 1)
    for before in [[:], ["out.rmtw": [1, 2, 3]]] as [Files] {
      try expectNoHarm(before: before) {
        _ = try attachment.attach(
          to: model, writing: folder.path("out.rmtw"), collision: .replace)
      }
    }
  }
}
