/// The pieces of a subword tokenizer; a piece's id is its place, and no two are spelt alike.
package struct SubwordVocabulary: Sendable {
  /// The pieces in the order of their ids, empty strings for ids that no piece has.
  package let tokens: [String]
  /// Where they came from, for messages.
  let file: String
  private let ids: ByteTrie

  /// A vocabulary.
  ///
  /// - Throws: ``TokenizerError`` when there is no piece, when there are too many, when two are spelt
  ///   alike, or when one is too long or holds a line break.
  package init(tokens: [String], file: String) throws(TokenizerError) {
    try WordPieceVocabulary.checkSize(of: tokens, file: file)
    var ids = ByteTrie(expectedNodeCount: tokens.reduce(0) { $0 + $1.utf8.count } / 2)
    for (id, token) in tokens.enumerated() where !token.isEmpty {
      // A file's vocabulary is lines; such a piece is no damage, and does not stop the weights.
      guard !token.utf8.contains(UInt8(ascii: "\n")) else {
        throw .unsupported(
          what: "a piece with a line break, id \(id)", expected: "pieces without", file: file)
      }
      guard ids.value(of: token.utf8) == nil else { throw .repeatedToken(token, file: file) }
      ids.insert(token.utf8, value: Int32(id))
    }
    self.ids = ids
    self.tokens = tokens
    self.file = file
  }

  /// The id of a piece by its exact spelling.
  package func id(of token: String) -> Int32? { ids.value(of: token.utf8) }
}
