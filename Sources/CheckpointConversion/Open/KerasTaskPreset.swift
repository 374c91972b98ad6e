import HDF5
import JSON
import TensorStorage

/// A preset of keras-hub with a task: the backbone in `model.weights.h5`, and what the task adds to it
/// in `task.weights.h5` beside it.
///
/// Together they have the names of a task that was saved in one file, where the backbone's stand inside
/// `layers/bert_backbone`; for the head's `layers/dense` is also the name of the backbone's pooler.
/// Source: keras_hub 0.32, `Task.save_task_weights`, `preset_utils`.
struct KerasTaskPreset: TensorSource {
  /// What the file of the backbone, or the index of its shards, is called, and that of the head.
  private static let backboneNames = ["model.weights.h5", "model.weights.json"]
  private static let headName = "task.weights.h5"
  /// The file that names the task.
  static let settingsName = "task.json"
  /// The tasks whose head classifies documents; the second is its earlier name.
  private static let classifiers: Set = ["BertTextClassifier", "BertClassifier"]
  private static let layers = "layers/"
  private static let maximumByteCount = 16 << 20

  /// The format's name for people.
  var formatName: String { backbone.formatName }
  /// Both files, where the head is read.
  var sourcePaths: [String] { backbone.sourcePaths + (readsHead ? head.sourcePaths : []) }
  /// The backbone's tensors, then the head's.
  let tensors: [TensorDescription]
  /// What the files do not offer as tensors.
  var skipped: [(path: String, reason: String)] {
    backbone.skipped + (readsHead ? head.skipped : [])
  }
  /// Whose head it is, where it is left out.
  let notes: [String]

  private let backbone: any TensorSource
  private let head: HDF5File
  private let readsHead: Bool
  /// The names that the backbone's file has for its tensors, where they get others beside a head.
  private let namesInBackbone: [String: String]

  /// Opens the preset around a backbone; `nil` when there is no task beside it.
  ///
  /// - Throws: `FileError`, `JSONError`, `HDF5Error`.
  init?(_ backbone: any TensorSource, at location: CheckpointLocation) throws {
    guard Self.backboneNames.contains(where: { location.weights == "\(location.folder)/\($0)" }),
      let headPath = location.companion(Self.headName)
    else { return nil }
    self.backbone = backbone
    head = try HDF5File(path: headPath)
    let task = try location.companion(Self.settingsName).map {
      try JSONValue(contentsOf: $0, maximumByteCount: Self.maximumByteCount)
    }
    let name = task?["class_name"]?.string
    readsHead = name.map(Self.classifiers.contains) ?? false
    guard readsHead else {
      tensors = backbone.tensors
      namesInBackbone = [:]
      notes =
        backbone.notes + [
          "\(headPath) is left out: it belongs to \(name ?? "a task without \(Self.settingsName)"), which "
            + "classifies no documents"
        ]
      return
    }
    notes = backbone.notes + head.notes
    var names: [String: String] = [:]
    let inside = backbone.tensors.map { tensor in
      let inner = Dialect.unwrapKerasHub(tensor.name)
      let name = inner.hasPrefix(Self.layers) ? Dialect.kerasHubBackbone + inner : tensor.name
      names[name] = tensor.name
      return Self.renamed(tensor, name)
    }
    namesInBackbone = names
    tensors =
      inside + head.tensors.filter { Dialect.unwrapKerasHub($0.name).hasPrefix(Self.layers) }
  }

  private static func renamed(_ tensor: TensorDescription, _ name: String) -> TensorDescription {
    TensorDescription(name: name, elementType: tensor.elementType, shape: tensor.shape)
  }

  /// Reads rows from the file that has the tensor.
  func readRows(
    _ rows: Range<Int>, of tensor: TensorDescription,
    into destination: UnsafeMutableRawBufferPointer
  ) throws {
    if let name = namesInBackbone[tensor.name] {
      try backbone.readRows(rows, of: Self.renamed(tensor, name), into: destination)
    } else {
      try (readsHead ? head : backbone).readRows(rows, of: tensor, into: destination)
    }
  }
}
