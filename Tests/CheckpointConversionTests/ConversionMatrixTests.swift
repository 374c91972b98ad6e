import Foundation
import ModelFile
import ModelSchema
import Safetensors
import TensorStorage
import TestSupport
import Testing

@testable import CheckpointConversion

/// Every form in which checkpoints are read, converted and held against its truth: the numbers that
/// the library which wrote it holds.
struct ConversionMatrixTests {
  private let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  /// Files that other programs wrote, each with its truth.
  private static let fixtures: [(checkpoint: String, truth: String)] = {
    var list: [(checkpoint: String, truth: String)] = [
      ("bert-tiny", "bert-tiny/model.safetensors"),
      ("hdf5/bert_tensorflow_safetensors", "hdf5/bert_tensorflow_safetensors/truth.safetensors"),
      ("pytorch/recurrent/model_best.pth", "pytorch/recurrent/truth.safetensors"),
      ("pytorch/recurrent/stream.pth", "pytorch/recurrent/truth.safetensors"),
      ("hdf5/bert_sharded/tf_model.h5.index.json", "hdf5/bert_sharded/model.safetensors"),
      ("tensorflow/google_classifier", "tensorflow/truth/google_classifier.safetensors"),
      ("onnx/merged", "onnx/truth/merged.safetensors"),
    ]
    for name in FamilyGolden.encoderNames {
      list.append(("families/\(name)", "families/\(name)/model.safetensors"))
    }
    for name in [
      "bert_model", "bert_for_masked_lm", "bert_for_pretraining",
      "bert_for_sequence_classification", "bert_split_attributes", "bert_whole_keras_model",
    ] {
      list.append(("hdf5/\(name)/tf_model.h5", "hdf5/\(name)/model.safetensors"))
    }
    for name in [
      "hub_preset", "hub_archive", "hub_classifier", "hub_task_preset", "hub_shards",
      "hub_bfloat16",
      "keras_bert_model",
      "keras_bert_weights", "bert4keras_weights",
    ] {
      // Without a configuration beside it, a whole model of Keras is named by its file.
      let file = name == "keras_bert_model" ? "/bert.h5" : ""
      list.append(("keras/\(name)\(file)", "keras/\(name).safetensors"))
    }
    for name in ["albert", "electra"] {
      list.append(("tensorflow/\(name)", "tensorflow/truth/\(name).safetensors"))
    }
    for name in ["google", "google_snappy", "google_shards", "objects"] {
      list.append(("tensorflow/\(name)", "tensorflow/truth/google.safetensors"))
    }
    for name in ["f32", "f16", "bf16", "q8_0"] {
      list.append(("gguf/\(name).gguf", "gguf/truth/\(name).safetensors"))
    }
    for name in ["folded", "unfolded", "dynamic", "numbered", "typed"] {
      list.append(("onnx/\(name)", "onnx/truth/model.safetensors"))
    }
    for name in ["distilbert", "roberta", "electra", "albert"] {
      list.append(("onnx/\(name)", "families/\(name)/model.safetensors"))
    }
    return list
  }()

  /// The models that are written here in every form that their families have.
  private static let rewritten: [(fixture: String, truth: String)] =
    (["bert-tiny"] + FamilyGolden.encoderNames.map { "families/\($0)" }).map { name in
      (name, "\(name)/model.safetensors")
    }

  /// One line of the table.
  private struct Cell: Hashable {
    let format: String
    let dialect: String
    let family: String
  }

  /// Converts a checkpoint, holds every number against the truth, and tells what it was.
  private func cell(_ checkpoint: String, truth: String) throws -> Cell {
    let report = try CheckpointConverter.convert(
      source: checkpoint, to: folder.path("m.rmtw"), elementType: .f32, collision: .replace)
    let model = try ModelFile(path: report.path)
    let file = try SafetensorsFile(path: Fixtures.path(truth))
    let family = model.description.encoder.family
    let names = FamilyNames(family, classifies: !model.description.labels.isEmpty)
    let created = Set(report.created.map(\.name))
    var table: [Float] = []
    for parameter in model.parameters where !created.contains(parameter.name) {
      let found = try model.floats(of: parameter.name)
      if parameter.role == .memory {
        // The reference implementation's memory is the last rows of its table of words.
        #expect(found == Array(table.suffix(found.count)), "\(checkpoint)")
        continue
      }
      let module = try #require(names.module(parameter.module))
      let name = module + parameter.name.dropFirst(parameter.module.count)
      let expected = try #require(
        ["", "\(names.encoder).", "model.", "model.\(names.encoder)."].lazy.compactMap {
          file.tensor(named: $0 + name)
        }.first, "\(checkpoint): \(name)")
      let values = try file.floats(of: expected)
      if parameter.name == Dialect.wordEmbeddings { table = values }
      let hasMemory = model.description.memory != nil && parameter.name == Dialect.wordEmbeddings
      #expect(hasMemory || found.count == values.count, "\(checkpoint): \(name)")
      #expect(found == Array(values.prefix(found.count)), "\(checkpoint): \(name)")
    }
    return Cell(format: report.format, dialect: report.dialect, family: family.rawValue)
  }

  /// Writes a fixture's model in every form that this project or TensorFlow's classes give it.
  private func rewrite(_ fixture: String) throws -> [(checkpoint: String, note: String)] {
    let name = fixture.split(separator: "/").last ?? ""
    let native = folder.path("\(name).rmtw")
    _ = try CheckpointConverter.convert(
      source: Fixtures.path(fixture), to: native, elementType: nil, collision: .replace)
    let model = try ModelFile(path: native)
    var paths = [(native, "native")]
    let layouts =
      model.description.encoder.family == .bert
      ? ExportLayout.allCases : [.huggingFace, .pyTorch, .tensorFlow]
    for layout in layouts {
      for shards in layout.isForPyTorchClasses ? [nil, 2000] : [nil] {
        let path = folder.path("\(name)-\(layout.rawValue)\(shards == nil ? "" : "-shards")")
        _ = try CheckpointExporter.export(
          model: model, layout: layout, to: path, collision: .keepExisting, elementType: nil,
          maximumShardByteCount: shards)
        paths.append((path, "exported"))
      }
    }
    let tensorFlow = try TensorFlowClassFiles(model: model, configuration: Fixtures.path(fixture))
    for isHDF5 in [false, true] {
      let path = "\(name)-tf-\(isHDF5 ? "h5" : "safetensors")"
      try tensorFlow.write(to: path, in: folder, asHDF5: isHDF5)
      paths.append((folder.path(path), "TensorFlow's names"))
    }
    return paths
  }

  @Test func `every form that is read gives the numbers of its truth`() throws {
    var sources: [Cell: [String]] = [:]
    for (checkpoint, truth) in Self.fixtures {
      let cell = try cell(Fixtures.path(checkpoint), truth: truth)
      sources[cell, default: []].append(checkpoint)
    }
    for (fixture, truth) in Self.rewritten {
      for (path, note) in try rewrite(fixture) {
        sources[try cell(path, truth: truth), default: []].append("\(fixture) (\(note))")
      }
    }
    print(Self.table(sources))

    let cells = Set(sources.keys)
    #expect(
      Set(cells.map(\.format)) == [
        "GGUF", "HDF5", "Keras archive", "ONNX", "PyTorch archive", "PyTorch stream",
        "TensorFlow checkpoint", "rmtw", "safetensors", "sharded HDF5", "sharded PyTorch archive",
        "sharded safetensors",
      ])
    #expect(
      Set(cells.map(\.dialect)) == [
        "bert4keras", "gguf", "keras-bert", "keras-hub", "keras-hub-task", "native", "onnx",
        "pytorch", "rmt-reference", "tensorflow", "tensorflow-objects", "tensorflow-variables",
      ])
    for family in EncoderFamily.allCases.map(\.rawValue) {
      for (format, dialect) in [
        ("safetensors", "pytorch"), ("sharded safetensors", "pytorch"),
        ("PyTorch archive", "pytorch"), ("sharded PyTorch archive", "pytorch"),
        ("safetensors", "tensorflow"), ("HDF5", "tensorflow"), ("rmtw", "native"),
      ] {
        #expect(cells.contains(Cell(format: format, dialect: dialect, family: family)))
      }
    }
    for family in ["bert", "electra", "albert"] {
      #expect(
        cells.contains(
          Cell(
            format: "TensorFlow checkpoint", dialect: "tensorflow-variables", family: family)))
    }
  }

  private static func table(_ sources: [Cell: [String]]) -> String {
    var rows: [[String]] = sources.map { cell, fixtures in
      [cell.format, cell.dialect, cell.family, fixtures.joined(separator: ", ")]
    }
    rows.sort { $0.lexicographicallyPrecedes($1) }
    rows.insert(["format", "dialect", "family", "equal to their truth"], at: 0)
    let lines = rows.map { row -> String in
      var line = ""
      for (column, text) in row.dropLast().enumerated() {
        let width = rows.map { $0[column].count }.max() ?? 0
        line += text + String(repeating: " ", count: width + 2 - text.count)
      }
      return line + (row.last ?? "")
    }
    return lines.joined(separator: "\n")
  }
}
