import ModelSchema
import TensorStorage

extension ConversionPlan {
  /// Binds every parameter of an encoder to a tensor of a foreign source.
  ///
  /// - Parameters:
  ///   - source: the checkpoint; only names and shapes are read, and bytes where two tensors stand
  ///     for one parameter.
  ///   - configuration: what it says of itself.
  /// - Throws: ``ConversionError`` for the first rule that the checkpoint breaks.
  package init(source: any TensorSource, configuration: SourceConfiguration) throws {
    let path = source.sourcePaths.first ?? configuration.path
    let names = source.tensors.map(\.name)
    let dialect = Dialect.recognized(in: names, family: configuration.encoder.family)
    var sorting = TensorSorting(
      dialect: dialect, configuration: configuration, path: path)
    try sorting.sort(source, calling: dialect.names(in: source))

    guard let table = sorting.candidates[Dialect.wordEmbeddings]?.tensor else {
      throw ConversionError.notBERT(path: path, examples: Array(names.sorted().prefix(3)))
    }
    let layersFound = sorting.layerCount
    guard layersFound == configuration.encoder.layerGroupCount else {
      throw ConversionError.layerCount(
        path: path, configured: configuration.encoder.layerGroupCount, in: configuration.name,
        found: layersFound)
    }

    var notes = sorting.notes
    let (encoder, memory) = try Self.splitVocabulary(
      of: table, memoryIds: sorting.memoryIds, configuration: configuration, path: path,
      notes: &notes)
    if sorting.candidates["classifier.weight"] == nil, sorting.candidates["classifier.bias"] != nil
    {
      throw ConversionError.missingTensor(
        path: path, name: "classifier.weight",
        shape: [2, encoder.hiddenSize],
        count: 1)
    }
    let labels = try Self.labels(
      classifier: sorting.candidates["classifier.weight"], configuration: configuration,
      path: path, notes: &notes)
    let description = ModelDescription(
      encoder: encoder, memory: memory, labels: labels,
      predictsMaskedTokens: try sorting.settleMaskedTokenHead(
        of: source, hasMemory: memory != nil))

    var binder = ParameterBinder(
      candidates: sorting.candidates, description: description, table: table,
      joinsHeads: dialect.keepsHeadsApart, path: path,
      configurationName: configuration.name)
    bindings = try ParameterCatalog(description).parameters.compactMap { try binder.bind($0) }
    try binder.checkComplete()
    self.description = description
    dropped =
      sorting.dropped + source.skipped.map { ConversionRemark(name: $0.path, reason: $0.reason) }
    created = binder.created
    self.notes = notes
    self.dialect = dialect.name
  }

  /// Tells vocabulary from memory: the last m rows of the table are memory when there is any and it is
  /// as wide as the table.
  private static func splitVocabulary(
    of table: TensorDescription, memoryIds: [Int]?, configuration: SourceConfiguration,
    path: String, notes: inout [String]
  ) throws -> (EncoderConfiguration, MemoryConfiguration?) {
    var encoder = configuration.encoder
    var memory = configuration.memory
    if let memoryIds, memory == nil {
      memory = MemoryConfiguration(
        tokenCount: memoryIds.count, segmentPositions: encoder.maximumPositions, alignment: .right)
      notes.append(
        "\(configuration.name) says nothing of segments: \(encoder.maximumPositions) positions a segment and "
          + "alignment right were assumed, as in the paper")
    }
    guard let memory, encoder.memoryJoinsWords else { return (encoder, memory) }
    let rowCount = table.shape.rowCount
    let vocabularySize = rowCount - memory.tokenCount
    func fail(_ member: String, _ problem: String) -> ConversionError {
      .configuration(path: configuration.path, member: member, problem: problem)
    }
    if let memoryIds {
      guard memoryIds.count == memory.tokenCount else {
        throw fail(
          "rmt.memory_tokens", "is \(memory.tokenCount), but mem_token_ids has \(memoryIds.count)")
      }
      guard vocabularySize > 0, memoryIds == Array(vocabularySize..<rowCount) else {
        throw ConversionError.refusedTensor(
          path: path, tensor: "mem_token_ids",
          reason: "its ids are not the last \(memory.tokenCount) rows of the \(rowCount) embeddings"
        )
      }
    }
    // The reference implementation adds the memory's rows to a model whose configuration it keeps.
    guard vocabularySize > 0, [rowCount, vocabularySize].contains(encoder.vocabularySize) else {
      throw fail(
        "vocab_size",
        "is \(encoder.vocabularySize), but the embeddings have \(rowCount) rows, "
          + "\(memory.tokenCount) of them memory")
    }
    guard memory.segmentSize >= 1 else {
      throw fail("rmt", "leaves no room for tokens in a segment")
    }
    // The configuration counts the memory's rows as words, of which no frame is made.
    if let frame = memory.frame {
      for (member, id) in [
        ("cls_token_id", frame.classification), ("sep_token_id", frame.separator),
      ]
      where id >= vocabularySize {
        throw fail(
          "rmt.\(member)", "is \(id), a row of memory: the words are 0 to \(vocabularySize - 1)")
      }
    }
    encoder.vocabularySize = vocabularySize
    return (encoder, memory)
  }

  /// The classes' names; LABEL_0, LABEL_1 … where the source gives none, as Hugging Face does.
  private static func labels(
    classifier candidate: TensorSorting.Candidate?, configuration: SourceConfiguration,
    path: String, notes: inout [String]
  ) throws -> [String] {
    guard let candidate else { return [] }
    let classifier = candidate.tensor
    guard classifier.shape.rank == 2 else {
      throw ConversionError.shape(
        path: path, tensor: classifier.name, expected: [2, configuration.encoder.hiddenSize],
        found: classifier.shape, because: "one row a class")
    }
    // A kernel [in, out] has its classes along the second axis.
    let count = classifier.shape.dimensions[candidate.orientation == .transposed ? 1 : 0]
    if let map = try configuration.labels() {
      let labels = map.labels
      guard labels.count == count else {
        throw ConversionError.configuration(
          path: configuration.path, member: "id2label",
          problem: "names \(labels.count) classes, but \(classifier.name) has \(count)")
      }
      notes += map.notes
      return labels
    }
    guard (1...65_536).contains(count) else {
      throw ConversionError.configuration(
        path: configuration.path, member: "id2label",
        problem: "is missing, and \(classifier.name) has \(count) classes")
    }
    notes.append(
      "\(configuration.name) names no classes: they are called LABEL_0 to LABEL_\(count - 1)")
    return (0..<count).map { "LABEL_\($0)" }
  }
}
