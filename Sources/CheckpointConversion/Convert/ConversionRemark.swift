/// A tensor that was dropped or a parameter that was created, and why.
public struct ConversionRemark: Sendable, Hashable {
  /// The source tensor's or the parameter's name.
  public let name: String
  /// Why.
  public let reason: String
}
