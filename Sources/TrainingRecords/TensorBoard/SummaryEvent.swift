import ProtocolBuffers

/// An event of TensorBoard's: the message that each record of an event file holds.
///
/// Source: `tensorboard/compat/proto/event.proto` and `summary.proto`, whose field numbers these are.
struct SummaryEvent {
  /// What happened.
  enum Content {
    /// The first event of a file.
    case fileVersion
    /// A run begins, or goes on: whatever earlier files hold from the event's step on is void.
    case start
    /// Numbers by their tags.
    case scalars([(tag: String, value: Double)])
  }

  /// The version that makes readers heed ``Content/start``.
  private static let version = "brain.Event:2"

  /// Seconds since 1970.
  let wallTime: Double
  /// Optimizer steps done; 0 is left out, as the reference writers do.
  let step: Int
  let content: Content

  /// The event's message.
  var message: ProtocolBufferMessage {
    var event = ProtocolBufferMessage()
    event.add(wallTime, field: 1)
    if step != 0 { event.add(step, field: 2) }
    switch content {
    case .fileVersion: event.add(Self.version, field: 3)
    case .scalars(let scalars):
      var summary = ProtocolBufferMessage()
      for (tag, value) in scalars {
        var scalar = ProtocolBufferMessage()
        scalar.add(tag, field: 1)
        scalar.add(Float(value), field: 2)
        summary.add(scalar, field: 1)
      }
      event.add(summary, field: 5)
    case .start:
      var log = ProtocolBufferMessage()
      log.add(1, field: 1)
      event.add(log, field: 7)
    }
    return event
  }
}
