import JSON
import ModelFile
import WeightFile

/// The stories that a model trained on, as its file remembers them.
///
/// Each `finetune` step of the file's history has a member "training stories": for stories from a
/// file `{"description", "checksum", "digests"}`, the digests of all distinct ones as one string of
/// eight hexadecimal digits each; for stories of the program's own `{"description", "generated"}`,
/// the number of the rule that divides them: of these the model's weights were chosen by the part that
/// validates, so that only the test's are new to it. Of those around a corner the step's own member
/// "corner stories" tells, the stages' shares.
package struct TrainedStories: Sendable {
  /// The name of the member.
  package static let memberName = "training stories"
  /// The most stories that a file remembers one by one; of more it remembers the checksum.
  ///
  /// They take half a megabyte of a header of at most sixteen.
  package static let maximumDigestCount = 1 << 16
  /// The rule of ``RelationPlacement/split``.
  private static let generatedRule = 2

  private var digests: Set<UInt32> = []
  private var checksums: Set<String> = []
  private var includesGenerated = false
  private var includesCorners = false
  /// Whether every story is known; when not, only whole files can be recognised.
  package private(set) var isComplete = true

  /// No stories.
  package init() {}

  /// The stories of a model's whole history.
  package init(provenance: [ProvenanceStep]) {
    for step in provenance {
      guard let member = step.options[Self.memberName] else { continue }
      if let rule = member["generated"]?.integer {
        includesGenerated = true
        isComplete = isComplete && rule == Self.generatedRule
        let shares = step.options[FineTuningOptions.cornerStoriesName]?.string ?? ""
        includesCorners =
          includesCorners || shares.split(separator: ",").contains { Double($0) ?? 0 > 0 }
      } else if let checksum = member["checksum"]?.string {
        checksums.insert(checksum)
        if let digests = member["digests"]?.string.flatMap(Self.digests(spelling:)) {
          self.digests.formUnion(digests)
        } else {
          isComplete = false
        }
      } else {
        isComplete = false
      }
    }
  }

  /// Stories that training draws on, and those of the model's history before it.
  init(_ stories: [Story], after provenance: [ProvenanceStep]) {
    self.init(provenance: provenance)
    digests.formUnion(stories.map(\.digest))
  }

  /// Whether a story is among them or among the program's own that chose the weights, as far as they
  /// are known.
  func contains(_ story: Story) -> Bool {
    if digests.contains(story.digest) { return true }
    guard includesGenerated, story.facts.count == 2, SpatialRelation.isQuestion(story.question),
      let first = SpatialRelation(fact: story.facts[0]),
      let second = SpatialRelation(fact: story.facts[1])
    else { return false }
    guard let placement = RelationPlacement(first, second) else {
      return includesCorners && first.isCorner(beside: second)
    }
    return placement.split != .test
  }

  /// Whether they are the stories of a file with these, whatever its name.
  func isFile(of stories: [Story]) -> Bool { checksums.contains(stories.fingerprint) }

  /// What a model's file is to remember of the stories of a file: of all that the file holds, also
  /// those held out, the checksum; of those trained on, the digests.
  static func record(file stories: [Story], trained: [Story]) -> JSONObject {
    var record: JSONObject = JSONObject()
    let digests = Set(trained.map(\.digest))
    record["description"] = .string(
      "\(digests.count) distinct, checksum of the file \(stories.fingerprint)")
    record["checksum"] = .string(stories.fingerprint)
    if digests.count <= maximumDigestCount {
      record["digests"] = .string(digests.sorted().map(spelling(of:)).joined())
    }
    return object(record)
  }

  /// What a model's file is to remember of the program's own stories.
  static var generatedRecord: JSONObject {
    var record = JSONObject()
    record["description"] = "the program's own"
    record["generated"] = .integer(generatedRule)
    return object(record)
  }

  private static func object(_ record: JSONObject) -> JSONObject {
    var object = JSONObject()
    object[memberName] = .object(record)
    return object
  }

  private static func spelling(of digest: UInt32) -> String {
    let digits = String(digest, radix: 16)
    return String(repeating: "0", count: 8 - digits.count) + digits
  }

  /// Reads a string of digests; `nil` when it is not a whole number of them.
  private static func digests(spelling: String) -> [UInt32]? {
    let bytes = Array(spelling.utf8)
    guard bytes.count % 8 == 0 else { return nil }
    var digests: [UInt32] = []
    for start in stride(from: 0, to: bytes.count, by: 8) {
      let digits = String(decoding: bytes[start..<start + 8], as: UTF8.self)
      guard digits.utf8.allSatisfy({ $0 != UInt8(ascii: "+") && $0 != UInt8(ascii: "-") }),
        let digest = UInt32(digits, radix: 16)
      else { return nil }
      digests.append(digest)
    }
    return digests
  }
}
