import Foundation
import PyTorchCheckpoint
import Safetensors
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

  @Test func `where no name speaks of weights, content does`() throws {
    try folder.write("Dear reader", to: "notes.txt")
    try folder.write("{}", to: "config.json")
    try folder.writeSafetensors(TinyBERT().tensors(), to: "weights.dat")
    #expect(try CheckpointLocation(path: folder.path).weights == folder.path("weights.dat"))
    try folder.writeSafetensors(TinyBERT().tensors(), to: "optimizer.dat")
    #expect(try CheckpointLocation(path: folder.path).weights == folder.path("weights.dat"))
    try folder.writeSafetensors(TinyBERT().tensors(), to: "more.dat")
    #expect(
      throws: OpeningError.severalCheckpoints(
        path: folder.path, names: ["more.dat", "weights.dat"])
    ) { try CheckpointLocation(path: folder.path) }
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

  @Test func `a SavedModel's variables and the module of an older sentence-transformers are found`()
    throws
  {
    func make(_ name: String) throws {
      try FileManager.default.createDirectory(
        atPath: folder.path(name), withIntermediateDirectories: true)
    }
    try make("saved/variables")
    try folder.write("", to: "saved/saved_model.pb")
    for end in ["index", "data-00000-of-00001"] {
      try FileManager.default.copyItem(
        atPath: Fixtures.path("tensorflow/google/bert_model.ckpt.\(end)"),
        toPath: folder.path("saved/variables/variables.\(end)"))
    }
    let saved = try CheckpointLocation(path: folder.path("saved"))
    #expect(saved.kind == .tensorFlowIndex && saved.folder == folder.path("saved"))
    try make("sentences")
    try FileManager.default.copyItem(
      atPath: Fixtures.path("bert-tiny"), toPath: folder.path("sentences/0_Transformer"))
    func modules(_ path: String) throws {
      try folder.write(
        #"[{"idx": 0, "name": "0", "path": "\#(path)"}, {"idx": 1, "path": "1_Pooling"}]"#,
        to: "sentences/modules.json")
    }
    try modules("0_Transformer")
    let sentences = try CheckpointLocation(path: folder.path("sentences"))
    #expect(sentences.folder == folder.path("sentences/0_Transformer"))
    // Neither a path elsewhere nor the folder itself is followed.
    try FileManager.default.createSymbolicLink(
      atPath: folder.path("sentences/again"), withDestinationPath: ".")
    for path in ["../sentences/0_Transformer", "again", "", "nowhere"] {
      try modules(path)
      #expect(throws: OpeningError.self, "\(path)") {
        try CheckpointLocation(path: folder.path("sentences"))
      }
    }
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

  @Test(arguments: ["pytorch_model.bin", "model_best.pth", "anything.pt", "last.ckpt"])
  func `a folder's PyTorch file is taken, what a trainer writes beside it is not`(
    name: String
  ) throws {
    for other in ["training_args.bin", "optimizer.pt", "rng_state_0.pth", "scheduler.pt"] {
      try folder.write("x", to: other)
    }
    try copy("plain.pt", to: name)
    #expect(try CheckpointLocation(path: folder.path).weights == folder.path(name))
    #expect(try openTensorSource(folder.path).formatName == "PyTorch archive")
    // Safetensors go first.
    try folder.writeSafetensors(TinyBERT().tensors(), to: "model.safetensors")
    #expect(try openTensorSource(folder.path).formatName == "safetensors")
  }

  @Test func `PyTorch's forms are told by content, whatever the name`() throws {
    try copy("plain_stream.pt", to: "model.safetensors")
    #expect(try openTensorSource(folder.path).formatName == "PyTorch stream")
    let tar = [UInt8](repeating: 0, count: 257) + Array("ustar".utf8)
    try folder.write(tar, to: "model.safetensors")
    let error = #expect(throws: PyTorchFileError.self) { try openTensorSource(folder.path) }
    #expect(error?.clause == .tarArchive)
  }

  @Test func `several PyTorch files of no known name are not guessed between`() throws {
    try folder.write("x", to: "a.pt")
    try folder.write("x", to: "b.pth")
    #expect(
      throws: OpeningError.severalCheckpoints(path: folder.path, names: ["a.pt", "b.pth"])
    ) { try openTensorSource(folder.path) }
  }

  @Test func `PyTorch shards open through their index`() throws {
    let source = try openTensorSource(Fixtures.path("pytorch/sharded"))
    let truth = try SafetensorsFile(path: Fixtures.path("pytorch/sharded/truth.safetensors"))
    #expect(source.formatName == "sharded PyTorch archive")
    #expect(Set(source.tensors) == Set(truth.tensors))
    for tensor in truth.tensors { #expect(try source.bytes(of: tensor) == truth.bytes(of: tensor)) }
    #expect(source.notes == [])
  }

  @Test func `a shard that is an index itself is refused`() throws {
    let index = #"{"weight_map": {"a": "model.safetensors.index.json"}}"#
    try folder.write(index, to: "model.safetensors.index.json")
    let path = folder.path("model.safetensors.index.json")
    #expect(throws: OpeningError.unknownFormat(path: path)) { try openTensorSource(folder.path) }
  }

  private func copy(_ fixture: String, to name: String) throws {
    try FileManager.default.copyItem(
      atPath: Fixtures.path("pytorch/\(fixture)"), toPath: folder.path(name))
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
