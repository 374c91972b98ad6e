import Logging
import ModelFile
import ModelSchema
import RecurrentMemory
import TensorStorage

/// Takes a model through documents, from the beginning or from a saved memory.
struct DocumentReading {
  /// How far reading came.
  struct Outcome {
    /// The memory, to be saved.
    let memory: SavedMemory
    /// What the model made of the document; `nil` when the user stopped it before the end.
    let result: ReadingResult?
  }

  let model: ModelFile
  let memory: MemoryConfiguration
  let reader: RecurrentReader
  let showsProgress: Bool
  let log: Logger

  /// Reads a document to its end, or up to the segment at which the user stops it.
  ///
  /// - Throws: ``CommandError`` when the saved memory was left in the middle of another document.
  func read(_ document: Document, from saved: SavedMemory?) throws -> Outcome {
    let pieces = Segmentation.pieces(tokenCount: document.tokenCount, memory: memory)
    let first = try firstPiece(of: document, pieces, saved)
    if let saved { reader.memory = saved.memory } else { reader.reset() }
    log.info("reading \(document.name): \(document.tokenCount) tokens, \(pieces.count) segments")
    let bar = ProgressBar(
      "reading", unit: .things("segments"), isShown: showsProgress, completedBefore: first)
    let start = ContinuousClock.now
    var tokensRead = saved?.tokensRead ?? 0
    var tokens = document.tokens(from: first < pieces.count ? pieces[first].lowerBound : 0)
    for (index, piece) in pieces.enumerated().dropFirst(first) {
      if Interruption.isRequested {
        let interrupted = SavedMemory.Interrupted(
          byteCount: document.byteCount, checksum: document.checksum,
          tokensRead: piece.lowerBound)
        return Outcome(
          memory: save(
            segmentsRead: (saved?.segmentsRead ?? 0) + index - first, tokensRead: tokensRead,
            interrupted: interrupted),
          result: nil)
      }
      try reader.read(tokens.next(piece.count))
      tokensRead += piece.count
      bar.update(index + 1, of: pieces.count)
    }
    bar.finish()
    let segmentsRead = (saved?.segmentsRead ?? 0) + pieces.count - first
    return Outcome(
      memory: save(segmentsRead: segmentsRead, tokensRead: tokensRead, interrupted: nil),
      result: ReadingResult(
        document: document.name, labels: model.description.labels, logits: reader.logits(),
        tokenCount: document.tokenCount, segmentCount: pieces.count, tokensRead: tokensRead,
        segmentsRead: segmentsRead, seconds: (ContinuousClock.now - start).inSeconds))
  }

  /// The piece at which an interrupted document goes on; the first of any other.
  private func firstPiece(
    of document: Document, _ pieces: [Range<Int>], _ saved: SavedMemory?
  ) throws -> Int {
    guard let interrupted = saved?.interrupted else { return 0 }
    guard interrupted.byteCount == document.byteCount, interrupted.checksum == document.checksum,
      let index = pieces.firstIndex(where: { $0.lowerBound == interrupted.tokensRead })
    else {
      throw CommandError.badData(
        place: document.name,
        problem: "the memory was saved in the middle of another document of "
          + "\(interrupted.byteCount) bytes",
        advice: "Read that one to its end first, or begin without --load-memory.")
    }
    return index
  }

  private func save(
    segmentsRead: Int, tokensRead: Int, interrupted: SavedMemory.Interrupted?
  ) -> SavedMemory {
    SavedMemory(
      memory: reader.memory, shape: [memory.tokenCount, model.description.encoder.hiddenSize],
      model: SavedMemory.checksum(of: model), segmentsRead: segmentsRead, tokensRead: tokensRead,
      interrupted: interrupted)
  }
}

extension DescribedError {
  /// Whether the error says something of one document and nothing of the others.
  var isAboutOneInput: Bool { kind == .badData || kind == .missingInput }
}
