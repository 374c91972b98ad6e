extension DataNote {
  /// A note on lines that are not UTF-8; `nil` when there are none.
  init?(path: String, windows1252Lines lines: [Int]) {
    guard let first = lines.first else { return nil }
    self.init(
      lines.count == 1
        ? "\(path): line \(first) is not UTF-8 and was read as Windows-1252."
        : "\(path): \(lines.count) lines are not UTF-8 and were read as Windows-1252, "
          + "the first is line \(first).")
  }
}
