extension String {
  /// Whether the text is the name of a file and no path: what a file names beside itself is looked for
  /// nowhere else.
  package var isPlainFileName: Bool {
    !isEmpty && self != "." && self != ".."
      && !utf8.contains { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "\\") || $0 == 0 }
  }
}
