/// The sentence of a segment's text that memory tokens look at most.
struct SentenceReading: Equatable {
  /// The memory tokens whose first choice it is, from 0.
  var memoryTokens: [Int]
  /// The sentence's tokens in the segment's text.
  let sentence: Range<Int>
  /// The part of their attention that it gets, averaged over these tokens and over the given weights.
  var share: Double

  /// For each memory token its first choice, tokens of one choice together, the most chosen first.
  ///
  /// - Parameter weights: attention weights `[rows, rows]`, averaged over heads and layers.
  static func readings(
    weights: [Float], rowCount: Int, memoryCount: Int, text: SegmentText
  ) -> [SentenceReading] {
    var readings: [SentenceReading] = []
    let firstToken = memoryCount + 2
    for token in 0..<memoryCount {
      let row = (token + 1) * rowCount + firstToken
      let shares = text.sentences.map { sentence in
        (sentence, sentence.reduce(0.0) { $0 + Double(weights[row + $1]) })
      }
      guard let best = shares.max(by: { $0.1 < $1.1 }) else { continue }
      if let index = readings.firstIndex(where: { $0.sentence == best.0 }) {
        readings[index].memoryTokens.append(token)
        readings[index].share += best.1
      } else {
        readings.append(
          SentenceReading(memoryTokens: [token], sentence: best.0, share: best.1))
      }
    }
    for index in readings.indices {
      readings[index].share /= Double(readings[index].memoryTokens.count)
    }
    return readings.sorted {
      ($0.memoryTokens.count, $1.memoryTokens[0]) > ($1.memoryTokens.count, $0.memoryTokens[0])
    }
  }

  /// Whether it gets much more than it would of attention that is spread over all rows: twice as much,
  /// or half of what is between that and everything.
  func standsOut(ofRowCount rowCount: Int) -> Bool {
    let even = Double(sentence.count) / Double(rowCount)
    return share > min(2 * even, (1 + even) / 2)
  }

  /// The part of their attention that a sentence's tokens give to memory, averaged over them.
  ///
  /// - Parameter weights: attention weights `[rows, rows]`, averaged over heads and layers.
  static func shareOfMemory(
    in sentence: Range<Int>, weights: [Float], rowCount: Int, memoryCount: Int
  ) -> Double {
    let firstToken = memoryCount + 2
    let sum = sentence.reduce(0.0) { sum, token in
      let row = (firstToken + token) * rowCount
      return sum + (1..<1 + memoryCount).reduce(0.0) { $0 + Double(weights[row + $1]) }
    }
    return sum / Double(max(1, sentence.count))
  }

  /// The tokens in few characters: `0–3, 7`.
  var memoryText: String {
    var runs: [ClosedRange<Int>] = []
    for token in memoryTokens {
      if let last = runs.last, last.upperBound == token - 1 {
        runs[runs.count - 1] = last.lowerBound...token
      } else {
        runs.append(token...token)
      }
    }
    return runs.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)–\($0.upperBound)" }
      .joined(separator: ", ")
  }
}
