/// What the files of a checkpoint are called when its weights are divided among several.
///
/// `model.safetensors` becomes `model-00001-of-00002.safetensors`, … beside
/// `model.safetensors.index.json`.
///
/// Source: `huggingface_hub/serialization/_base.py` (2.4), which names all of them alike.
struct ShardNames {
  /// The name of the only file.
  let whole: String

  private let stem: Substring
  private let ending: Substring

  /// The names beside that of a whole file.
  init(of whole: String) {
    self.whole = whole
    let dot = whole.lastIndex(of: ".") ?? whole.endIndex
    stem = whole[..<dot]
    ending = whole[dot...]
  }

  /// The name of the index.
  var index: String { whole + ".index.json" }

  /// The name of a shard; the first one is number 1.
  func shard(_ number: Int, of count: Int) -> String {
    "\(stem)-\(Self.digits(number))-of-\(Self.digits(count))\(ending)"
  }

  /// Whether a name is that of the whole file, the index or a shard.
  func contains(_ name: String) -> Bool {
    if name == whole || name == index { return true }
    guard name.hasPrefix("\(stem)-"), name.hasSuffix(ending) else { return false }
    let parts = name.dropFirst(stem.count + 1).dropLast(ending.count).split(
      separator: "-", omittingEmptySubsequences: false)
    return parts.count == 3 && parts[1] == "of"
      && [parts[0], parts[2]].allSatisfy { part in
        part.count >= 5 && part.allSatisfy { $0.isASCII && $0.isNumber }
      }
  }

  private static func digits(_ number: Int) -> String {
    let text = String(number)
    return String(repeating: "0", count: max(0, 5 - text.count)) + text
  }
}
