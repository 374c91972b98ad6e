import Foundation
import JSON
import TensorStorage

/// Where a checkpoint's parts lie: its weights, and the folder of its configuration and tokenizer.
package struct CheckpointLocation: Sendable, Hashable {
  /// The file of weights, or the index of its shards.
  package let weights: String
  /// What that file is.
  package let kind: CheckpointKind
  /// Where config.json and the tokenizer's files are looked for.
  package let folder: String

  /// Finds a checkpoint in a file or folder.
  ///
  /// In a folder the names that `transformers` writes go first, then the only file that is named as
  /// weights are; where there is none, the only file whose content is weights.
  /// - Throws: ``OpeningError``, or `FileError` when the path cannot be read.
  package init(path: String) throws {
    var isFolder: ObjCBool = false
    let path = TensorFlowCheckpointLocation.index(for: path) ?? path
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw FileError(.open, path, code: ENOENT)
    }
    if !isFolder.boolValue {
      self.init(weights: path, kind: try CheckpointKind(ofFile: path))
    } else {
      let folder = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
      let weights = "\(folder)/\(try Self.weightsName(in: folder))"
      self.init(weights: weights, kind: try CheckpointKind(ofFile: weights))
    }
    if let error = OpeningError(kind: kind, path: weights) { throw error }
  }

  private init(weights: String, kind: CheckpointKind) {
    self.weights = weights
    self.kind = kind
    let own = Self.parent(of: weights)
    // Repositories keep exports for ONNX in a folder of their own, below what belongs to all formats;
    // TensorFlow keeps a SavedModel's variables so.
    let innerName: Substring? =
      kind == .onnx ? "onnx" : kind == .tensorFlowIndex ? "variables" : nil
    let isInner =
      own.split(separator: "/").last == innerName && !Self.exists("\(own)/config.json")
    folder = isInner ? Self.parent(of: own) : own
  }

  private static func parent(of path: String) -> String {
    path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
  }

  private static func exists(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: path)
  }

  /// A file beside the weights; `nil` when it is not there.
  package func companion(_ name: String) -> String? {
    let path = "\(folder)/\(name)"
    return Self.exists(path) ? path : nil
  }

  /// Names in the order in which they are preferred.
  private static let knownNames = [
    "model.safetensors", "model.safetensors.index.json", "pytorch_model.bin",
    "pytorch_model.bin.index.json", "model_best.pth", "tf_model.h5", "tf_model.h5.index.json",
    "model.weights.h5", "model.weights.json",
  ]
  /// Endings of files that may hold weights.
  private static let weightEndings = [
    ".safetensors", ".safetensors.index.json", ".h5", ".h5.index.json", ".keras", ".rmtw", ".index",
    ".gguf", ".onnx", ".weights.json",
  ]
  /// Endings under which PyTorch writes whatever it is given.
  private static let pyTorchEndings = [".bin", ".pt", ".pth", ".ckpt", ".bin.index.json"]
  /// How names of what trainers write beside the weights begin.
  private static let trainerNames = [
    "training_args", "optimizer", "scheduler", "scaler", "rng_state",
  ]

  /// Whether a file with that name, or path, is an index of shards.
  static func isIndexName(_ name: String) -> Bool {
    name.hasSuffix(".index.json") || name.hasSuffix(".weights.json")
  }

  /// The weights of a folder, as a path below it.
  ///
  /// - Parameter isModule: whether the folder is itself one that another folder's modules.json names.
  private static func weightsName(in folder: String, isModule: Bool = false) throws -> String {
    let names: [String]
    do {
      names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    } catch {
      throw FileError(.list, folder, code: EACCES)
    }
    guard !names.isEmpty else { throw OpeningError.emptyFolder(path: folder) }
    if let known = knownNames.first(where: names.contains) { return known }
    var candidates = names.filter { name in weightEndings.contains(where: name.hasSuffix) }
    if candidates.isEmpty {
      candidates = names.filter { name in
        pyTorchEndings.contains(where: name.hasSuffix)
          && !trainerNames.contains(where: name.hasPrefix)
      }
    }
    if candidates.count == 1 { return candidates[0] }
    if candidates.allSatisfy({ $0.hasSuffix(".index") }),
      let latest = TensorFlowCheckpointLocation.latestIndex(in: folder, among: candidates)
    {
      return latest
    }
    if let index = candidates.first(where: isIndexName) { return index }
    guard candidates.isEmpty else {
      throw OpeningError.severalCheckpoints(path: folder, names: candidates)
    }
    let others = names.filter { name in
      !trainerNames.contains(where: name.hasPrefix) && holdsWeights("\(folder)/\(name)")
    }
    if others.count == 1 { return others[0] }
    guard others.isEmpty else {
      throw OpeningError.severalCheckpoints(path: folder, names: others)
    }
    if names.contains("saved_model.pb"), exists("\(folder)/\(savedVariables)") {
      return savedVariables
    }
    if !isModule, let module = try transformerModule(of: folder) {
      return "\(module)/\(try weightsName(in: "\(folder)/\(module)", isModule: true))"
    }
    throw OpeningError.noCheckpoint(path: folder)
  }

  /// Whether a file's first bytes are those of weights; not that of JSON, which is anything.
  private static func holdsWeights(_ path: String) -> Bool {
    switch try? CheckpointKind(ofFile: path) {
    case .native, .safetensors, .hdf5, .kerasArchive, .zipArchive, .pickle, .tarArchive,
      .tensorFlowIndex, .gguf, .onnx:
      true
    default: false
    }
  }

  /// Where a SavedModel of TensorFlow has its variables.
  private static let savedVariables = "variables/variables.index"
  private static let modulesName = "modules.json"
  private static let maximumModulesByteCount = 1 << 20

  /// The folder in which older versions of sentence-transformers keep the encoder: the first module's of
  /// `modules.json`, `[{"idx": 0, "path": "0_Transformer", …}, …]`.
  ///
  /// - Throws: `FileError` or `JSONError` when the file cannot be read.
  private static func transformerModule(of folder: String) throws -> String? {
    guard exists("\(folder)/\(modulesName)") else { return nil }
    let modules = try JSONValue(
      contentsOf: "\(folder)/\(modulesName)", maximumByteCount: maximumModulesByteCount)
    guard let path = modules.array?.first?["path"]?.string, path.isPlainFileName,
      exists("\(folder)/\(path)")
    else { return nil }
    return path
  }
}
