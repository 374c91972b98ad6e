/// How the files of a checkpoint are called.
package enum TensorFlowCheckpointName {
  /// The path of a data file: `PREFIX.data-00000-of-00001`.
  package static func dataPath(prefix: String, shard: Int, of count: Int) -> String {
    "\(prefix).data-\(padded(shard))-of-\(padded(count))"
  }

  /// The prefix of a data file; `nil` for another name.
  package static func prefix(ofDataFile path: String) -> String? {
    path.firstMatch(of: /^(.+)\.data-[0-9]{5}-of-[0-9]{5}$/).map { String($0.1) }
  }

  private static func padded(_ number: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, 5 - digits.count)) + digits
  }
}
