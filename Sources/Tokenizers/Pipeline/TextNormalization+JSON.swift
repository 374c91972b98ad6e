import Foundation
import JSON

extension TextNormalization {
  /// Steps that are accepted.
  private static let largestStepCount = 32
  /// How many times longer the replacements of a pipeline may make a text together.
  private static let largestGrowth = 64

  /// Reads the member `normalizer` of `tokenizer.json`.
  ///
  /// - Parameter characterMap: the map of a `Precompiled` step that does not hold its own.
  /// - Throws: ``TokenizerError`` for a step that is not known, by its name, and for a wrong member.
  init(json value: JSONValue?, characterMap: CharacterMap?, file: String) throws(TokenizerError) {
    var steps: [NormalizationStep] = []
    try Self.append(value ?? .null, characterMap, file, to: &steps)
    self.init(steps)
    guard steps.count <= Self.largestStepCount else {
      throw .unsupported(
        what: "a normalizer of \(steps.count) steps", expected: "at most \(Self.largestStepCount)",
        file: file)
    }
    var growth = 1
    var mapCount = 0
    for step in steps {
      switch step {
      case .replace(let pattern, let content):
        growth *= max(1, (content.utf8.count + pattern.utf8.count - 1) / pattern.utf8.count)
      case .characterMap: mapCount += 1
      default: break
      }
      guard growth <= Self.largestGrowth else {
        throw .unsupported(
          what: "replacements that make a text \(growth) times as long",
          expected: "at most \(Self.largestGrowth) times", file: file)
      }
    }
    guard mapCount <= 1 else {
      throw .unsupported(what: "two Precompiled normalizers", expected: "one", file: file)
    }
  }

  private static func append(
    _ value: JSONValue, _ characterMap: CharacterMap?, _ file: String,
    to steps: inout [NormalizationStep]
  ) throws(TokenizerError) {
    if value.isNull { return }
    let reader = SettingsReader(object: value.object ?? [:], file: file)
    let type = try reader.required("type", "the name of a normalizer", \.string)
    switch type {
    case "Sequence":
      for part in try reader.required("normalizers", "an array", \.array) {
        try append(part, characterMap, file, to: &steps)
      }
    case "Replace": steps.append(try replacement(reader))
    case "Strip":
      steps.append(
        .strip(
          left: try reader.required("strip_left", "true or false", \.bool),
          right: try reader.required("strip_right", "true or false", \.bool)))
    case "Lowercase": steps.append(.lowercase)
    case "StripAccents": steps.append(.stripAccents)
    case "Precompiled":
      if let text = try reader.optional("precompiled_charsmap", "a string", \.string) {
        guard let bytes = Data(base64Encoded: text) else {
          throw .characterMap(.notBase64, file: file)
        }
        steps.append(.characterMap(try CharacterMap(bytes: [UInt8](bytes), file: file)))
      } else if let characterMap {
        steps.append(.characterMap(characterMap))
      } else {
        throw .invalidMember(name: "precompiled_charsmap", expected: "a string", file: file)
      }
    default:
      guard let form = UnicodeForm(rawValue: type) else {
        throw .unsupported(what: "the normalizer \(type)", expected: Self.known, file: file)
      }
      steps.append(.unicode(form))
    }
  }

  private static let known =
    "Sequence, Replace, Strip, NFC, NFD, NFKC, NFKD, Lowercase, StripAccents or Precompiled"

  private static func replacement(
    _ reader: SettingsReader
  ) throws(TokenizerError) -> NormalizationStep {
    let pattern = try reader.required("pattern", "an object", \.object)
    let content = try reader.required("content", "a string", \.string)
    if let text = pattern["String"]?.string {
      guard !text.isEmpty else {
        throw .invalidMember(name: "pattern", expected: "a string to replace", file: reader.file)
      }
      return .replace(text, with: content)
    }
    guard pattern["Regex"]?.string == " {2,}", content == " " else {
      throw .unsupported(
        what: "a replacement by the pattern \(pattern["Regex"]?.string ?? "null")",
        expected: "a literal string, or two and more spaces by one", file: reader.file)
    }
    return .collapseSpaces
  }

  /// The steps as `tokenizer.json` has them.
  ///
  /// - Parameter includesCharacterMap: whether the map itself is written, in base64.
  package func json(includesCharacterMap: Bool) -> JSONValue {
    let list = steps.map { step -> JSONValue in
      switch step {
      case .replace(let pattern, let content):
        ["type": "Replace", "pattern": ["String": .string(pattern)], "content": .string(content)]
      case .collapseSpaces:
        ["type": "Replace", "pattern": ["Regex": " {2,}"], "content": " "]
      case .strip(let left, let right):
        ["type": "Strip", "strip_left": .bool(left), "strip_right": .bool(right)]
      case .unicode(let form): ["type": .string(form.rawValue)]
      case .lowercase: ["type": "Lowercase"]
      case .stripAccents: ["type": "StripAccents"]
      case .characterMap(let map):
        includesCharacterMap
          ? [
            "type": "Precompiled",
            "precompiled_charsmap": .string(Data(map.bytes).base64EncodedString()),
          ]
          : ["type": "Precompiled"]
      }
    }
    switch list.count {
    case 0: return .null
    case 1: return list[0]
    default: return ["type": "Sequence", "normalizers": .array(list)]
    }
  }
}
