/// A string compared by its UTF-8 bytes.
///
/// Swift's `String` compares by canonical equivalence. A vocabulary may hold `Å` (U+00C5) and the
/// Ångström sign (U+212B) as two entries, so names of a file must not be compared that way.
struct ExactString: Hashable {
  let text: String

  init(_ text: String) { self.text = text }

  static func == (left: ExactString, right: ExactString) -> Bool {
    left.text.utf8.count == right.text.utf8.count && left.text.utf8.elementsEqual(right.text.utf8)
  }

  func hash(into hasher: inout Hasher) {
    var text = text
    text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
  }
}
