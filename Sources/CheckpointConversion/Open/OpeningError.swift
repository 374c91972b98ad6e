import TensorStorage

/// Why a path is not opened as a checkpoint.
public enum OpeningError: DescribedError, Hashable {
  case emptyFile(path: String)
  case emptyFolder(path: String)
  /// A folder without any file of weights.
  case noCheckpoint(path: String)
  /// A folder with more than one file of weights.
  case severalCheckpoints(path: String, names: [String])
  /// A file of weights without its config.json.
  case missingConfiguration(path: String)
  case gitLFSPointer(path: String)
  case webPage(path: String)
  /// An archive of arrays of NumPy.
  case numPyArchive(path: String)
  /// JSON that is no index of shards.
  case notAnIndex(path: String)
  /// Anything else.
  case unknownFormat(path: String)

  /// What stands against reading a file of that kind, if anything does.
  init?(kind: CheckpointKind, path: String) {
    switch kind {
    case .native, .safetensors, .hdf5, .kerasArchive, .zipArchive, .pickle, .tarArchive,
      .tensorFlowIndex, .gguf, .onnx:
      return nil
    case .json:
      guard !CheckpointLocation.isIndexName(path) else { return nil }
      self = .notAnIndex(path: path)
    case .gitLFSPointer: self = .gitLFSPointer(path: path)
    case .webPage: self = .webPage(path: path)
    case .numPyArchive: self = .numPyArchive(path: path)
    case .empty: self = .emptyFile(path: path)
    case .unknown: self = .unknownFormat(path: path)
    }
  }

  /// The family of the error.
  public var kind: FailureKind {
    switch self {
    case .missingConfiguration, .emptyFolder, .noCheckpoint: .missingInput
    default: .badData
    }
  }

  /// The file, folder or tensor.
  public var place: String? {
    switch self {
    case .emptyFile(let path), .emptyFolder(let path), .noCheckpoint(let path),
      .severalCheckpoints(let path, _), .missingConfiguration(let path), .gitLFSPointer(let path),
      .webPage(let path), .numPyArchive(let path), .notAnIndex(let path), .unknownFormat(let path):
      path
    }
  }

  /// What happened.
  public var problem: String {
    switch self {
    case .emptyFile: "is empty"
    case .emptyFolder: "is an empty folder"
    case .noCheckpoint: "holds no weights"
    case .severalCheckpoints(_, let names):
      "holds several files of weights: \(names.joined(separator: ", "))"
    case .missingConfiguration: "is missing; without it the weights' meaning is unknown"
    case .gitLFSPointer: "is a Git LFS pointer, not the file it points to"
    case .webPage: "is a web page, not a checkpoint's file; the download went wrong"
    case .numPyArchive: "holds arrays of NumPy, a form that no library of models writes"
    case .notAnIndex: "is JSON, not weights"
    case .unknownFormat:
      "is not a checkpoint: neither safetensors, PyTorch, HDF5, a TensorFlow index, GGUF, ONNX nor a "
        + "native weight file"
    }
  }

  /// What to do about it.
  public var advice: String? {
    switch self {
    case .emptyFile, .webPage: "Download it again."
    case .emptyFolder, .noCheckpoint:
      "Put model.safetensors (or pytorch_model.bin, tf_model.h5), config.json and vocab.txt there."
    case .severalCheckpoints: "Name one of them instead of the folder."
    case .missingConfiguration:
      "Put the checkpoint's config.json, or Google's bert_config.json, beside its weights."
    case .gitLFSPointer: "Run git lfs pull in its repository."
    case .numPyArchive: "Save the weights with safetensors.numpy.save_file."
    case .notAnIndex: "Name the folder, or the file of weights itself."
    case .unknownFormat:
      "Name a checkpoint's folder or its file of weights; one that was cut while it was copied is none "
        + "any more."
    }
  }
}
