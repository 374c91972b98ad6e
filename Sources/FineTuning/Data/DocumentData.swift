/// Fine-tuning data from documents: one set to train on, one to be measured on.
///
/// A stage of n segments takes the documents of at most n segments, whole; longer ones wait for a
/// later stage. Documents are visited in a new order each time round.
public struct DocumentData: FineTuningData {
  private let training: LabeledDocuments
  private let validation: LabeledDocuments
  private let segmentSize: Int

  /// Data of two sets, cut into segments of `segmentSize` tokens.
  public init(training: LabeledDocuments, validation: LabeledDocuments, segmentSize: Int) {
    self.training = training
    self.validation = validation
    self.segmentSize = segmentSize
  }

  /// What the data is: counts and checksums.
  public var settings: [(name: String, value: String)] {
    [
      ("training data", Self.describe(training)), ("validation data", Self.describe(validation)),
    ]
  }

  /// The two files.
  public var sourcePaths: [String] { [training.path, validation.path] }

  /// The share of the most frequent label among the documents that the stage is measured on.
  public func chanceAccuracy(for stage: Curriculum.Stage) -> Double {
    validation.mostFrequentLabelShare(at: validationPositions(for: stage))
  }

  /// Labels, which are somebody's.
  public func causesOfChance(in stage: Curriculum.Stage) -> [String] {
    ["labels that do not follow from the text"]
  }

  /// What a person should know before training.
  public func notes(for curriculum: Curriculum) -> [DataNote] {
    var notes = training.notes + (validation.path == training.path ? [] : validation.notes)
    let trained = Set((0..<training.count).map(training.fingerprint(at:)))
    let seenCount = (0..<validation.count).count {
      trained.contains(validation.fingerprint(at: $0))
    }
    if seenCount > 0 {
      notes.append(
        DataNote(
          "\(validation.path): \(seenCount) of \(validation.count) documents are among those that "
            + "are trained on; what is measured on them says nothing of others.",
          isWarning: true))
    }
    if validation.mostFrequentLabelShare(at: Array(0..<validation.count)) == 1 {
      notes.append(
        DataNote(
          "\(validation.path): all documents have the same label, so that accuracy tells nothing.",
          isWarning: true))
    }
    let measured = curriculum.stages.map(measured)
    for (documents, stages) in [(training, curriculum.stages), (validation, measured)] {
      let counts = stages.compactMap(\.segmentCount)
      guard counts.count == stages.count, let longest = counts.max() else { continue }
      let leftOut = documents.count - documents.selection(in: 0...longest, of: segmentSize).count
      if leftOut > 0 {
        notes.append(
          DataNote(
            "\(documents.path): \(leftOut) of \(documents.count) documents are longer than "
              + "\(longest) \(longest == 1 ? "segment" : "segments") of \(segmentSize) tokens and "
              + "are left out.",
            isWarning: true))
      }
    }
    return notes
  }

  /// The samples that a stage trains on.
  public func trainingSamples(
    for stage: Curriculum.Stage, seed: UInt64
  ) throws -> any BatchSource {
    guard stage.mixing == .none else { throw CurriculumError.lengthMixingOfDocuments }
    guard stage.askEvery == nil else { throw CurriculumError.askedInBetweenDocuments }
    guard stage.validationSampleCount == nil else {
      throw CurriculumError.validationSamplesOfDocuments
    }
    guard stage.tokenNoise ?? 0 == 0 else { throw CurriculumError.tokenNoiseOfDocuments }
    guard stage.stories == StoryChoice() else { throw CurriculumError.questionsOfDocuments }
    guard !stage.skipsPositions else { throw CurriculumError.skippedPositionsOfDocuments }
    guard stage.segmentPositions == nil else {
      throw CurriculumError.segmentPositionsOfDocuments
    }
    return ShuffledDocuments(documents: try select(training, for: stage), seed: seed)
  }

  /// The samples that a stage is measured on.
  public func validationSamples(
    for stage: Curriculum.Stage, seed: UInt64
  ) throws -> any SampleCollection {
    try select(validation, for: measured(stage))
  }

  private func validationPositions(for stage: Curriculum.Stage) -> [Int] {
    validation.selection(in: 0...(measured(stage).segmentCount ?? .max), of: segmentSize).positions
  }

  /// The stage with the segments of the longest documents that it is measured on.
  private func measured(_ stage: Curriculum.Stage) -> Curriculum.Stage {
    var measured = stage
    measured.segmentCount = stage.validationSegmentCount ?? stage.segmentCount
    return measured
  }

  private func select(
    _ documents: LabeledDocuments, for stage: Curriculum.Stage
  ) throws(CurriculumError) -> DocumentSelection {
    let selection = documents.selection(in: 0...(stage.segmentCount ?? .max), of: segmentSize)
    guard selection.count > 0 else {
      throw .emptyStage(
        stage: stage.number, segmentCount: stage.segmentCount ?? 0, file: documents.path)
    }
    return selection
  }

  private static func describe(_ documents: LabeledDocuments) -> String {
    "\(documents.count) documents, checksum \(documents.fingerprint)"
  }
}

/// Some of a file's documents.
public struct DocumentSelection: SampleCollection {
  fileprivate let documents: LabeledDocuments
  fileprivate let positions: [Int]

  /// How many there are.
  public var count: Int { positions.count }

  /// The sample at a position.
  public subscript(position: Int) -> LabeledSample { documents[positions[position]] }

  /// The document at a position, where it lies.
  public func segmented(at position: Int) -> any SegmentedDocument {
    documents.segmented(at: positions[position])
  }
}

extension LabeledDocuments {
  /// The documents whose number of segments lies in `segmentCounts`.
  public func selection(
    in segmentCounts: ClosedRange<Int>, of segmentSize: Int
  ) -> DocumentSelection {
    DocumentSelection(
      documents: self,
      positions: (0..<count).filter {
        segmentCounts.contains((tokenCount(of: $0) + segmentSize - 1) / segmentSize)
      })
  }
}

/// Documents in a new random order each time round; a pure function of seed and position.
struct ShuffledDocuments: BatchSource {
  let documents: DocumentSelection
  let seed: UInt64

  func batch(step: Int, sampleCount: Int) -> [LabeledSample] {
    let first = step * sampleCount
    return EndlessShuffle(count: documents.count, seed: seed)
      .positions(first..<first + sampleCount).map { documents[$0] }
  }
}
