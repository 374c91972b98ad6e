import Foundation
import TensorFlowCheckpoint
import TensorStorage

/// Where the index of a TensorFlow checkpoint is: people name its prefix, one of its files, or its
/// folder.
enum TensorFlowCheckpointLocation {
  /// Longer files of this name are none of TensorFlow's.
  private static let maximumByteCount = 1 << 20

  /// The index of the checkpoint with that prefix, which is no file itself, or with that data file;
  /// `nil` when the path means something else.
  static func index(for path: String) -> String? {
    let prefix = TensorFlowCheckpointName.prefix(ofDataFile: path)
    if prefix == nil, FileManager.default.fileExists(atPath: path) { return nil }
    let index = (prefix ?? path) + TensorFlowCheckpoint.indexSuffix
    return FileManager.default.fileExists(atPath: index) ? index : nil
  }

  /// The index that the file `checkpoint` of a folder points to; `nil` when it points to none of them.
  ///
  /// The file is a text of TensorFlow's with the path that the checkpoint had when it was saved. Only
  /// the last component of it is looked at, and only among the names that are there.
  static func latestIndex(in folder: String, among names: [String]) -> String? {
    guard let file = try? RandomAccessFile(path: "\(folder)/checkpoint"),
      file.byteCount <= maximumByteCount,
      let bytes = try? file.bytes(in: 0..<file.byteCount),
      let text = String(validating: bytes, as: UTF8.self),
      let match = text.firstMatch(of: /(?m)^model_checkpoint_path: *"([^"\n]*)"/),
      let name = match.1.split(separator: "/").last
    else { return nil }
    return names.first { $0 == name + TensorFlowCheckpoint.indexSuffix }
  }
}
