import HDF5
import ModelFile
import PyTorchCheckpoint
import Safetensors
import TensorStorage

extension CheckpointExporter {
  /// Writes the files of weights of a folder in whose files tensors have names of `transformers`.
  static func writeWeights(
    _ tensors: [ForeignTensor], of model: ModelFile, layout: ExportLayout,
    maximumShardByteCount: Int?, to output: borrowing ExportFolder,
    progress: (TransferProgress) throws -> Void
  ) throws {
    let stored = tensors.reduce(0) { $0 + $1.storedByteCount }
    let whole = tensors.reduce(0) { $0 + $1.description.byteCount }
    var transfer = TransferCounter(
      totalByteCount: layout == .reference ? whole + stored : layout == .pyTorch ? stored : whole)
    let plan = ShardPlan(
      tensors, names: ShardNames(of: layout.weightsName), maximumByteCount: maximumShardByteCount)
    for shard in plan.shards {
      try output.write(shard.name) { path in
        switch layout {
        case .tensorFlow: try writeHDF5(shard.tensors, of: model, to: path, &transfer, progress)
        case .pyTorch: try writePyTorch(shard.tensors, of: model, to: path, &transfer, progress)
        default: try writeSafetensors(shard.tensors, of: model, to: path, &transfer, progress)
        }
      }
    }
    if let index = plan.index {
      try output.write((index.json.serialized(pretty: true) + "\n").utf8, to: index.name)
    }
    if layout == .reference {
      try output.write(ExportLayout.pyTorch.weightsName) { path in
        try writePyTorch(tensors, of: model, to: path, &transfer, progress)
      }
    }
  }

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
