import ExperimentReport
import FineTuning
import ModelFile
import RecurrentMemory

extension Experiment {
  /// Draws who reads and writes memory in one of the first trained seed's test documents, or takes
  /// away a drawing that the recipe no longer makes.
  ///
  /// - Throws: `Interrupted`; the errors of reading the model and of the task; `FileError`.
  func draw(_ monitor: ExperimentMonitor) throws {
    guard let segmentCount = recipe.attentionSegmentCount, let seed = trainedSeeds.first else {
      return try ExperimentFolder.remove(folder.attention)
    }
    monitor.report(.part("drawing attention"))
    let model = try ModelFile(path: folder.run(seed: seed).trained)
    try checkDrawing(of: model)
    guard let tokenizer = try model.tokenizer() else { throw RecurrenceError.noTokenizer }
    let request = recipe.task.testRequest(
      .first, stories: recipe.testStories.first?.name, resolve: path)
    let task = try request.make(
      for: model, memory: memory, seed: seed, use: .measuring,
      checkCancellation: monitor.checkCancellation)
    let length = DocumentLength(segmentCount: segmentCount, segmentSize: memory.segmentSize)
    let document = try TaskSamples(testing: task, count: 1, length: length, seed: seed)
      .document(at: 0)
    let reader = try RecurrentReader(model: model, threadCount: threadCount)
    var maps = AttentionMaps()
    for segment in 0..<segmentCount {
      try monitor.checkCancellation()
      let start = segment * memory.segmentSize
      let tokens = document.tokenIDs(in: start..<start + memory.segmentSize)
      try maps.add(
        segment: segment, tokens[...],
        questionCount: segment == segmentCount - 1 ? document.question.count : 0, of: reader,
        tokenizer: tokenizer)
      try reader.read(tokens[...])
    }
    let probabilities = reader.probabilities()
    let best = probabilities.indices.max { probabilities[$0] < probabilities[$1] } ?? 0
    let labels = model.description.labels
    maps.subtitle =
      "A test document of \(segmentCount) segments, answered \(labels[best]); "
      + "right is \(labels[document.label])."
    try ExperimentFolder.write(maps.svg, to: folder.attention)
  }

  /// Makes sure that a picture has room for every segment and layer.
  ///
  /// - Throws: ``RecipeError/unfit(file:key:problem:advice:kind:)``.
  func checkDrawing(of model: ModelFile) throws {
    let layerCount = model.description.encoder.layerCount
    guard let segmentCount = recipe.attentionSegmentCount,
      segmentCount * layerCount > AttentionMaps.panelLimit
    else { return }
    throw RecipeError.unfit(
      file: file, key: "attentionSegments",
      problem: "\(segmentCount) segments of \(layerCount) layers are more than the "
        + "\(AttentionMaps.panelLimit) panels that fit a picture",
      advice: "Draw \(AttentionMaps.panelLimit / layerCount) segments or fewer.", kind: .badData)
  }
}
