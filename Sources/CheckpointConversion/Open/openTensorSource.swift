import HDF5
import Safetensors
import TensorStorage
import WeightFile

/// Opens weights of any readable format, told by their content: a native file, safetensors, an index
/// of safetensors shards, HDF5, or a folder with one of these.
///
/// - Throws: ``OpeningError`` when there is nothing to read; `FileError` and the format's own errors.
public func openTensorSource(_ path: String) throws -> any TensorSource {
  try openTensorSource(at: CheckpointLocation(path: path))
}

/// Opens the weights of a checkpoint that was found.
func openTensorSource(at location: CheckpointLocation) throws -> any TensorSource {
  switch location.kind {
  case .native: try WeightFile(path: location.weights)
  case .safetensors: try SafetensorsFile(path: location.weights)
  case .json: try SafetensorsShards(indexPath: location.weights)
  case .hdf5: try HDF5File(path: location.weights)
  default: throw OpeningError.unknownFormat(path: location.weights)
  }
}
