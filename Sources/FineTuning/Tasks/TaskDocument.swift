/// A document that a task makes: background, facts written over it, and a question at its end.
///
/// It is a recipe, not a text: tokens are made for the range that is asked for, so a document of two
/// million tokens takes no more memory than a short one. Two documents of one ``DocumentPlace`` whose
/// facts lie in the first segment differ in nothing but their length: the longer one begins with the
/// shorter one's tokens up to its question.
public struct TaskDocument: Sendable, Hashable {
  /// Tokens that take the place of the background's.
  public struct Fact: Sendable, Hashable {
    /// The document's token that the first one replaces.
    public let position: Int
    /// The fact.
    public let tokenIDs: [Int32]

    /// A fact at a place.
    public init(position: Int, tokenIDs: [Int32]) {
      self.position = position
      self.tokenIDs = tokenIDs
    }
  }

  /// Tokens of the whole document.
  public let tokenCount: Int
  /// Document tokens in a full segment.
  public let segmentSize: Int
  /// What fills it.
  public let background: TokenLoop
  /// The place in the background's round at which the document begins.
  public let backgroundStart: Int
  /// What is to be remembered; facts do not overlap each other or the question.
  public let facts: [Fact]
  /// The document's last tokens.
  public let question: [Int32]
  /// Row of the classifier that is the answer.
  public let label: Int
  /// The positions over which each segment is spread; `nil` for as many as it has.
  public var positionSpan: Int?

  /// A document with every part given; parts outside the document or one over another trap.
  public init(
    tokenCount: Int, segmentSize: Int, background: TokenLoop, backgroundStart: Int,
    facts: [Fact], question: [Int32], label: Int
  ) {
    var end = 0
    for fact in facts.sorted(by: { $0.position < $1.position }) {
      precondition(fact.position >= end, "a fact over another or before the document")
      end = fact.position + fact.tokenIDs.count
    }
    precondition(end <= tokenCount - question.count, "a fact over the question")
    self.tokenCount = tokenCount
    self.segmentSize = segmentSize
    self.background = background
    self.backgroundStart = backgroundStart
    self.facts = facts
    self.question = question
    self.label = label
  }

  /// Segments of the document.
  public var segmentCount: Int { (tokenCount + segmentSize - 1) / segmentSize }

  /// The tokens of a range of the document.
  public func tokenIDs(in range: Range<Int>) -> [Int32] {
    precondition(0 <= range.lowerBound && range.upperBound <= tokenCount, "beyond the document")
    var tokens: [Int32] = []
    tokens.reserveCapacity(range.count)
    background.append(range.count, from: backgroundStart + range.lowerBound, to: &tokens)
    let questionPart = Fact(position: tokenCount - question.count, tokenIDs: question)
    for part in facts + [questionPart] {
      let covered = (part.position..<part.position + part.tokenIDs.count).clamped(to: range)
      for position in covered {
        tokens[position - range.lowerBound] = part.tokenIDs[position - part.position]
      }
    }
    return tokens
  }

  /// The whole document at once.
  public var sample: LabeledSample {
    sample(tokenIDs: tokenIDs(in: 0..<tokenCount))
  }

  /// The whole document with these tokens.
  func sample(tokenIDs: [Int32]) -> LabeledSample {
    let lastSegment = tokenCount - segmentSize
    let ends = facts.filter { $0.position < lastSegment }.map { $0.position + $0.tokenIDs.count }
    // Where the last segment begins depends on the alignment when not all are full.
    let isWhole = tokenCount % segmentSize == 0
    return LabeledSample(
      tokenIDs: tokenIDs, label: label, segmentSize: segmentSize,
      factEnd: isWhole ? ends.max() ?? 0 : nil,
      positionSpan: positionSpan)
  }
}

extension TaskDocument {
  /// Whether `shorter` differs from the beginning of this document in nothing before its own last
  /// segment, so that a model which has read so far may go on with either.
  ///
  /// Both must be whole multiples of one segment size, or their segments would not meet.
  package func isPrefixed(by shorter: TaskDocument) -> Bool {
    guard shorter.tokenCount <= tokenCount, shorter.segmentSize == segmentSize,
      shorter.positionSpan == positionSpan,
      tokenCount % segmentSize == 0, shorter.tokenCount % segmentSize == 0,
      max(question.count, shorter.question.count) <= segmentSize,
      shorter.background == background, shorter.backgroundStart == backgroundStart
    else { return false }
    let shared = 0..<shorter.tokenCount - segmentSize
    func facts(of document: TaskDocument) -> [Fact] {
      document.facts.filter { shared.contains($0.position) }
        .sorted { $0.position < $1.position }
    }
    // Compared whole, also one that ends beyond the shared part: rather too strict than too lax.
    return facts(of: self) == facts(of: shorter)
  }
}

extension TaskDocument: SegmentedDocument {
  /// The size of the task's segments.
  public var ownSegmentSize: Int? { segmentSize }
}
