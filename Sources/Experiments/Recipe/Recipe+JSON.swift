import FineTuning
import JSON
import ModelSchema
import TensorStorage

extension Recipe {
  /// Reads a recipe; every key is known, every value in its range, and nothing contradicts.
  ///
  /// - Parameter file: the file's name, for messages.
  /// - Throws: ``RecipeError`` with the key.
  public init(json: JSONValue, file: String) throws {
    let fields = try RecipeFields(json, file: file)
    try fields.require(only: [
      "title", "note", "sources", "model", "task", "training", "seeds", "evaluations",
      "attentionSegments", "record",
    ])
    // What an earlier run found is no setting: a record of it may be run as the recipe that it is.
    try fields.fields("record")?.require(only: ["toolVersion", "files"])
    title = try fields.required(fields.string("title"), "title")
    note = try fields.string("note") ?? ""
    var sources: [RecipeSource] = []
    for source in try fields.listOfFields("sources") ?? [] {
      sources.append(try RecipeSource(source))
    }
    self.sources = sources
    let model = try fields.required(fields.fields("model"), "model")
    self.model = try RecipeModel(model)
    let task = try fields.required(fields.fields("task"), "task")
    self.task = try RecipeTask(task)
    let training = try fields.required(fields.fields("training"), "training")
    self.training = try RecipeTraining(training, segmentPositions: self.model.segmentPositions)
    seeds = try (fields.integers("seeds", in: 0...Int.max) ?? [0]).map(UInt64.init)
    if Set(seeds).count < seeds.count { throw fields.contradiction("seeds", "a seed comes twice") }
    var evaluations: [RecipeEvaluation] = []
    for evaluation in try fields.listOfFields("evaluations") ?? [] {
      evaluations.append(try RecipeEvaluation(evaluation))
    }
    let namesTestStories =
      self.task.testStories != nil || evaluations.contains { $0.stories != nil }
    if self.task.stories != nil, !namesTestStories {
      throw task.contradiction(
        "stories", "testStories to measure the trained model on are missing")
    }
    for (index, evaluation) in evaluations.enumerated() {
      guard self.task.name != .babi || evaluation.stories ?? self.task.testStories != nil else {
        throw fields.contradiction("evaluations[\(index)].stories", "babi needs them")
      }
      guard evaluation.stories == nil || self.task.name.takesStories else {
        throw fields.contradiction(
          "evaluations[\(index)].stories", "the task \(self.task.name.rawValue) has no stories")
      }
      for (earlier, other) in evaluations[..<index].enumerated() {
        if let count = evaluation.commonLength(with: other, testStories: self.task.testStories) {
          throw fields.contradiction(
            "evaluations[\(index)].segments",
            "evaluations[\(earlier)] already has \(count) segments of the same documents")
        }
      }
    }
    self.evaluations = evaluations
    attentionSegmentCount = try fields.integer("attentionSegments", in: 1...64)
    for (index, source) in sources.enumerated() {
      let key = "sources[\(index)].name"
      guard !sources[..<index].contains(where: { $0.name == source.name }) else {
        throw fields.contradiction(key, "an earlier source has this name")
      }
      guard files.contains(where: { source.holds($0.name) }) else {
        throw fields.contradiction(key, "nothing in the recipe reads it")
      }
    }
  }
}

extension RecipeSource {
  fileprivate init(_ fields: RecipeFields) throws(RecipeError) {
    try fields.require(only: ["name", "origin", "checksum"])
    name = try fields.required(fields.string("name"), "name")
    origin = try fields.required(fields.string("origin"), "origin")
    checksum = try fields.string("checksum")
    // The name is joined to the data folder; it must not lead out of it.
    let parts = name.split(separator: "/", omittingEmptySubsequences: false)
    guard !parts.contains(where: { ["", ".", ".."].contains($0) }) else {
      throw fields.invalid("name", .string(name), "a name within the data folder")
    }
  }
}

extension RecipeModel {
  fileprivate init(_ fields: RecipeFields) throws(RecipeError) {
    try fields.require(only: [
      "checkpoint", "start", "initializerRange", "memoryTokens", "segmentPositions", "alignment",
    ])
    checkpoint = try fields.required(fields.string("checkpoint"), "checkpoint")
    start = try fields.choice("start", of: RecipeModel.Start.self) ?? .checkpoint
    initializerRange = try fields.number("initializerRange", "a number above 0 and below 1") {
      0 < $0 && $0 < 1
    }
    if initializerRange != nil, start != .random {
      throw fields.contradiction(
        "initializerRange", "the numbers are the checkpoint's unless \"start\" is \"random\"")
    }
    memoryTokenCount = try fields.required(
      fields.integer("memoryTokens", in: 1...1 << 16), "memoryTokens")
    segmentPositions = try fields.required(
      fields.integer("segmentPositions", in: 1...1 << 24), "segmentPositions")
    alignment = try fields.choice("alignment", of: MemoryConfiguration.Alignment.self) ?? .right
  }
}

extension RecipeTraining {
  fileprivate init(_ fields: RecipeFields, segmentPositions: Int) throws(RecipeError) {
    try fields.require(only: [
      "stages", "batch", "learningRate", "warmUpSteps", "schedule", "beta1", "beta2", "epsilon",
      "weightDecay", "decay", "clipNorm", "clipValue", "dropout", "tokenNoise",
      "lossOnAllSegments",
      "evaluateEvery", "validationSamples", "targetAccuracy", "targetEvaluations", "stopAtChance",
      "dtype",
    ])
    var stages: [Curriculum.Stage] = []
    for stage in try fields.required(fields.listOfFields("stages"), "stages") {
      let next = try Curriculum.Stage(stage, segmentPositions: segmentPositions)
      if let last = stages.last, !next.goesOn(from: last, positions: segmentPositions) {
        throw stage.contradiction(
          "segments",
          "a stage of \(next.segmentCount ?? 0) segments after one of \(last.segmentCount ?? 0), "
            + "which are no smaller, undoes what was learned")
      }
      stages.append(next)
    }
    do throws(CurriculumError) {
      curriculum = try Curriculum(stages: stages)
    } catch {
      throw fields.contradiction("stages", error.problem)
    }
    func isPositive(_ number: Double) -> Bool { number > 0 }
    let rate = try fields.number("learningRate", "a number above 0", where: isPositive)
    schedule = LearningRateSchedule(
      shape: try fields.choice("schedule", of: LearningRateSchedule.Shape.self) ?? .linear,
      learningRate: try fields.required(rate, "learningRate"),
      warmUpStepCount: try fields.required(
        fields.integer("warmUpSteps", in: 0...1 << 40), "warmUpSteps"))
    optimizer = AdamW(
      beta1: try fields.probability("beta1") ?? 0.9,
      beta2: try fields.probability("beta2") ?? 0.999,
      epsilon: try fields.number("epsilon", "a number above 0", where: isPositive) ?? 1e-8,
      weightDecay: try fields.number("weightDecay", "0 or more") { $0 >= 0 } ?? 0.001,
      decayScope: try fields.choice("decay", of: WeightDecayScope.self) ?? .all)
    let norm = try fields.number("clipNorm", "a number above 0", where: isPositive)
    let value = try fields.number("clipValue", "a number above 0", where: isPositive)
    switch (norm, value) {
    case (let norm?, nil): clipping = .norm(norm)
    case (nil, let value?): clipping = .value(value)
    case (nil, nil): clipping = .none
    case (.some, .some):
      throw fields.contradiction("clipNorm", "clipNorm and clipValue exclude each other")
    }
    batchSize = try fields.required(fields.integer("batch", in: 1...1 << 20), "batch")
    dropout = try fields.probability("dropout")
    tokenNoise = try fields.share("tokenNoise") ?? 0
    lossOnAllSegments = try fields.bool("lossOnAllSegments") ?? false
    if lossOnAllSegments, let stage = stages.firstIndex(where: { $0.askEvery != nil }) {
      throw fields.contradiction(
        "stages[\(stage)].askEvery",
        "where the loss looks at all segments, no question is asked in between")
    }
    evaluationInterval = try fields.integer("evaluateEvery", in: 1...1 << 40) ?? 50
    validationSampleCount =
      try fields.integer("validationSamples", in: 1...1 << 20) ?? TaskData.usualSampleCount
    if fields.value("targetAccuracy") == false {
      targetAccuracy = nil
    } else {
      let target = try fields.number("targetAccuracy", "a percentage, or false for none") {
        (0...100).contains($0)
      }
      targetAccuracy = (target ?? 99.5) / 100
    }
    targetEvaluationCount = try fields.integer("targetEvaluations", in: 1...1 << 20) ?? 3
    if targetAccuracy == nil, fields.value("targetEvaluations") != nil {
      throw fields.contradiction("targetEvaluations", "there is no targetAccuracy to reach")
    }
    stopsAtChance = try fields.bool("stopAtChance") ?? true
    elementType = try fields.choice("dtype", of: StoredType.self)?.elementType ?? .f32
    // What `rmt finetune` tells in a note is refused here: a recipe says of each stage what it has.
    if let idle = idleSettings.first {
      throw fields.contradiction(Self.key(of: idle), idle.problem)
    }
  }

  private static func key(of setting: IdleSetting) -> String {
    let name =
      switch setting.name {
      case .warmUpSteps: "warmUpSteps"
      case .questionsPerStory: "questionsPerStory"
      case .askEvery: "askEvery"
      case .memoryClipNorm: "memoryClipNorm"
      }
    // The warm-up is the run's, whichever stage is too short for it.
    return setting.name == .warmUpSteps ? name : "stages[\(setting.stage - 1)].\(name)"
  }

  /// The types in which a model's matrices are stored.
  private enum StoredType: String, CaseIterable {
    case f32, f16, bf16

    var elementType: ElementType {
      switch self {
      case .f32: .f32
      case .f16: .f16
      case .bf16: .bf16
      }
    }
  }
}

extension Curriculum.Stage {
  fileprivate init(_ fields: RecipeFields, segmentPositions: Int) throws(RecipeError) {
    try fields.require(only: [
      "segments", "steps", "mixing", "segmentPositions", "validationSegments",
      "validationSamples", "learningRate", "batch", "dropout", "tokenNoise",
      "askEvery", "memoryClipNorm", "questionsPerStory", "plainQuestions",
      "ambiguousStories", "cornerStories", "skipPositions",
    ])
    let counts = 1...Curriculum.maximumSegmentCount
    self.init(
      segmentCount: try fields.required(fields.integer("segments", in: counts), "segments"),
      stepCount: try fields.required(
        fields.integer("steps", in: 1...Curriculum.maximumStepCount), "steps"))
    mixing = try fields.choice("mixing", of: LengthMixing.self) ?? .none
    if mixing != .none, segmentCount == 1 {
      throw fields.contradiction("mixing", "documents of one segment have one length")
    }
    validationSegmentCount = try fields.integer("validationSegments", in: counts)
    validationSampleCount = try fields.integer("validationSamples", in: 1...1 << 20)
    learningRate = try fields.number("learningRate", "a number above 0") { $0 > 0 }
    batchSize = try fields.integer("batch", in: 1...1 << 20)
    dropout = try fields.probability("dropout")
    tokenNoise = try fields.share("tokenNoise")
    askEvery = try fields.integer("askEvery", in: counts)
    memoryClipNorm = try fields.number("memoryClipNorm", "a number above 0") { $0 > 0 }
    stories.questionCount =
      try fields.integer("questionsPerStory", in: 1...Curriculum.maximumQuestionCount) ?? 1
    skipsPositions = try fields.bool("skipPositions") ?? false
    stories.areAmbiguous = try fields.bool("ambiguousStories") ?? false
    stories.cornerShare = try fields.share("cornerStories") ?? 0
    stories.plainShare = try fields.share("plainQuestions") ?? 0
    if let range = try fields.integers("segmentPositions", in: 1...segmentPositions) {
      guard range.count <= 2, range[0] <= range[range.count - 1] else {
        throw fields.contradiction(
          "segmentPositions", "one number of positions, or the least and the most of them")
      }
      self.segmentPositions = range[0]...range[range.count - 1]
    }
  }
}

extension RecipeEvaluation {
  /// A number of segments at which both would measure the same documents.
  fileprivate func commonLength(with other: RecipeEvaluation, testStories: String?) -> Int? {
    guard factPositions == other.factPositions, seed == other.seed,
      stories ?? testStories == other.stories ?? testStories
    else { return nil }
    return segmentCounts.first(where: Set(other.segmentCounts).contains)
  }

  fileprivate init(_ fields: RecipeFields) throws(RecipeError) {
    try fields.require(only: ["segments", "samples", "factPositions", "stories", "seed"])
    segmentCounts = try fields.required(
      fields.integers("segments", in: 1...Curriculum.maximumSegmentCount), "segments")
    guard zip(segmentCounts, segmentCounts.dropFirst()).allSatisfy({ $0 < $1 }) else {
      throw fields.contradiction("segments", "the numbers of segments do not rise")
    }
    sampleCount = try fields.required(fields.integer("samples", in: 1...1 << 24), "samples")
    factPositions = try fields.choice("factPositions", of: FactPositions.self) ?? .first
    stories = try fields.string("stories")
    seed = UInt64(try fields.integer("seed", in: 0...Int.max) ?? 0)
  }
}
