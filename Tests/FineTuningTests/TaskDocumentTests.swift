import Testing

@testable import FineTuning

@Suite struct TaskDocumentTests {
  private func document(
    tokenCount: Int, facts: [(Int, [Int32])], question: [Int32] = [90, 91]
  ) -> TaskDocument {
    TaskDocument(
      tokenCount: tokenCount, segmentSize: 4, background: TokenLoop([0, 1, 2, 3, 4, 5, 6]),
      backgroundStart: 5,
      facts: facts.map { TaskDocument.Fact(position: $0.0, tokenIDs: $0.1) },
      question: question, label: 3)
  }

  @Test func `facts and question stand over the background, which runs on under them`() {
    let document = document(tokenCount: 12, facts: [(4, [70, 71, 72]), (0, [60])])
    #expect(
      document.tokenIDs(in: 0..<12) == [60, 6, 0, 1, 70, 71, 72, 5, 6, 0, 90, 91])
    #expect(document.segmentCount == 3)
    #expect(document.sample.tokenIDs == document.tokenIDs(in: 0..<12))
    #expect(document.sample.label == 3 && document.sample.segmentSize == 4)
  }

  @Test func `a sample tells where its facts end, those of the last segment aside`() {
    #expect(document(tokenCount: 12, facts: []).sample.factEnd == 0)
    #expect(document(tokenCount: 12, facts: [(4, [70, 71, 72]), (0, [60])]).sample.factEnd == 7)
    #expect(document(tokenCount: 12, facts: [(0, [60]), (8, [61])]).sample.factEnd == 1)
    #expect(document(tokenCount: 4, facts: [(0, [60])]).sample.factEnd == 0)
  }

  @Test func `any range is that part of the whole`() {
    let document = document(tokenCount: 12, facts: [(3, [70, 71, 72]), (8, [80, 81])])
    let whole = document.tokenIDs(in: 0..<12)
    for start in 0...12 {
      for end in start...12 {
        #expect(document.tokenIDs(in: start..<end) == Array(whole[start..<end]))
      }
    }
  }

  @Test func `a longer document begins with the shorter one's tokens up to its question`() {
    let (short, long) = (
      document(tokenCount: 8, facts: [(0, [60, 61])]),
      document(tokenCount: 32, facts: [(0, [60, 61])])
    )
    #expect(long.tokenIDs(in: 0..<6) == short.tokenIDs(in: 0..<6))
  }

  @Test
  func `a document is prefixed by another when all before the other's last segment is the same`() {
    let short = document(tokenCount: 8, facts: [(0, [60])])
    let long = document(tokenCount: 16, facts: [(0, [60])])
    #expect(long.isPrefixed(by: short) && long.isPrefixed(by: long))
    #expect(!short.isPrefixed(by: long))
    // The first segment alone is shared: a fact in the second may be another.
    #expect(document(tokenCount: 16, facts: [(0, [60]), (4, [61])]).isPrefixed(by: short))
    #expect(!document(tokenCount: 16, facts: [(0, [61])]).isPrefixed(by: short))
    #expect(!document(tokenCount: 16, facts: [(0, [60]), (3, [61])]).isPrefixed(by: short))
    #expect(!document(tokenCount: 16, facts: []).isPrefixed(by: short))
    // Neither segments that do not meet nor a question of more than a segment.
    #expect(!document(tokenCount: 15, facts: [(0, [60])]).isPrefixed(by: short))
    #expect(!long.isPrefixed(by: document(tokenCount: 7, facts: [(0, [60])])))
    let question: [Int32] = [90, 91, 92, 93, 94]
    #expect(
      !document(tokenCount: 16, facts: [(0, [60])], question: question)
        .isPrefixed(by: document(tokenCount: 8, facts: [(0, [60])], question: question)))
  }

  @Test func `parts that overlap are a programming error`() async {
    await #expect(processExitsWith: .failure) {
      _ = TaskDocument(
        tokenCount: 8, segmentSize: 4, background: TokenLoop([1]), backgroundStart: 0,
        facts: [TaskDocument.Fact(position: 5, tokenIDs: [7, 7])], question: [8, 8], label: 0)
    }
  }
}
