import Foundation
import HDF5
import ModelFile
import ModelSchema
import TensorStorage
import TestSupport

@testable import CheckpointConversion

/// A model's tensors under the names that TensorFlow's classes in transformers give them.
///
/// Source of the names: Tests/Fixtures/families_tensorflow.json, against which FamilyDialectTests
/// holds the dialect that spells them here.
struct TensorFlowClassFiles {
  private let entries: [(head: String, entry: MemoryTensorSource.Entry)]
  private let configuration: String

  /// Names a model's tensors.
  ///
  /// - Parameter configuration: the folder whose config.json goes along.
  init(model: ModelFile, configuration: String) throws {
    let encoder = model.description.encoder
    let names = FamilyNames(encoder.family, classifies: !model.description.labels.isEmpty)
    let dialect = Dialect.tensorFlow(names)
    self.configuration = configuration
    entries = try model.parameters.compactMap { parameter in
      guard let spelling = dialect.spell(parameter).first else { return nil }
      let isHead = names.isHead(parameter.module)
      let name = isHead ? spelling.name : "\(names.encoder)/\(spelling.name)"
      var (values, shape) = (try model.floats(of: parameter.name), parameter.shape)
      if spelling.orientation == .transposed {
        let (outputs, inputs) = (shape.dimensions[0], shape.dimensions[1])
        let rows = values
        values = (0..<rows.count).map { rows[$0 % outputs * inputs + $0 / outputs] }
        shape = [inputs, outputs]
      }
      let head = name.prefix { $0 != "/" }
      return (String(head), .init("\(name):0", shape, values))
    }
  }

  /// Writes a folder: safetensors of format `tf`, or HDF5 with a layer and a scope before each name.
  func write(to name: String, in folder: TemporaryFolder, asHDF5: Bool) throws {
    let file = URL(fileURLWithPath: "\(configuration)/config.json")
    try folder.write(Data(contentsOf: file), to: "\(name)/config.json")
    guard asHDF5 else {
      try folder.writeSafetensors(
        entries.map(\.entry), to: "\(name)/model.safetensors", metadata: ["format": "tf"])
      return
    }
    var outline = HDF5Outline()
    let source = MemoryTensorSource(
      entries: entries.map { head, entry in
        var entry = entry
        entry.name = "\(head)/tf_model/\(entry.name)"
        return entry
      })
    for tensor in source.tensors { outline.add(dataset: tensor) }
    var writer = try HDF5Writer(
      path: folder.path("\(name)/tf_model.h5"), collision: .keepExisting, outline: outline)
    for tensor in writer.tensors {
      try source.bytes(of: tensor).withUnsafeBytes { try writer.write($0) }
    }
    try writer.finish()
  }
}
