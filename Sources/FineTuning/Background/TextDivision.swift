/// Text in two parts that share none: some to train on, the rest held out to be measured on.
struct TextDivision {
  /// The share of the files, or of a single file, that is held out: one in ten.
  static let heldOutInterval = 10

  /// Files to train on.
  private(set) var training: [[Int32]] = []
  /// Files that are held out.
  private(set) var heldOut: [[Int32]] = []
  /// Files that would be held out, did not one to train on say the same.
  private(set) var copies: [String] = []
  private let texts: [(path: String, tokenIDs: [Int32])]

  /// Holds out every tenth of the files, the last one when there are fewer than ten, the last tenth of
  /// the tokens of a single file.
  init(_ texts: [(path: String, tokenIDs: [Int32])]) {
    self.texts = texts
    if texts.count == 1 {
      let ids = texts[0].tokenIDs
      let split = ids.count - ids.count / Self.heldOutInterval
      (training, heldOut) = ([Array(ids[..<split])], [Array(ids[split...])])
      return
    }
    training = texts.indices.filter { !isHeldOut($0) }.map { texts[$0].tokenIDs }
    let trained = Set(training)
    for (index, text) in texts.enumerated() where isHeldOut(index) {
      if trained.contains(text.tokenIDs) {
        copies.append(text.path)
      } else {
        heldOut.append(text.tokenIDs)
      }
    }
  }

  private func isHeldOut(_ index: Int) -> Bool {
    let (interval, count) = (Self.heldOutInterval, texts.count)
    return count < interval ? index == count - 1 : index % interval == interval - 1
  }

  /// What is held out and what is left out, in a sentence or two.
  var summary: String {
    if texts.count == 1 { return "\(texts[0].path): the last tenth is held out for evaluation." }
    let count = max(1, texts.count / Self.heldOutInterval)
    let rule = texts.count < Self.heldOutInterval ? "the last" : "every tenth"
    let leftOut = copies.first.map { copy in
      " Left out of them: \(copies.count == 1 ? copy : "\(copies.count) files"), as training has the "
        + "same text."
    }
    return "\(count) of \(texts.count) files \(count == 1 ? "is" : "are") held out for evaluation "
      + "(\(rule)).\(leftOut ?? "")"
  }
}
