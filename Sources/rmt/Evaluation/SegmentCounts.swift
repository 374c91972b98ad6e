import ArgumentParser
import FineTuning

/// Numbers of segments on the command line: `1,2,4`, or `1...4096` for 1, 2, 4, 8 … 4096.
struct SegmentCounts: ExpressibleByArgument, Sendable {
  /// The numbers, as they were given.
  let elements: [Int]

  /// Reads a list of numbers and ranges; `nil` when a part of it cannot be read.
  ///
  /// A range doubles its lower end as long as that stays below the upper one, which ends it.
  init?(argument: String) {
    var elements: [Int] = []
    for part in argument.split(separator: ",", omittingEmptySubsequences: false) {
      if let number = Int(part) {
        elements.append(number)
        continue
      }
      guard let (lower, upper) = Self.ends(of: part) else { return nil }
      var next = lower
      while next < upper {
        elements.append(next)
        next *= 2
      }
      elements.append(upper)
    }
    self.elements = elements
  }

  /// The ends of `lower...upper`, within the limits of a document: doubling cannot overflow there.
  private static func ends(of range: Substring) -> (Int, Int)? {
    var digits = range
    let lower = digits.prefix { $0 != "." }
    digits = digits.dropFirst(lower.count)
    guard digits.hasPrefix("..."), let lower = Int(lower), let upper = Int(digits.dropFirst(3)),
      1 <= lower, lower <= upper, upper <= Curriculum.maximumSegmentCount
    else { return nil }
    return (lower, upper)
  }

  /// What a list looks like, for help and errors.
  static let form =
    "1,2,4 or 1...4096, which doubles from 1 on; at most \(Curriculum.maximumSegmentCount)"

  /// Reads a list or says what one looks like.
  ///
  /// - Throws: `ValidationError`.
  init(checking argument: String) throws {
    guard let counts = SegmentCounts(argument: argument) else {
      throw ValidationError("Give numbers of segments as in \(Self.form).")
    }
    self = counts
  }

  var defaultValueDescription: String {
    elements.map(String.init).joined(separator: ",")
  }
}
