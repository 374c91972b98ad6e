import JSON
import ModelFile
import TestSupport
import Testing

@testable import FineTuning

@Suite struct StoryCollectionTests {
  private let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  /// A file of one story for each number, which tells where somebody of that name went.
  private func write(_ numbers: some Sequence<Int>, to name: String) throws -> String {
    let text = numbers.map {
      "1 Person\($0) went to the garden.\n2 Where is Person\($0)?\tgarden\t1\n"
    }
    return try folder.write(Array(text.joined().utf8), to: name)
  }

  private func training(
    _ path: String, evaluation: String? = nil, allows: Bool = false,
    form: StoryCollection.Form = .any, after provenance: [ProvenanceStep] = []
  ) throws -> StoryCollection {
    try StoryCollection(
      trainingPath: path, evaluationPath: evaluation, form: form, provenance: provenance,
      allowsTrainingStories: allows)
  }

  private func testing(
    _ path: String, after record: JSONObject, allows: Bool = false
  ) throws -> StoryCollection {
    try StoryCollection(
      testPath: path, form: .any, provenance: [step(record)], allowsTrainingStories: allows)
  }

  /// The step that a model's file would hold after training.
  private func step(_ record: JSONObject) -> ProvenanceStep {
    ProvenanceStep(
      verb: "finetune", toolVersion: "0", sources: [], dialect: nil, dropped: [], created: [],
      options: record, seed: 0)
  }

  @Test func `what is held out is up to the stories' words and not to where they stand`() throws {
    // Every story twice: copies go where the first goes.
    let file = try training(write(Array(0..<100) + Array(0..<100), to: "a"))
    let shuffled = try training(write((0..<100).reversed(), to: "b"))
    #expect(file.stories(of: .validation).count == 20)
    #expect(Set(file.stories(of: .validation)) == Set(shuffled.stories(of: .validation)))
    #expect(Set(file.stories(of: .validation)).isDisjoint(with: file.stories(of: .training)))
    #expect(
      file.notes.map(\.description).contains { $0.contains("20 of 200 stories are held out") })
  }

  @Test func `a held-out question that training asks too is left out`() throws {
    // All narratives begin alike, so that each one's first question is in both parts.
    let text = (0..<20).map {
      "1 Mary went away.\n2 Who went?\tMary\t1\n3 Person\($0) came.\n4 Who came?\tPerson\($0)\t3\n"
    }
    let stories = try training(folder.write(Array(text.joined().utf8), to: "a"))
    #expect(stories.stories(of: .validation).count == 2)
    #expect(stories.stories(of: .validation).allSatisfy { $0.question == "Who came?" })
    #expect(
      stories.notes.map(\.description).contains {
        $0.contains("2 of 4 stories are among those that the model trains on")
          && $0.contains("2 remain")
      })
  }

  @Test func `stories of both files are measured on only where one asks for it`() throws {
    let (train, other) = (try write(0..<20, to: "a"), try write(15..<25, to: "b"))
    let stories = try training(train, evaluation: other)
    #expect(stories.stories(of: .training).count == 20)
    #expect(
      stories.stories(of: .validation).map(\.question) == (20..<25).map { "Where is Person\($0)?" })
    #expect(
      try training(train, evaluation: other, allows: true).stories(of: .validation).count == 10)
    #expect(throws: StoryError.trainedFile(file: train)) {
      try training(train, evaluation: train)
    }
    #expect(
      try training(train, evaluation: train, allows: true).stories(of: .validation).count == 20)
    let part = try write(3..<5, to: "c")
    #expect(throws: StoryError.onlyTrainedStories(source: part, count: 2)) {
      try training(train, evaluation: part)
    }
    #expect(throws: StoryError.tooFewStories(file: part)) {
      try training(write([1, 1], to: "c"))
    }
  }

  @Test func `a model is not measured on the file that it trained on, whatever its name`() throws {
    let record = try training(write(0..<20, to: "a")).record
    let copy = try folder.write(
      Array("\u{FEFF}".utf8) + Array(try folder.text(of: "a").replacing("\n", with: "\r\n").utf8),
      to: "copy")
    #expect(throws: StoryError.trainedFile(file: copy)) { try testing(copy, after: record) }
    #expect(try testing(copy, after: record, allows: true).stories(of: .test).count == 20)
    #expect(try testing(copy, after: JSONObject()).stories(of: .test).count == 20)
  }

  @Test func `stories that a model trained on are left out of another file`() throws {
    let trained = try training(write(0..<20, to: "a"), evaluation: write(30..<40, to: "v"))
    let test = try testing(write(10..<25, to: "b"), after: trained.record)
    #expect(test.stories(of: .test).map(\.question) == (20..<25).map { "Where is Person\($0)?" })
    #expect(
      test.notes.map(\.description).contains {
        $0.contains("10 of 15 stories are among") && $0.contains("5 remain")
      })
    let all = try testing(folder.path("b"), after: trained.record, allows: true)
    #expect(all.stories(of: .test).count == 15)
    #expect(all.notes.contains { $0.isWarning && $0.description.contains("10 of 15") })
  }

  @Test func `what the model trained on before validates it no more than it tests it`() throws {
    let before = try training(write(0..<100, to: "before"))
    let known = before.stories(of: .training).count
    let path = try write(200..<300, to: "now")
    let both = try write(0..<110, to: "both")
    let now = try training(path, evaluation: both, after: [step(before.record)])
    #expect(now.stories(of: .validation).count == 110 - known)
    #expect(
      now.notes.contains {
        $0.description.contains("\(known) of 110 stories") && $0.description.contains("remain")
      })
    #expect(try training(path, evaluation: both).stories(of: .validation).count == 110)
    let all = try training(path, evaluation: both, allows: true, after: [step(before.record)])
    #expect(all.stories(of: .validation).count == 110)
  }

  @Test func `the program's own stories are known by their rule`() throws {
    let own = try StoryCollection(generatedFor: [], allowsTrainingStories: false)
    let trained = TrainedStories(provenance: [step(own.record)])
    #expect(trained.isComplete)
    #expect(own.stories(of: .training).allSatisfy(trained.contains))
    // They chose the weights: a file that holds them as well would flatter the model.
    #expect(own.stories(of: .validation).allSatisfy(trained.contains))
    #expect(!own.stories(of: .test).contains(where: trained.contains))
    let again = try StoryCollection(
      generatedFor: [step(own.record)], allowsTrainingStories: false)
    #expect(again.stories(of: .test).fingerprint == own.stories(of: .test).fingerprint)
    #expect(again.notes.count == 1)
    // A model that trained on one of the test's stories from a file is not asked that one.
    let story = own.stories(of: .test)[0]
    let record = TrainedStories.record(file: [story], trained: [story])
    let fewer = try StoryCollection(generatedFor: [step(record)], allowsTrainingStories: false)
    // In all its four copies: the middle place is the object of both facts.
    #expect(fewer.stories(of: .test).count == own.stories(of: .test).count - 4)
    #expect(!fewer.stories(of: .test).contains(story))
    // What is measured is another set of stories, and its rows say so.
    for stories in [own, fewer] {
      let checksum = stories.stories(of: .test).fingerprint
      #expect(stories.settings[0].value == "generated, checksum \(checksum)")
    }
    #expect(own.settings[0].value != fewer.settings[0].value)
  }

  @Test func `of stories divided by another rule it is said that they are not known`() throws {
    let member = try #require(JSONObject(members: [("generated", .integer(1))]))
    let record = try #require(
      JSONObject(members: [("training stories", .object(member))]))
    let stories = try StoryCollection(
      generatedFor: [step(record)], allowsTrainingStories: true)
    #expect(stories.notes.contains { $0.isWarning && $0.description.contains("does not tell") })
  }

  @Test func `a history that does not tell all stories is said to`() throws {
    let path = try write(0..<3, to: "a")
    for digests: JSONValue in ["12345", "1234567x", "+1234567", .integer(3), .null] {
      let record = JSONObject(members: [
        ("training stories", ["checksum": "x", "digests": digests])
      ])
      let stories = try testing(path, after: try #require(record))
      #expect(stories.stories(of: .test).count == 3)
      #expect(stories.notes.contains { $0.isWarning && $0.description.contains("does not tell") })
    }
  }

  @Test func `more stories than a header should hold are remembered as a file alone`() throws {
    let many = (0...TrainedStories.maximumDigestCount + 50).map {
      Story(facts: ["\($0)"], question: "?", answer: "")
    }
    let record = TrainedStories.record(file: many, trained: many)
    let trained = TrainedStories(provenance: [step(record)])
    #expect(!trained.isComplete && trained.isFile(of: many) && !trained.contains(many[0]))
  }

  @Test(arguments: [
    (
      "1 The hallway is east of the garden.\n2 Mary went to the office.\n3 What is east of the garden?\thallway\t1\n",
      5
    ),
    (
      "1 The hallway is east of the garden.\n\n2 The office is west of the garden.\n3 Where is the hallway?\tgarden\t1\n",
      7
    ),
    ("1 The hallway is east of the garden.\n2 What is east of the garden?\thallway\t1\n", 5),
    (
      "1 The hallway is east of the garden.\n2 The office is west of the garden.\n3 What is east of the garden?\thallway\t1\n4 What is west of the garden?\toffice\t2\n",
      6
    ),
  ])
  func `a file of another task is refused with the line`(text: String, line: Int) throws {
    let good =
      "1 The office is north of the kitchen.\n2 The kitchen is north of the hallway.\n"
      + "3 What is the hallway south of?\tkitchen\t2\n"
    let path = try folder.write(Array((good + text).utf8), to: "stories.txt")
    #expect(try training(path).stories(of: .training).count > 0)
    let error = #expect(throws: StoryError.self) {
      try training(path, form: .twoArgumentRelations)
    }
    #expect(error?.place == "\(path), line \(line)")
    #expect(error?.problem.contains("not a file of two-argument relations") == true)
  }
}

extension TemporaryFolder {
  /// A file's text.
  fileprivate func text(of name: String) throws -> String {
    String(decoding: try bytes(name), as: UTF8.self)
  }
}
