import ArgumentParser

/// A segment of a document as `--segments` names it: a number from 0, or `last`.
enum SegmentNumber: ExpressibleByArgument, Hashable {
  /// Counted from the document's first.
  case number(Int)
  /// The document's last.
  case last

  init?(argument: String) {
    if argument == "last" {
      self = .last
    } else if let number = Int(argument), number >= 0 {
      self = .number(number)
    } else {
      return nil
    }
  }

  var defaultValueDescription: String {
    switch self {
    case .number(let number): "\(number)"
    case .last: "last"
    }
  }

  /// The numbers of the segments that are shown, in order, each once.
  ///
  /// - Parameter named: as the call names them; `nil` for all of up to four segments, and the first,
  ///   two in the middle and the last of more.
  /// - Throws: ``CommandError`` for a segment that the document does not have.
  static func resolve(_ named: [SegmentNumber]?, segmentCount: Int) throws(CommandError) -> [Int] {
    guard let named else {
      guard segmentCount > 4 else { return Array(0..<segmentCount) }
      return [0, segmentCount / 3, 2 * segmentCount / 3, segmentCount - 1]
    }
    var numbers: Set<Int> = []
    for segment in named {
      switch segment {
      case .last: numbers.insert(segmentCount - 1)
      case .number(let number):
        guard number < segmentCount else {
          throw .usage(
            problem: "segment \(number) is beyond the document's last, \(segmentCount - 1)",
            advice: "Give --segments from 0 to \(segmentCount - 1), or last.")
        }
        numbers.insert(number)
      }
    }
    return numbers.sorted()
  }
}
