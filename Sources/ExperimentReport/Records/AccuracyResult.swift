import JSON

/// What one model answered about one set of documents of one length: a line of `results.jsonl`.
package struct AccuracyResult: Sendable, Hashable {
  /// What tells sets of documents of one length apart.
  package struct Documents: Sendable, Hashable {
    /// Their seed; `nil` for documents of a file.
    package let seed: UInt64?
    /// What else the line says about them in words, the background's checksum among it.
    package let settings: [String: String]
  }
  /// What tells models apart.
  package struct Model: Sendable, Hashable {
    /// Seed of its training; `nil` where the line does not tell.
    package let trainingSeed: UInt64?
    /// Checksum of its file; `nil` where the line does not tell.
    package let checksum: String?
  }
  /// Who answered about which documents.
  package struct Measurement: Sendable, Hashable {
    package let model: Model
    package let documents: Documents
  }

  /// The task's name, `memorize`, or the file that the documents are from.
  package let task: String
  /// Where the facts stood, `first` or `random`; `nil` where the task knows no such choice.
  package let factPositions: String?
  /// What the stories are, `generated, checksum …` or their number and checksum; `nil` where there
  /// are none.
  package let stories: String?
  /// The file that they are from; `nil` where the program made them, or the line does not tell.
  package let storiesFile: String?
  /// Segments of a document, and positions of a full segment.
  package let segmentCount: Int
  package let segmentPositions: Int
  /// Documents, and those that were answered right.
  package let sampleCount: Int
  package let correctCount: Int
  /// Tokens in all documents.
  package let tokenCount: Int
  /// Seconds for all documents.
  package let seconds: Double
  /// Memory of the process at the end; `nil` where the system does not tell.
  package let residentByteCount: Int?
  /// Who answered.
  package let model: Model
  /// The documents.
  package let documents: Documents

  /// The largest count that is believed.
  private static let largestCount = 1 << 40

  /// `generated` where the program made the stories; `nil` where it did not.
  package var ownStoriesName: String? {
    let name = "generated"
    return stories?.hasPrefix(name) == true ? name : nil
  }

  /// What makes two lines of one length the same measurement.
  package var measurement: Measurement {
    Measurement(model: model, documents: documents)
  }

  /// A result as the evaluation writes it, where "seed" is that of the documents, or as an experiment
  /// does, where "seed" is that of the training and "documentSeed" that of the documents; members
  /// that are not known are let pass.
  ///
  /// - Throws: ``LineProblem`` that says which member is missing or what it must be.
  init(json: JSONValue) throws(LineProblem) {
    guard let object = json.object else {
      throw LineProblem("this is \(json.kindName), expected an object")
    }
    func count(_ name: String, from least: Int) throws(LineProblem) -> Int {
      guard let value = json[name]?.integer, (least...Self.largestCount).contains(value) else {
        throw LineProblem("\"\(name)\" must be a whole number from \(least) on")
      }
      return value
    }
    guard let task = json["task"]?.string ?? json["documents"]?.string else {
      throw LineProblem("\"task\" or \"documents\" must be a name")
    }
    guard let seconds = json["seconds"]?.double, seconds >= 0 else {
      throw LineProblem("\"seconds\" must be a number from 0 on")
    }
    let positions = json["factPositions"] ?? .null
    guard positions.isNull || positions.string != nil else {
      throw LineProblem("\"factPositions\" must be a name")
    }
    for name in ["stories", "storiesFile"] {
      guard let value = json[name], !value.isNull, value.string == nil else { continue }
      throw LineProblem("\"\(name)\" must be text")
    }
    let memory = json["residentBytes"] ?? .null
    func seed(_ name: String) throws(LineProblem) -> UInt64? {
      let value = json[name] ?? .null
      let seed = value.integer.flatMap(UInt64.init(exactly:)) ?? value.unsignedInteger
      guard value.isNull || seed != nil else {
        throw LineProblem("\"\(name)\" must be a whole number from 0 on")
      }
      return seed
    }
    let (seedValue, documentSeed) = (try seed("seed"), try seed("documentSeed"))
    self.task = task
    factPositions = positions.string
    stories = json["stories"]?.string
    storiesFile = json["storiesFile"]?.string
    segmentCount = try count("segments", from: 1)
    segmentPositions = try count("segmentPositions", from: 1)
    sampleCount = try count("samples", from: 0)
    correctCount = try count("correct", from: 0)
    tokenCount = try count("tokens", from: 0)
    residentByteCount = memory.isNull ? nil : try count("residentBytes", from: 0)
    self.seconds = seconds
    model = Model(
      trainingSeed: documentSeed == nil ? nil : seedValue, checksum: json["model"]?.string)
    documents = Documents(
      seed: documentSeed ?? seedValue,
      settings: Dictionary(
        object.members.compactMap { member in
          ["model", "storiesFile"].contains(member.name)
            ? nil : member.value.string.map { (member.name, $0) }
        },
        uniquingKeysWith: { first, _ in first }))
    guard correctCount <= sampleCount else {
      throw LineProblem("\"correct\" is \(correctCount), more than the \(sampleCount) samples")
    }
  }
}

extension JSONValue {
  /// An integer above `Int.max`.
  fileprivate var unsignedInteger: UInt64? {
    if case .unsigned(let value) = self { value } else { nil }
  }
}
