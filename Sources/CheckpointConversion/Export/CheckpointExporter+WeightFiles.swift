import HDF5
import ModelFile
import PyTorchCheckpoint
import Safetensors
import TensorStorage

extension CheckpointExporter {
  /// Writes the files of weights of a folder in whose files tensors have names of `transformers`.
  func writeWeights(
    _ tensors: [ForeignTensor], to output: borrowing ExportFolder,
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
        case .tensorFlow:
          try write(
            shard.tensors,
            to: HDF5Writer(
              path: path, collision: .keepExisting,
              outline: HDF5Layers(model.description).outline(of: shard.tensors)),
            &transfer, progress)
        case .pyTorch:
          try write(
            shard.tensors, to: Self.pyTorchWriter(of: shard.tensors, path: path), &transfer,
            progress)
        default:
          // Some readers refuse a file without the format.
          try write(
            shard.tensors,
            to: SafetensorsWriter(
              path: path, collision: .keepExisting, tensors: shard.tensors.map(\.description),
              metadata: ["format": "pt"]),
            &transfer, progress)
        }
      }
    }
    if let index = plan.index {
      try output.write((index.json.serialized(pretty: true) + "\n").utf8, to: index.name)
    }
    if layout == .reference {
      try output.write(ExportLayout.pyTorch.weightsName) { path in
        try write(tensors, to: Self.pyTorchWriter(of: tensors, path: path), &transfer, progress)
      }
    }
  }

  /// Writes the bytes of tensors in the order that the format has for them.
  func write<Writer: TensorWriter & ~Copyable>(
    _ tensors: [ForeignTensor], to writer: consuming Writer,
    _ transfer: inout TransferCounter, _ progress: (TransferProgress) throws -> Void
  ) throws {
    let byName = Dictionary(uniqueKeysWithValues: tensors.map { ($0.name, $0) })
    for tensor in writer.tensors.compactMap({ byName[$0.name] }) {
      try tensor.encode(from: model) { bytes in
        try writer.write(bytes)
        try progress(transfer.add(bytes.count, of: tensor.name))
      }
    }
    try writer.finish()
  }

  /// A PyTorch file in which an alias shares the storage of its original, as tied weights do.
  private static func pyTorchWriter(
    of tensors: [ForeignTensor], path: String
  ) throws -> PyTorchZipWriter {
    try PyTorchZipWriter(
      path: path, collision: .keepExisting,
      entries: tensors.map { PyTorchZipWriter.Entry($0.description, sharedWith: $0.sharedWith) })
  }
}
