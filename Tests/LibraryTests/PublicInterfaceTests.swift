import CheckpointConversion
import FineTuning
import Foundation
import ModelFile
import ModelSchema
import RecurrentMemory
import TensorStorage
import TestSupport
import Testing
import Tokenizers

/// The whole way as a program outside this package goes it.
///
/// The target has no package access, so whatever these tests call is public.
@Suite struct PublicInterfaceTests {
  private let folder: TemporaryFolder
  private let memory = MemoryConfiguration(tokenCount: 4, segmentPositions: 20, alignment: .right)
  private let text = String(repeating: "the cat is on a hill and the dog ", count: 12)

  init() throws { folder = try TemporaryFolder() }

  /// The fixture's checkpoint converted, with memory, and with its three labels.
  private func model() throws -> ModelFile {
    let plain = folder.path("plain.rmtw"), path = folder.path("memory.rmtw")
    let report = try CheckpointConverter.convert(
      source: Fixtures.path("bert-tiny"), to: plain, elementType: nil,
      collision: .keepExisting)
    #expect(report.description.labels == ["yes", "no", "maybe"])
    let attached = try MemoryAttachment(memory: memory, labels: nil, seed: 1)
      .attach(to: ModelFile(path: plain), writing: path, collision: .keepExisting)
    #expect(attached.created == ["memory.initial"])
    return try ModelFile(path: path)
  }

  @Test func `a checkpoint becomes a model that classifies a long document`() throws {
    let model = try model()
    let classes = try classify(text, with: model.path)
    #expect(classes.map(\.label) == ["yes", "no", "maybe"])
    #expect(abs(classes.reduce(0) { $0 + $1.probability } - 1) < 1e-12)
    // The beginning of the document reaches the end through the memory alone.
    let other = try classify("a" + text, with: model.path)
    #expect(zip(classes, other).contains { $0.probability != $1.probability })
    #expect(throws: RecurrenceError.emptyDocument) { try classify("[SEP]", with: model.path) }
  }

  @Test func `a memory that is kept goes on in another reader to the same bits`() throws {
    let model = try model()
    let tokens = try #require(try model.tokenizer()).encodeDocument(text)
    let pieces = Segmentation.pieces(tokenCount: tokens.count, memory: memory)
    #expect(pieces.count > 3)
    let whole = try RecurrentReader(model: model, threadCount: 1)
    for piece in pieces { try whole.read(tokens[piece]) }
    let first = try RecurrentReader(model: model, threadCount: 2)
    for piece in pieces[..<2] { try first.read(tokens[piece]) }
    let second = try RecurrentReader(model: model, threadCount: 2)
    second.memory = first.memory
    for piece in pieces[2...] { try second.read(tokens[piece]) }
    #expect(second.logits() == whole.logits())
    #expect(second.hiddenStates == whole.hiddenStates)
    #expect(second.pooledState() == whole.pooledState())
  }

  @Test func `plain BERT reads one sequence`() throws {
    let model = try model()
    let tokenizer = try #require(try model.tokenizer()), special = tokenizer.specialTokens
    let ids = [special.classification] + tokenizer.encode("the cat") + [special.separator]
    let output = try SequenceReader(model: model, threadCount: 1).read(ids)
    #expect(output.hiddenStates.count == ids.count * model.description.encoder.hiddenSize)
    #expect(output.logits.count == 3)
  }

  @Test func `a model learns from documents and is measured`() throws {
    let model = try model()
    let lines = ["a cat", "the dog is on a hill", text].enumerated().map {
      #"{"text": "\#($1)", "label": \#($0)}"# + "\n"
    }
    try lines.joined().write(toFile: folder.path("d.jsonl"), atomically: true, encoding: .utf8)
    let documents = try LabeledDocuments(
      path: folder.path("d.jsonl"), labels: model.description.labels,
      tokenizer: #require(try model.tokenizer()))
    let options = FineTuningOptions(
      memory: memory,
      curriculum: try Curriculum(segmentCounts: [], stepCounts: [2], mixing: .none),
      schedule: LearningRateSchedule(shape: .constant, learningRate: 1e-3, warmUpStepCount: 0),
      optimizer: AdamW(
        beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0, decayScope: .all),
      clipping: .norm(1), batchSize: 3, accumulationCount: 1, dropout: 0,
      backpropagation: .automatic, lossOnAllSegments: false,
      evaluationInterval: nil,
      targetAccuracy: nil, targetEvaluationCount: 1, stopsAtChance: false, saveInterval: nil,
      seed: 1, threadCount: 1,
      elementType: .f32)
    let tuner = try FineTuner(
      model: model,
      data: DocumentData(
        training: documents, validation: documents, segmentSize: memory.segmentSize),
      options: options, outputPath: folder.path("tuned.rmtw"), collision: .keepExisting,
      resumes: false)
    #expect(try tuner.run().stepCount == 2)

    func loss(_ path: String) throws -> Double {
      try Evaluator(model: ModelFile(path: path), memory: memory, threadCount: 1)
        .evaluate(documents).meanLoss
    }
    #expect(try loss(folder.path("tuned.rmtw")) < loss(model.path))
    var other = memory
    other.tokenCount = 5
    #expect(throws: RecurrenceError.otherMemory(found: 4, wanted: 5)) {
      try Evaluator(model: model, memory: other, threadCount: 1)
    }
  }

  @Test(arguments: ExportLayout.allCases)
  func `an exported model comes back the same`(_ layout: ExportLayout) throws {
    let model = try model()
    let report = try CheckpointExporter.export(
      model: model, layout: layout, to: folder.path("export"), collision: .keepExisting,
      elementType: nil)
    #expect(report.files.contains { $0.name == layout.weightsName })
    _ = try CheckpointConverter.convert(
      source: report.folder, to: folder.path("again.rmtw"), elementType: nil,
      collision: .keepExisting)
    let again = try ModelFile(path: folder.path("again.rmtw"))
    let tokens = try #require(try model.tokenizer()).encode("the cat")
    let outputs = try [model, again].map {
      try SequenceReader(model: $0, threadCount: 1).read(tokens).hiddenStates
    }
    #expect(outputs[0] == outputs[1])
  }

  @Test func `what goes wrong says what happened, where, and what to do`() throws {
    do {
      _ = try ModelFile(path: folder.path("missing.rmtw"))
      Issue.record("a missing file was opened")
    } catch let error as any DescribedError {
      #expect(error.place == folder.path("missing.rmtw"))
      #expect(error.kind == .missingInput && error.advice == "Check the path.")
    }
  }
}
