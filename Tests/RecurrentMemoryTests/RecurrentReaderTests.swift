import JSON
import ModelFile
import RecurrentMemory
import TensorStorage
import TestSupport
import Testing

@Suite struct RecurrentReaderTests {
  private let folder: TemporaryFolder
  private let golden: RecurrentGolden<Float>
  private let model: ModelFile

  init() throws {
    folder = try TemporaryFolder()
    golden = try RecurrentGolden<Float>()
    model = try golden.write(to: folder.path("tiny.rmtw"))
  }

  @Test(arguments: [1, 2])
  func `memory and logits after every segment agree with the reference`(threadCount: Int) throws {
    let reader = try RecurrentReader(model: model, threadCount: threadCount)
    for (index, sample) in golden.samples.enumerated() {
      let logits = try golden.doubles("document.\(index).logits")
      let memories = try golden.doubles("document.\(index).memory")
      reader.reset()
      for segment in 0..<sample.segmentCount {
        try reader.read(sample.tokens(ofSegment: segment))
        let count = reader.memory.count
        let expected = memories[segment * count..<(segment + 1) * count]
        #expect(zip(reader.memory, expected).allSatisfy { abs(Double($0) - $1) < 2e-5 })
        let scores = logits[segment * 3..<(segment + 1) * 3]
        #expect(zip(reader.logits(), scores).allSatisfy { abs(Double($0) - $1) < 2e-5 })
      }
    }
  }

  @Test func `going on from a memory that was kept gives the same bits`() throws {
    let sample = try #require(golden.samples.last)
    let whole = try RecurrentReader(model: model, threadCount: 1)
    for segment in 0..<sample.segmentCount { try whole.read(sample.tokens(ofSegment: segment)) }

    let first = try RecurrentReader(model: model, threadCount: 1)
    for segment in 0..<2 { try first.read(sample.tokens(ofSegment: segment)) }
    let second = try RecurrentReader(model: model, threadCount: 1)
    second.memory = first.memory
    for segment in 2..<sample.segmentCount { try second.read(sample.tokens(ofSegment: segment)) }
    #expect(second.memory == whole.memory)
    #expect(second.logits() == whole.logits())
    #expect(second.hiddenStates == whole.hiddenStates)
  }

  @Test(arguments: [2, 3, 7])
  func `any number of threads gives the same bits`(threadCount: Int) throws {
    let alone = try RecurrentReader(model: model, threadCount: 1)
    let shared = try RecurrentReader(model: model, threadCount: threadCount)
    let sample = try #require(golden.samples.max { $0.segmentCount < $1.segmentCount })
    for segment in 0..<sample.segmentCount {
      try alone.read(sample.tokens(ofSegment: segment))
      try shared.read(sample.tokens(ofSegment: segment))
      #expect(shared.hiddenStates == alone.hiddenStates)
      #expect(shared.memory == alone.memory)
      #expect(shared.logits() == alone.logits())
    }
  }

  @Test(arguments: [(ElementType.f16, Float(0.02)), (.bf16, 0.15)])
  func `a model stored in half the bits reads nearly the same`(
    _ elementType: ElementType, tolerance: Float
  ) throws {
    let small = try golden.write(to: folder.path("small.rmtw"), elementType: elementType)
    let exact = try RecurrentReader(model: model, threadCount: 1)
    let rounded = try RecurrentReader(model: small, threadCount: 1)
    let sample = try #require(golden.samples.last)
    for segment in 0..<sample.segmentCount {
      try exact.read(sample.tokens(ofSegment: segment))
      try rounded.read(sample.tokens(ofSegment: segment))
    }
    #expect(rounded.memory != exact.memory)
    let differences = zip(rounded.memory, exact.memory).map { abs($0 - $1) }
    #expect(differences.allSatisfy { $0 < tolerance }, "\(differences.max() ?? 0)")
  }

  @Test func `a model without tokenizer is refused`() throws {
    let mute = try golden.write(to: folder.path("mute.rmtw"), hasTokenizer: false)
    #expect(throws: RecurrenceError.noTokenizer) {
      try RecurrentReader(model: mute, threadCount: 1)
    }
  }

  @Test func `an id outside the vocabulary is refused and the memory stays`() throws {
    let reader = try RecurrentReader(model: model, threadCount: 1)
    let before = reader.memory
    #expect(throws: RecurrenceError.tokenOutOfRange(100, limit: 100)) { try reader.read([7, 100]) }
    #expect(throws: RecurrenceError.tokenOutOfRange(-1, limit: 100)) { try reader.read([-1]) }
    #expect(reader.memory == before)
  }

  @Test func `a model without memory is read one sequence at a time`() throws {
    let plain = try golden.write(to: folder.path("plain.rmtw"), hasMemory: false)
    #expect(throws: RecurrenceError.noMemory) {
      try RecurrentReader(model: plain, threadCount: 1)
    }
    let reader = SequenceReader(model: plain, threadCount: 2)
    let output = try reader.read([2, 10, 11, 3])
    #expect(output.hiddenStates.count == 4 * 32 && output.logits.count == 3)
    #expect(throws: RecurrenceError.tooManyPositions(41, limit: 40)) {
      try reader.read([Int32](repeating: 5, count: 41))
    }
    #expect(throws: RecurrenceError.emptyDocument) { try reader.read([]) }
    for id in [-1, .min, 100, .max] as [Int32] {
      #expect(throws: RecurrenceError.tokenOutOfRange(id, limit: 100)) { try reader.read([2, id]) }
    }
  }
}
