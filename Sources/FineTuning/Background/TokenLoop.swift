/// Token ids that are read from any place on, round and round, as long as they are needed.
public struct TokenLoop: Sendable, Hashable {
  /// One round.
  public let tokenIDs: [Int32]

  /// A loop over these tokens.
  public init(_ tokenIDs: [Int32]) { self.tokenIDs = tokenIDs }

  /// Tokens in one round.
  public var count: Int { tokenIDs.count }

  /// Appends `tokenCount` tokens to a document, the first from place `start` of the round; traps where
  /// there are none to read.
  public func append(_ tokenCount: Int, from start: Int, to document: inout [Int32]) {
    precondition(!tokenIDs.isEmpty, "a loop of no tokens")
    var place = start % count
    var missing = tokenCount
    while missing > 0 {
      let end = min(count, place + missing)
      document.append(contentsOf: tokenIDs[place..<end])
      missing -= end - place
      place = 0
    }
  }
}
