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
  /// A name holds what it held or the whole new file, or is not there where it was not; a full disk
  /// leaves everything as it was, a kill nothing more than siblings that end in `.partial`.
  /// - Parameter checkMixture: looks at what holds neither all of the old files nor all of the new
  ///   ones.
  private func expectNoHarm(
    before: Files, write: () throws -> Void,
    checkMixture: (Files, SystemCallFault.Trial) throws -> Void
  ) throws {
    try restore(before)
    try write()
    let after = try files()
    for fault in SystemCallFault.allCases {
      for hasNamelessFiles in [true, false] {
        try restore(before)
        let count = try fault.trials(hasNamelessFiles: hasNamelessFiles, write: write) { trial in
          let found = try files()
          #expect((trial.error == nil) == (trial.isOver || found == after), "call \(trial.call)")
          #expect(trial.error == nil || trial.error is any DescribedError, "call \(trial.call)")
          let left = found.filter { name, _ in
            !name.split(separator: "/").contains { $0.hasSuffix(".partial") }
          }
          #expect(fault == .kill || left == found, "call \(trial.call)")
          for (name, bytes) in left {
            #expect(
              bytes == before[name] || bytes == after[name], "\(name) before call \(trial.call)")
          }
          if fault == .fullDisk, trial.error != nil { #expect(found == before) }
          if left != before, left != after {
            try checkMixture(left, trial)
            // What a killed run leaves is in nobody's way.
            try write()
            #expect(try files() == after)
          }
          try restore(before)
        }
        #expect(count >= 4)
      }
    }
  }

  @Test(
    arguments: [
      (ExportLayout.huggingFace, nil), (.huggingFace, 2000), (.pyTorch, 2000), (.reference, nil),
      (.tensorFlow, nil), (.tensorFlowVariables, nil), (.gguf, nil),
    ] as [(ExportLayout, Int?)])
  func `an export that meets any fault is all old, all new, or refused`(
    layout: ExportLayout, shardByteCount: Int?
  ) throws {
    // Written once: the trials count calls, and those that write the sources are none of them.
    let old = try TinyBERT(labels: ["c", "d"], variant: 1).modelFile(in: sources)
    let new = try TinyBERT(labels: ["a", "b"]).modelFile(in: sources)
    func export(_ model: ModelFile) throws {
      _ = try CheckpointExporter.export(
        model: model, layout: layout, to: folder.path("out"), collision: .replace,
        elementType: nil, maximumShardByteCount: shardByteCount)
    }
    try export(old)
    for before in [[:], try files()] {
      try expectNoHarm(before: before) {
        try export(new)
      } checkMixture: { _, trial in
        #expect(throws: OpeningError.self, "call \(trial.call)") {
          try SourceCheckpoint(path: folder.path("out"))
        }
      }
      try restore(before)
      try export(new)
      #expect(try folder.names == ["out"])
    }
  }

  @Test func `an export removes what killed ones left, and nothing that is held`() throws {
    let model = try TinyBERT().modelFile(in: sources)
    for name in [
      "out.17-0.partial", "out.17-x.partial", "out.17-0-0.partial", "other.17-0.partial",
    ] {
      try folder.write("mine", to: "\(name)/model.safetensors")
    }
    let held = try StagingFolder.make(beside: folder.path("out"))
    #expect(try folder.names.contains("out.17-0.partial") == false)
    _ = try CheckpointExporter.export(
      model: model, layout: .huggingFace, to: folder.path("out"), collision: .keepExisting,
      elementType: nil)
    #expect(FileManager.default.fileExists(atPath: held.path))
    _ = consume held
    #expect(
      try folder.names == [
        "other.17-0.partial", "out", "out.17-0-0.partial", "out.17-x.partial",
      ])
  }

  @Test func `a folder under a file's name is told before an earlier export is touched`() throws {
    let model = try TinyBERT().modelFile(in: sources)
    func export() throws {
      _ = try CheckpointExporter.export(
        model: model, layout: .huggingFace, to: folder.path("out"), collision: .replace,
        elementType: nil)
    }
    try export()
    try FileManager.default.removeItem(atPath: folder.path("out/vocab.txt"))
    try folder.write("mine", to: "out/vocab.txt/notes")
    let before = try files()
    #expect(throws: FileError.self) { try export() }
    #expect(try files() == before)
  }

  @Test func `a conversion meets every fault without harm to an earlier file`() throws {
    let tiny = TinyBERT()
    try sources.writeCheckpoint(tiny.tensors(), configuration: tiny.configuration())
    for before in [[:], ["out.rmtw": [1, 2, 3]]] as [Files] {
      try expectNoHarm(before: before) {
        _ = try CheckpointConverter.convert(
          source: sources.path, to: folder.path("out.rmtw"), elementType: nil,
          collision: .replace)
      } checkMixture: { left, _ in
        Issue.record("\(left.keys)")
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
      } checkMixture: { left, _ in
        Issue.record("\(left.keys)")
      }
    }
  }
}
