extension Dialect {
  /// Encoder layers, or groups of layers, that names speak of: one more than the highest number.
  ///
  /// - Parameter names: as the source has them.
  package func layerCount(in names: [String]) -> Int {
    names.compactMap { layerNumber(unwrap($0)) }.max().map { $0 + 1 } ?? 0
  }

  /// Reads the number behind the text with which the names of a layer's tensors begin.
  static func number(behind marker: String) -> @Sendable (String) -> Int? {
    { name in number(behind: marker, in: name) }
  }

  /// The number that follows a text at the front of a name; none that is longer than six digits.
  static func number(behind marker: String, in name: String) -> Int? {
    guard name.hasPrefix(marker) else { return nil }
    let digits = name.utf8.dropFirst(marker.utf8.count).prefix(7).prefix {
      (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
    }
    return digits.count <= 6 ? Int(Substring(digits)) : nil
  }
}
