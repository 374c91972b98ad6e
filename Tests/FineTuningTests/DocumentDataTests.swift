import TestSupport
import Testing

@testable import FineTuning

@Suite struct DocumentDataTests {
  /// Documents of 1, 2, 3 … times a word, the first of label 0, the others of label 1.
  private func documents(
    _ count: Int, of word: String = "mary", name: String = "train.jsonl"
  ) throws -> LabeledDocuments {
    let folder = try TemporaryFolder()
    let lines = (1...count).map { length in
      let text = String(repeating: "\(word) ", count: length)
      return "{\"text\": \"\(text)\", \"label\": \(min(1, length - 1))}\n"
    }
    return try LabeledDocuments(
      path: try folder.write(Array(lines.joined().utf8), to: name), labels: ["one", "two"],
      tokenizer: try SmallVocabulary.tokenizer())
  }

  private func stage(_ segmentCount: Int?, mixes: Bool = false) throws -> Curriculum.Stage {
    try Curriculum(
      segmentCounts: segmentCount.map { [$0] } ?? [], stepCounts: [1],
      mixing: mixes ? .uniform : .none
    ).stages[0]
  }

  @Test func `a stage takes the documents that fit its segments whole`() throws {
    let documents = try documents(7)
    let data = DocumentData(training: documents, validation: documents, segmentSize: 3)
    let two = try data.validationSamples(for: stage(2), seed: 0)
    #expect((0..<two.count).map { two[$0].tokenIDs.count } == [1, 2, 3, 4, 5, 6])
    let all = try data.validationSamples(for: stage(nil), seed: 0)
    #expect(all.count == 7)
  }

  @Test func `documents longer than the last stage are reported`() throws {
    let data = DocumentData(
      training: try documents(7), validation: try documents(7, of: "river"), segmentSize: 3)
    let notes = data.notes(
      for: try Curriculum(segmentCounts: [1, 2], stepCounts: [1], mixing: .none))
    #expect(
      notes.first?.description.contains("1 of 7 documents are longer than 2 segments") == true)
    let unlimited = try Curriculum(segmentCounts: [], stepCounts: [1], mixing: .none)
    #expect(data.notes(for: unlimited) == [])
    // What a stage is measured on may be longer than what it trains on.
    var stage = Curriculum.Stage(segmentCount: 2, stepCount: 1)
    stage.validationSegmentCount = 3
    let leftOut = data.notes(for: try Curriculum(stages: [stage])).map { $0.description }
    #expect(leftOut.count == 1 && leftOut[0].contains("train.jsonl"))
  }

  @Test func `documents of one label are told, for guessing is always right`() throws {
    let data = DocumentData(
      training: try documents(7), validation: try documents(1, of: "river", name: "eval.jsonl"),
      segmentSize: 3)
    let notes = data.notes(
      for: try Curriculum(segmentCounts: [], stepCounts: [1], mixing: .none))
    #expect(notes.map(\.isWarning) == [true])
    #expect(notes[0].description.contains("eval.jsonl: all documents have the same label"))
  }

  @Test func `documents that are trained on as well as measured on are told`() throws {
    let curriculum = try Curriculum(segmentCounts: [], stepCounts: [1], mixing: .none)
    let data = DocumentData(
      training: try documents(7), validation: try documents(3, name: "eval.jsonl"), segmentSize: 3)
    let notes = data.notes(for: curriculum)
    #expect(notes.map(\.isWarning) == [true])
    #expect(
      notes[0].description.contains(
        "eval.jsonl: 3 of 3 documents are among those that are trained on"))
  }

  @Test func `guessing is measured on the documents that a stage is measured on`() throws {
    let data = DocumentData(
      training: try documents(7), validation: try documents(8, of: "river"), segmentSize: 2)
    #expect(data.chanceAccuracy(for: try stage(1)) == 0.5)
    #expect(data.chanceAccuracy(for: try stage(nil)) == 7.0 / 8)
  }

  @Test func `a stage without documents is named`() throws {
    let folder = try TemporaryFolder()
    let documents = try LabeledDocuments(
      path: try folder.write(#"{"text": "the old river", "label": 0}"#.utf8, to: "train.jsonl"),
      labels: ["only"], tokenizer: try SmallVocabulary.tokenizer())
    let data = DocumentData(training: documents, validation: documents, segmentSize: 2)
    let expected = CurriculumError.emptyStage(stage: 1, segmentCount: 1, file: documents.path)
    #expect(throws: expected) { _ = try data.trainingSamples(for: stage(1), seed: 0) }
    #expect(throws: expected) { _ = try data.validationSamples(for: stage(1), seed: 0) }
  }

  @Test func `every round visits every document once in an order of its own`() throws {
    let documents = try documents(10)
    let data = DocumentData(training: documents, validation: documents, segmentSize: 3)
    let source = try data.trainingSamples(for: stage(nil), seed: 5)
    // Batches of four over ten documents: five steps are two rounds, the third batch spans both.
    let visits = (0..<5).flatMap { step in
      source.batch(step: step, sampleCount: 4).map(\.tokenIDs.count)
    }
    #expect(visits[..<10].sorted() == Array(1...10))
    #expect(visits[10...].sorted() == Array(1...10))
    #expect(Array(visits[..<10]) != Array(visits[10...]))
    #expect(source.batch(step: 2, sampleCount: 4).map(\.tokenIDs.count) == Array(visits[8..<12]))
    let other = try data.trainingSamples(for: stage(nil), seed: 6)
    #expect(
      (0..<3).flatMap { other.batch(step: $0, sampleCount: 4) }.map(\.tokenIDs.count)
        != Array(visits[..<12]))
  }

  @Test func `mixing lengths of documents is refused because it would do nothing`() throws {
    let documents = try documents(3)
    let data = DocumentData(training: documents, validation: documents, segmentSize: 3)
    var asked = Curriculum.Stage(segmentCount: 2, stepCount: 1)
    asked.askEvery = 1
    #expect(throws: CurriculumError.askedInBetweenDocuments) {
      _ = try data.trainingSamples(for: asked, seed: 0)
    }
    (asked.askEvery, asked.tokenNoise) = (nil, 0.1)
    #expect(throws: CurriculumError.tokenNoiseOfDocuments) {
      _ = try data.trainingSamples(for: asked, seed: 0)
    }
    (asked.tokenNoise, asked.validationSampleCount) = (nil, 2)
    #expect(throws: CurriculumError.validationSamplesOfDocuments) {
      _ = try data.trainingSamples(for: asked, seed: 0)
    }
    asked.validationSampleCount = nil
    for (count, plain, isAmbiguous, corners) in [
      (2, 0, false, 0), (1, 0.5, false, 0), (1, 0, true, 0), (1, 0, false, 0.5),
    ] {
      (asked.stories.questionCount, asked.stories.plainShare) = (count, plain)
      (asked.stories.areAmbiguous, asked.stories.cornerShare) = (isAmbiguous, corners)
      #expect(throws: CurriculumError.questionsOfDocuments) {
        _ = try data.trainingSamples(for: asked, seed: 0)
      }
    }
    (asked.stories.cornerShare, asked.skipsPositions) = (0, true)
    #expect(throws: CurriculumError.skippedPositionsOfDocuments) {
      _ = try data.trainingSamples(for: asked, seed: 0)
    }
    #expect(throws: CurriculumError.lengthMixingOfDocuments) {
      _ = try data.trainingSamples(for: stage(1, mixes: true), seed: 0)
    }
  }
}
