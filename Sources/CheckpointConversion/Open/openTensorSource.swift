import GGUF
import HDF5
import ONNX
import PyTorchCheckpoint
import Safetensors
import ShardedCheckpoint
import TensorFlowCheckpoint
import TensorStorage
import WeightFile

/// Opens weights of any readable format, told by their content.
///
/// A native file, safetensors, PyTorch, HDF5, an archive of Keras, a TensorFlow checkpoint, GGUF, ONNX,
/// an index of shards in one of these formats, or a folder with one of them.
///
/// - Throws: ``OpeningError`` when there is nothing to read; `FileError` and the format's own errors.
public func openTensorSource(_ path: String) throws -> any TensorSource {
  try openTensorSource(at: CheckpointLocation(path: path))
}

/// Opens the weights of a checkpoint that was found.
func openTensorSource(at location: CheckpointLocation) throws -> any TensorSource {
  let source: any TensorSource =
    switch location.kind {
    case .native: try WeightFile(path: location.weights)
    case .json: try ShardedTensors(indexPath: location.weights, open: openForeignFile)
    default: try openForeignFile(location.weights, kind: location.kind)
    }
  return try KerasTaskPreset(source, at: location) ?? source
}

/// Opens a shard, which is no index itself.
private func openForeignFile(_ path: String) throws -> any TensorSource {
  try openForeignFile(path, kind: CheckpointKind(ofFile: path))
}

private func openForeignFile(_ path: String, kind: CheckpointKind) throws -> any TensorSource {
  switch kind {
  case .safetensors: try SafetensorsFile(path: path)
  case .zipArchive where try KerasArchive.isArchive(path: path): try KerasArchive(path: path)
  case .zipArchive, .pickle, .tarArchive: try PyTorchFile(path: path)
  case .hdf5: try HDF5File(path: path)
  case .kerasArchive: try KerasArchive(path: path)
  case .gguf: try GGUFFile(path: path)
  case .onnx: try ONNXFile(path: path)
  case .tensorFlowIndex: try TensorFlowCheckpoint(indexPath: path)
  default: throw OpeningError(kind: kind, path: path) ?? .unknownFormat(path: path)
  }
}
