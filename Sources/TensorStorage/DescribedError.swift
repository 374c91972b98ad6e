/// The family an error belongs to; the command line turns it into its exit code.
public enum FailureKind: Sendable {
  /// The call itself contradicts something (exit code 64).
  case usage
  /// A file's content is wrong (65).
  case badData
  /// A file is missing or cannot be opened for reading (66).
  case missingInput
  /// Reading or writing failed midway: disk full, read-only folder (74).
  case inputOutput
  /// The user asked to stop (130).
  case interrupted
}

/// An error that tells a person what happened, where, and what to do.
///
/// Each module has its own enum of cases, one per violated rule; this protocol is how they speak.
public protocol DescribedError: Error, CustomStringConvertible {
  /// Which family the error belongs to.
  var kind: FailureKind { get }
  /// File, tensor or line; `nil` when the error has no place.
  var place: String? { get }
  /// What happened and what was expected, one sentence without the closing full stop.
  var problem: String { get }
  /// What to do about it, one sentence; `nil` when there is nothing to say.
  var advice: String? { get }
}

extension DescribedError {
  /// `place: problem. advice`, the form in which every error reaches a person: one line, whatever names
  /// a file has in it.
  public var description: String {
    let sentence = (place.map { "\($0): " } ?? "") + problem + "."
    return (advice.map { "\(sentence) \($0)" } ?? sentence).withoutControls
  }
}

/// Work stopped because the user asked for it; everything begun was put away cleanly.
public struct Interrupted: DescribedError {
  /// What was saved, or how to go on.
  public let advice: String?

  /// An interruption with a word on how to go on.
  public init(advice: String? = nil) { self.advice = advice }

  /// Always ``FailureKind/interrupted``.
  public var kind: FailureKind { .interrupted }
  /// No place: the user stopped the work, no file did.
  public var place: String? { nil }
  /// The one word there is to say.
  public var problem: String { "interrupted" }
}
