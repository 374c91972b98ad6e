/// Text in two parts that share none: some to train on, the rest held out to be measured on.
struct TextDivision {
  /// The share of the texts, or of a single text, that is held out: one in ten.
  static let heldOutInterval = 10

  /// Texts to train on.
  let training: [[Int32]]
  /// Texts that are held out.
  let heldOut: [[Int32]]
  /// What is held out, and whether files are copies, in a sentence or two.
  let summary: String

  /// Holds out every tenth text, the last one when there are fewer than ten, the last tenth of the
  /// tokens of a single text.
  ///
  /// Files with the same tokens are one text: what is held out is held out with all its copies.
  init(_ files: [(path: String, tokenIDs: [Int32])]) {
    var texts: [[Int32]] = []
    var known: Set<[Int32]> = []
    for file in files where known.insert(file.tokenIDs).inserted { texts.append(file.tokenIDs) }
    var summary: String
    if texts.count == 1 {
      let split = texts[0].count - texts[0].count / Self.heldOutInterval
      (training, heldOut) = ([Array(texts[0][..<split])], [Array(texts[0][split...])])
      summary = "the last tenth of \(files[0].path) is held out for evaluation."
    } else {
      let interval = Self.heldOutInterval, areFew = texts.count < interval
      heldOut = texts.indices.filter {
        areFew ? $0 == texts.count - 1 : $0 % interval == interval - 1
      }.map { texts[$0] }
      let absent = Set(heldOut)
      training = files.map(\.tokenIDs).filter { !absent.contains($0) }
      summary =
        "\(heldOut.count) of \(texts.count) texts \(heldOut.count == 1 ? "is" : "are") held out for "
        + "evaluation (\(areFew ? "the last" : "every tenth"))."
    }
    let copyCount = files.count - texts.count
    if copyCount > 0 {
      summary +=
        " \(copyCount) of \(files.count) files say the same as another, and count as one text with it."
    }
    self.summary = summary
  }
}
