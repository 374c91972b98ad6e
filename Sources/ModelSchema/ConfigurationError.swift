import TensorStorage

/// A configuration misses something, contradicts itself, or describes a model that is no relative of BERT.
public struct ConfigurationError: DescribedError {
  /// What is wrong.
  public enum Clause: Sendable, Hashable {
    /// The value is not a JSON object.
    case notAnObject(found: String)
    /// A member that has no default is missing.
    case missing(member: String)
    /// A member has another type or lies out of bounds.
    case invalid(member: String, found: String, expected: String)
    /// A member that is not known here.
    case unknownMember(String)
    /// A model of another family, or a BERT with a part that is not supported.
    case unsupported(member: String, found: String, supported: String)
    /// The hidden size is not a multiple of the heads.
    case heads(hiddenSize: Int, headCount: Int)
    /// Layers cannot share parameters in so many groups.
    case layerGroups(layerCount: Int, groupCount: Int)
    /// A member that models of the family do not have, or have otherwise.
    case notOfFamily(member: String, family: EncoderFamily)
    /// Memory and special tokens leave no room for a token of the document.
    case noRoomInSegment(segmentPositions: Int, memoryTokenCount: Int)
    /// A segment is longer than the position table.
    case segmentTooLong(segmentPositions: Int, maximumPositions: Int)
    /// The labels' ids are not 0 … n−1, each once.
    case labelIdentifiers(found: String)
    /// Two classes have one name.
    case duplicateLabel(String)
  }

  /// The file, or the part of one.
  public let file: String
  /// What is wrong.
  public let clause: Clause

  /// An error in a configuration.
  public init(file: String, _ clause: Clause) {
    self.file = file
    self.clause = clause
  }

  /// The family for the exit code.
  public var kind: FailureKind { .badData }

  /// The file.
  public var place: String? { file }

  /// Which rule was broken, and where.
  public var problem: String {
    switch clause {
    case .notAnObject(let found):
      "the configuration is \(found), expected an object"
    case .missing(let member):
      "the member \"\(member)\" is missing"
    case .invalid(let member, let found, let expected):
      "\"\(member)\" is \(found), expected \(expected)"
    case .unknownMember(let member):
      "the member \"\(member)\" is unknown"
    case .unsupported(let member, let found, let supported):
      "\"\(member)\" is \(found), supported is \(supported)"
    case .heads(let hiddenSize, let headCount):
      "the hidden size \(hiddenSize) is not a multiple of the \(headCount) attention heads"
    case .layerGroups(let layerCount, let groupCount):
      "\(layerCount) layers cannot share the parameters of \(groupCount) groups"
    case .notOfFamily(let member, let family):
      "\"\(member)\" contradicts the family \(family.rawValue)"
    case .noRoomInSegment(let segmentPositions, let memoryTokenCount):
      "a segment of \(segmentPositions) positions has no room for a token beside "
        + "\(memoryTokenCount) memory tokens and "
        + "\(MemoryConfiguration.specialTokensPerSegment) special tokens"
    case .segmentTooLong(let segmentPositions, let maximumPositions):
      "a segment of \(segmentPositions) positions, but the model has \(maximumPositions)"
    case .labelIdentifiers(let found):
      "the labels' ids are \(found), expected 0, 1, 2 … each once"
    case .duplicateLabel(let label):
      "two classes are called \"\(label)\""
    }
  }

  /// What to do about it.
  public var advice: String? {
    switch clause {
    case .notAnObject, .missing:
      "Give the config.json that belongs to the checkpoint."
    case .unsupported: "Encoders of BERT's family can be used, as they were published."
    case .noRoomInSegment: "Use fewer memory tokens or longer segments."
    case .segmentTooLong: "Use shorter segments."
    case .duplicateLabel: "Give each class its own name."
    default: nil
    }
  }
}
