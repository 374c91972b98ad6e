import Foundation
import TensorStorage
import TestSupport
import Testing

@testable import CheckpointConversion

struct OpeningTests {
  private let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  @Test func `a folder's known weights go before others`() throws {
    try folder.writeCheckpoint(TinyBERT().tensors(), configuration: TinyBERT().configuration())
    try folder.write("x", to: "other.safetensors")
    let location = try CheckpointLocation(path: folder.path + "/")
    #expect(location.weights == folder.path("model.safetensors"))
    #expect(location.folder == folder.path)
    #expect(try openTensorSource(folder.path).tensors.count == TinyBERT().parameters.count)
  }

  @Test func `the only weights of a folder are taken under any name`() throws {
    try folder.writeSafetensors(TinyBERT().tensors(), to: "weights.safetensors")
    #expect(try CheckpointLocation(path: folder.path).weights == folder.path("weights.safetensors"))
  }

  @Test func `sharded weights open through their index`() throws {
    let entries = TinyBERT().tensors()
    try folder.writeSafetensors(Array(entries.prefix(3)), to: "model-00001-of-00002.safetensors")
    try folder.writeSafetensors(
      Array(entries.dropFirst(3)), to: "model-00002-of-00002.safetensors")
    let map = entries.enumerated().map { index, entry in
      "\"\(entry.name)\": \"model-0000\(index < 3 ? 1 : 2)-of-00002.safetensors\""
    }
    try folder.write(
      "{\"metadata\": {}, \"weight_map\": {\(map.joined(separator: ", "))}}",
      to: "model.safetensors.index.json")
    #expect(try openTensorSource(folder.path).tensors.count == entries.count)
    try FileManager.default.removeItem(atPath: folder.path("model-00002-of-00002.safetensors"))
    #expect(throws: (any Error).self) { try openTensorSource(folder.path) }
  }

  @Test func `several weights of no known name are not guessed between`() throws {
    try folder.write("x", to: "a.safetensors")
    try folder.write("x", to: "b.h5")
    #expect(
      throws: OpeningError.severalCheckpoints(
        path: folder.path, names: ["a.safetensors", "b.h5"])
    ) { try openTensorSource(folder.path) }
  }

  @Test func `an empty folder, and one without weights, say what belongs there`() throws {
    #expect(throws: OpeningError.emptyFolder(path: folder.path)) {
      try openTensorSource(folder.path)
    }
    try folder.write("{}", to: "config.json")
    let error = #expect(throws: OpeningError.noCheckpoint(path: folder.path)) {
      try openTensorSource(folder.path)
    }
    #expect(error?.kind == .missingInput)
    #expect(error?.description.contains("model.safetensors") == true)
  }

  @Test func `a pickle is named with the way out`() throws {
    try folder.write(Array("PK\u{3}\u{4}".utf8), to: "pytorch_model.bin")
    let path = folder.path("pytorch_model.bin")
    let error = #expect(throws: OpeningError.pickle(path: path)) {
      try openTensorSource(folder.path)
    }
    #expect(error?.description.contains("safetensors") == true)
    #expect(throws: OpeningError.pickle(path: path)) { try openTensorSource(path) }
  }

  @Test func `TensorFlow weights in shards are named with the way out`() throws {
    try folder.write("{}", to: "tf_model.h5.index.json")
    try folder.write("x", to: "tf_model-00001-of-00002.h5")
    try folder.write("x", to: "tf_model-00002-of-00002.h5")
    let error = #expect(
      throws: OpeningError.shardedHDF5(path: folder.path("tf_model.h5.index.json"))
    ) { try openTensorSource(folder.path) }
    #expect(error?.description.contains("one file") == true)
  }

  @Test(arguments: [
    ("version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "Git LFS pointer"),
    ("<!doctype html>", "web page"), ("", "is empty"), ("hello", "not a checkpoint"),
    ("{\"hidden_size\": 4}", "JSON, not weights"),
  ])
  func `what is no checkpoint is named for what it is`(content: String, word: String) throws {
    try folder.write(content, to: "model.safetensors")
    let error = #expect(throws: OpeningError.self) { try openTensorSource(folder.path) }
    #expect(error?.kind == .badData)
    #expect(error?.description.contains(word) == true)
  }

  @Test func `a path without a file is missing input`() {
    let error = #expect(throws: FileError.self) { try openTensorSource("/nowhere/model") }
    #expect(error?.kind == .missingInput)
  }
}
