import TestSupport
import Testing

@testable import FineTuning

@Suite struct StoryTaskTests {
  private let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  private func reason(
    _ positions: FactPositions, labels: [String] = MovementTask.places
  ) throws -> StoryTask {
    let tokenizer = try SmallVocabulary.tokenizer()
    return try StoryTask.reason(
      modelLabels: labels, tokenizer: tokenizer,
      background: try TaskDocuments.background(tokenizer),
      stories: try StoryCollection(generatedFor: [], allowsTrainingStories: false),
      factPositions: positions)
  }

  private func babi(
    _ text: String, _ positions: FactPositions, labels: [String] = MovementTask.places,
    segmentSize: Int = 32
  ) throws -> StoryTask {
    let tokenizer = try SmallVocabulary.tokenizer()
    let path = try folder.write(Array(text.utf8), to: "stories.txt")
    return try StoryTask.babi(
      modelLabels: labels, tokenizer: tokenizer,
      background: try TaskDocuments.background(tokenizer),
      stories: try StoryCollection(
        testPath: path, form: .any, provenance: [], allowsTrainingStories: false),
      factPositions: positions, segmentSize: segmentSize)
  }

  private static let milk = """
    1 Mary got the milk there.
    2 Mary went to the garden.
    3 Mary moved to the office.
    4 Where is the milk?\toffice\t1 3

    """

  @Test func `reasoning with facts in segment 0 is two facts, background and a question`() throws {
    let task = try reason(.first)
    // "the a is east of the b ." has eight tokens, "what is the b west of ?" seven.
    #expect(task.leastSegmentSize == 8 + 8 + 7)
    for index in 0..<50 {
      let document = task.document(index, segmentCount: 3, segmentSize: 23)
      let tokens = document.tokenIDs(in: 0..<69)
      #expect(document.facts.map(\.position) == [0, 8])
      #expect(Array(tokens[..<16]) == document.facts.flatMap(\.tokenIDs))
      #expect(Array(tokens[62...]) == document.question && document.question.count == 7)
      let loop = task.background.evaluation.tokenIDs
      #expect(
        (16..<62).allSatisfy {
          tokens[$0] == loop[(document.backgroundStart + $0) % loop.count]
        })
    }
  }

  @Test func `in reasoning the second fact may come first, in one segment it follows`() throws {
    let task = try reason(.random)
    var pairs: [[Int]: Int] = [:]
    for index in 0..<4000 {
      let positions = task.document(index, segmentCount: 2).facts.map(\.position)
      pairs[positions, default: 0] += 1
    }
    // Six standard deviations of a count are 164.
    #expect(Set(pairs.keys) == [[0, 8], [0, 32], [32, 0], [32, 40]])
    #expect(pairs.values.allSatisfy { abs($0 - 1000) < 164 })
  }

  @Test func `stories of a part are drawn evenly and those of parts never meet`() throws {
    let task = try reason(.random)
    func stories(_ split: DataSplit) -> [[String]] {
      (0..<2000).map {
        let document = task.document($0, segmentCount: 1, split: split)
        return document.factWords + [document.questionWords]
      }
    }
    let (training, validation, test) = (stories(.training), stories(.validation), stories(.test))
    #expect(Set(training).isDisjoint(with: validation) && Set(test).isDisjoint(with: validation))
    #expect(Set(training).isDisjoint(with: test))
    // 1728 equally likely entries, 768 distinct: the most frequent quarter of them is four of each.
    #expect(Set(test).count > 550)
    var labels = [Int](repeating: 0, count: 6)
    for index in 0..<3000 { labels[task.document(index, segmentCount: 1).label] += 1 }
    #expect(labels.allSatisfy { abs($0 - 500) < 122 })
  }

  @Test func `a file's sentences before a question open random segments in their order`() throws {
    let task = try babi(Self.milk, .random)
    var seen: Set<[Int]> = []
    for index in 0..<300 {
      let document = task.document(index, segmentCount: 3)
      #expect(
        document.factWords == [
          "mary got the milk there .", "mary went to the garden .", "mary moved to the office .",
        ])
      #expect(document.questionWords == "where is the milk ?")
      #expect(MovementTask.places[document.label] == "office")
      seen.insert(document.facts.map(\.position))
    }
    // Three sentences over three segments, in order: ten ways.
    #expect(
      seen == [
        [0, 6, 12], [0, 6, 32], [0, 6, 64], [0, 32, 38], [0, 32, 64], [0, 64, 70], [32, 38, 44],
        [32, 38, 64], [32, 64, 70], [64, 70, 76],
      ])
  }

  @Test func `with facts in segment 0 documents differ in length alone`() throws {
    for task in [try reason(.first), try babi(Self.milk, .first)] {
      for index in 0..<10 {
        let (short, long) = (
          task.document(index, segmentCount: 1), task.document(index, segmentCount: 40)
        )
        #expect(short.facts == long.facts && short.label == long.label)
        let count = 32 - short.question.count
        #expect(short.tokenIDs(in: 0..<count) == long.tokenIDs(in: 0..<count))
        #expect(long.tokenIDs(in: 1280 - short.question.count..<1280) == short.question)
      }
    }
  }

  @Test func `stories that do not fit into a segment are left out and counted`() throws {
    let two = Self.milk + "1 John went to the kitchen.\n2 Where is John?\tkitchen\t1\n"
    // The first takes 3·6 + 5 tokens, the second 6 + 4.
    #expect(try babi(two, .first, segmentSize: 23).leastSegmentSize == 23)
    let task = try babi(two, .first, segmentSize: 22)
    #expect(task.leastSegmentSize == 10)
    #expect(
      (0..<20).allSatisfy { task.document($0, segmentCount: 1, segmentSize: 22).facts.count == 1 })
    #expect(
      task.notes.contains { $0.isWarning && $0.description.contains("1 of 2 test stories take") })
    let path = folder.path("stories.txt")
    #expect(
      throws: StoryError.storiesTooLong(source: path, segmentSize: 9, shortestTokenCount: 10)
    ) { try babi(two, .first, segmentSize: 9) }
  }

  @Test func `answers that the model lacks are all named, with the labels to attach`() throws {
    let text =
      Self.milk + "1 Mary got the milk there.\n2 What is there?\tmilk\t1\n"
      + "1 Mary got the milk there.\n2 Where is Mary?\tbathroom\t1\n"
    let error = #expect(throws: StoryError.self) {
      try babi(text, .first, labels: ["office", "yes"])
    }
    #expect(error?.problem.contains("answers \"bathroom\", \"milk\" are not among") == true)
    // In label order, then the others.
    #expect(error?.advice?.contains("rmt attach --labels office,yes,bathroom,milk.") == true)
    #expect(error?.place == "\(folder.path("stories.txt")), line 6")
    let one = #expect(throws: TaskError.self) {
      try reason(.first, labels: MovementTask.places.filter { $0 != "office" })
    }
    #expect(one?.problem.contains("answer \"office\" is not among") == true)
  }

  @Test func `words that the vocabulary lacks are named with their sentence`() {
    #expect(throws: TaskError.unknownWord(sentence: "Xyzzy went to the garden.")) {
      try babi("1 Xyzzy went to the garden.\n2 Where is Mary?\tgarden\t1\n", .first)
    }
  }

  @Test func `segments too small for both facts and the question are refused`() throws {
    let task = try reason(.first)
    func data(segmentSize: Int) throws -> TaskData {
      var memory = TinyModel.memory
      memory.segmentSize = segmentSize
      return try TaskData(task: task, memory: memory, validationSampleCount: 1)
    }
    #expect(throws: TaskError.segmentTooSmall(segmentSize: 22, neededTokenCount: 23)) {
      try data(segmentSize: 22)
    }
    #expect(throws: Never.self) { try data(segmentSize: 23) }
  }

  @Test func `chance is the share of the most frequent answer`() throws {
    #expect(abs(try reason(.first).chanceAccuracy - 1.0 / 6) < 1e-12)
    let more =
      Self.milk + "1 John went to the kitchen.\n2 Where is John?\tkitchen\t1\n"
      + "1 John went back to the kitchen.\n2 Where is John?\tkitchen\t1\n"
    #expect(abs(try babi(more, .first).chanceAccuracy - 2.0 / 3) < 1e-12)
  }

  @Test func `a split without stories is a programming error`() async {
    await #expect(processExitsWith: .failure) {
      let test = try StoryTaskTests()
      _ = try test.babi(Self.milk, .first).document(0, segmentCount: 1, split: .training)
    }
  }
}
