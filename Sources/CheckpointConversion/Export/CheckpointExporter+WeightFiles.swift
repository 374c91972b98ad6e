import HDF5
import ModelFile
import PyTorchCheckpoint
import Safetensors
import TensorStorage

extension CheckpointExporter {
  /// Writes a safetensors file; `format` is `pt`, without which some readers refuse it.
  static func writeSafetensors(
    _ tensors: [ForeignTensor], of model: ModelFile, to path: String,
    _ transfer: inout TransferCounter, _ progress: (TransferProgress) throws -> Void
  ) throws {
    let byName = Dictionary(uniqueKeysWithValues: tensors.map { ($0.name, $0) })
    var writer = try SafetensorsWriter(
      path: path, collision: .keepExisting, tensors: tensors.map(\.description),
      metadata: ["format": "pt"])
    // The format has an order of its own.
    for tensor in writer.tensors.compactMap({ byName[$0.name] }) {
      try tensor.encode(from: model) { bytes in
        try writer.write(bytes)
        try progress(transfer.add(bytes.count, of: tensor.name))
      }
    }
    try writer.finish()
  }

  /// Writes an HDF5 file as `transformers` does for TensorFlow.
  static func writeHDF5(
    _ tensors: [ForeignTensor], of model: ModelFile, to path: String,
    _ transfer: inout TransferCounter, _ progress: (TransferProgress) throws -> Void
  ) throws {
    let byName = Dictionary(uniqueKeysWithValues: tensors.map { ($0.name, $0) })
    var writer = try HDF5Writer(
      path: path, collision: .keepExisting,
      outline: HDF5Layers(model.description).outline(of: tensors))
    // The format has an order of its own.
    for tensor in writer.tensors.compactMap({ byName[$0.name] }) {
      try tensor.encode(from: model) { bytes in
        try writer.write(bytes)
        try progress(transfer.add(bytes.count, of: tensor.name))
      }
    }
    try writer.finish()
  }

  /// Writes a PyTorch file in which an alias shares the storage of its original, as tied weights do.
  static func writePyTorch(
    _ tensors: [ForeignTensor], of model: ModelFile, to path: String,
    _ transfer: inout TransferCounter, _ progress: (TransferProgress) throws -> Void
  ) throws {
    var writer = try PyTorchZipWriter(
      path: path, collision: .keepExisting,
      entries: tensors.map { PyTorchZipWriter.Entry($0.description, sharedWith: $0.sharedWith) })
    for tensor in tensors where tensor.sharedWith == nil {
      try tensor.encode(from: model) { bytes in
        try writer.write(bytes)
        try progress(transfer.add(bytes.count, of: tensor.name))
      }
    }
    try writer.finish()
  }
}
