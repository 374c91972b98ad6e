import JSON
import ModelFile
import TensorStorage
import Tokenizers

/// Documents with labels from a JSONL file: one object a line, with `text` or `ids`, and `label`.
///
/// The file is streamed line by line and every document is tokenised at once while it is read, for
/// three reasons: a broken line is found before an hour of training and not after it, the curriculum
/// must know every document's length, and ids take less memory than the text. All ids lie in one
/// array.
public struct LabeledDocuments: SampleCollection {
  /// The longest line that is read, in bytes; some fifty million tokens.
  package static let maximumLineByteCount = 1 << 28
  /// The most values of a line, four times the ids of two million tokens.
  package static let maximumValueCount = 8 << 20

  /// Where the documents came from.
  public let path: String
  /// What a person should know of them: how they were decoded, and unknown words.
  public let notes: [DataNote]
  private var tokenIDs: [Int32] = []
  private var ends: [Int] = []
  private var labels: [Int] = []

  /// Reads a file of texts for a tokenizer, as ``init(path:model:checkCancellation:)`` does.
  public init(
    path: String, labels: [String], tokenizer: Tokenizer,
    checkCancellation: () throws -> Void = {}
  ) throws {
    try self.init(
      path: path, labels: labels,
      documents: DocumentIDs(tokenizer, vocabularySize: tokenizer.tokens.count),
      checkCancellation: checkCancellation)
  }

  /// Reads a file for a model.
  ///
  /// `text` is tokenised; `ids` in its place are taken as they are, without the tokens that frame a
  /// segment, and are all that a model without tokenizer reads. `label` is one of the model's labels, or
  /// its index. Members of other names are ignored, blank lines are skipped, and a line that is not UTF-8
  /// is read as Windows-1252 and noted.
  ///
  /// - Throws: ``DocumentError`` with the line; `FileError` when the file cannot be read;
  ///   whatever `checkCancellation`, which is called for every line, throws.
  public init(
    path: String, model: ModelFile, checkCancellation: () throws -> Void = {}
  ) throws {
    try self.init(
      path: path, labels: model.description.labels, documents: DocumentIDs(model),
      checkCancellation: checkCancellation)
  }

  private init(
    path: String, labels modelLabels: [String], documents: DocumentIDs,
    checkCancellation: () throws -> Void
  ) throws {
    self.path = path
    var documents = documents
    var labelIndices: [String: Int] = [:]
    for (index, label) in modelLabels.enumerated() { labelIndices[label] = index }
    var foreignLines: [Int] = []
    var reader = try LineReader(path: path, maximumLineByteCount: Self.maximumLineByteCount)
    while var bytes = try reader.next() {
      try checkCancellation()
      let line = reader.lineNumber
      if line == 1, bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
      if bytes.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) { continue }
      let decoded = TextDecoder.decode(bytes)
      if decoded.encoding == .windows1252 {
        foreignLines.append(line)
        bytes = Array(decoded.text.utf8)
      }
      let value: JSONValue
      do throws(JSONError) {
        value = try JSONValue(
          parsing: bytes, file: path, maximumValueCount: Self.maximumValueCount)
      } catch {
        if case .tooManyValues(let limit) = error.clause {
          throw DocumentError.tooManyValues(file: path, line: line, maximumCount: limit)
        }
        throw DocumentError.brokenLine(file: path, line: line, reason: error.problem)
      }
      guard value.object != nil else {
        throw DocumentError.brokenLine(file: path, line: line, reason: "it is no object")
      }
      let label: Int
      if let name = value["label"]?.string {
        guard let index = labelIndices[name] else {
          throw DocumentError.unknownLabel(
            file: path, line: line, label: "\"\(name)\"", modelLabels: modelLabels)
        }
        label = index
      } else if let index = value["label"]?.integer {
        guard modelLabels.indices.contains(index) else {
          throw DocumentError.unknownLabel(
            file: path, line: line, label: "\(index)", modelLabels: modelLabels)
        }
        label = index
      } else {
        throw DocumentError.noLabel(file: path, line: line)
      }
      let ids = try documents.ids(of: value, file: path, line: line)
      guard !ids.isEmpty else { throw DocumentError.emptyText(file: path, line: line) }
      tokenIDs.append(contentsOf: ids)
      ends.append(tokenIDs.count)
      labels.append(label)
    }
    guard !labels.isEmpty else { throw DocumentError.noDocuments(file: path) }
    notes = [
      DataNote(path: path, windows1252Lines: foreignLines),
      documents.unknownShare.note(place: path),
    ].compactMap { $0 }
  }

  /// How many there are.
  public var count: Int { labels.count }

  /// The sample at a position.
  public subscript(position: Int) -> LabeledSample {
    LabeledSample(tokenIDs: Array(tokenIDs[range(of: position)]), label: labels[position])
  }

  /// The document at a position, where it lies.
  public func segmented(at position: Int) -> any SegmentedDocument {
    LabeledDocument(
      allTokenIDs: tokenIDs, range: range(of: position), label: labels[position])
  }

  /// Tokens in the document at a position.
  public func tokenCount(of position: Int) -> Int { range(of: position).count }

  /// The share of some documents that have their most frequent label.
  func mostFrequentLabelShare(at positions: [Int]) -> Double {
    var counts: [Int: Int] = [:]
    for position in positions { counts[labels[position], default: 0] += 1 }
    return Double(counts.values.max() ?? 0) / Double(max(1, positions.count))
  }

  /// A checksum of a document's tokens, whatever its label.
  func fingerprint(at position: Int) -> UInt64 {
    var fingerprint = Fingerprint()
    fingerprint.combine(Array(tokenIDs[range(of: position)]))
    return fingerprint.value
  }

  /// A checksum that changes whenever a document or its label does.
  package var fingerprint: String {
    var fingerprint = Fingerprint()
    fingerprint.combine(labels)
    fingerprint.combine(ends)
    fingerprint.combine(tokenIDs)
    return fingerprint.hexadecimal
  }

  private func range(of position: Int) -> Range<Int> {
    (position == 0 ? 0 : ends[position - 1])..<ends[position]
  }
}

/// One of a file's documents, whose ids stay among those of the others.
struct LabeledDocument: SegmentedDocument {
  let allTokenIDs: [Int32]
  let range: Range<Int>
  let label: Int

  var tokenCount: Int { range.count }
  var ownSegmentSize: Int? { nil }

  func tokenIDs(in part: Range<Int>) -> [Int32] {
    Array(allTokenIDs[range.lowerBound + part.lowerBound..<range.lowerBound + part.upperBound])
  }
}
