import GGUF
import HDF5
import ONNX
import PyTorchCheckpoint
import Safetensors
import TensorFlowCheckpoint
import TensorStorage
import Tokenizers
import WeightFile
import ZipArchive

/// A format whose reader is fuzzed.
enum FuzzedFormat: String, CaseIterable {
  case gguf, hdf5, keras, native, onnx, pytorch, safetensors, sentencepiece, tensorflow, tokenizer,
    zip

  /// The name that an input has while it is read; some readers look for files beside it.
  var fileName: String {
    switch self {
    case .gguf: "m.gguf"
    case .hdf5: "m.h5"
    case .keras: "m.keras"
    case .native: "m.rmtw"
    case .onnx: "model.onnx"
    case .pytorch: "m.pt"
    case .safetensors: "m.safetensors"
    case .sentencepiece: "spiece.model"
    case .tensorflow: "m.index"
    case .tokenizer: "tokenizer.json"
    case .zip: "m.zip"
    }
  }

  /// Opens a file and reads everything in it.
  func read(_ path: String) throws {
    switch self {
    case .gguf: try Self.readAll(GGUFFile(path: path))
    case .hdf5:
      let file = try HDF5File(path: path)
      try Self.readAll(file)
      for name in ["layer_names", "weight_names"] { _ = try file.strings(named: name, at: "") }
    case .keras: try Self.readAll(KerasArchive(path: path))
    case .native:
      let file = try WeightFile(path: path)
      try file.verify()
      try Self.readAll(file)
    case .onnx: try Self.readAll(ONNXFile(path: path))
    case .pytorch: try Self.readAll(PyTorchFile(path: path))
    case .safetensors: try Self.readAll(SafetensorsFile(path: path))
    case .tensorflow: try Self.readAll(TensorFlowCheckpoint(indexPath: path))
    case .sentencepiece, .tokenizer: try Self.readTokenizer(path)
    case .zip:
      let archive = try ZipArchive(path: path)
      for member in archive.members {
        _ = try archive.bytes(of: member, maximumByteCount: 1 << 20)
      }
    }
  }

  /// Reads every tensor in bands of rows, as a conversion does: no tensor is held whole.
  private static func readAll(_ source: some TensorSource) throws {
    for tensor in source.tensors where tensor.byteCount > 0 {
      let rowCount = tensor.shape.rowCount
      let band = max(1, min(rowCount, (1 << 20) / max(1, tensor.bytesPerRow)))
      // A row may be as large as its file says only where the bytes are there or are never written.
      guard tensor.bytesPerRow <= 1 << 24 else { continue }
      var bytes = [UInt8](repeating: 0, count: band * tensor.bytesPerRow)
      // The first bands and the last: a fill value may stand for more rows than there is time for.
      for start in [0, band, rowCount - band] where start >= 0 && start + band <= rowCount {
        try bytes.withUnsafeMutableBytes {
          try source.readRows(start..<start + band, of: tensor, into: $0)
        }
      }
    }
  }

  private static func readTokenizer(_ path: String) throws {
    guard let slash = path.lastIndex(of: "/"),
      let tokenizer = try Tokenizer.load(folder: String(path[..<slash]))
    else { return }
    let ids = tokenizer.encode("Ein na\u{EF}ver Text,  \u{1F600} and\ttwo\n lines of it: [MASK] 12")
    _ = tokenizer.decode(ids)
    _ = tokenizer.displayPieces(ids)
  }
}
