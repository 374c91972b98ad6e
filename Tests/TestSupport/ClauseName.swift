/// The name of an error's clause, an enum's case, without what it carries.
public func clauseName(_ clause: Any) -> String {
  Mirror(reflecting: clause).children.first?.label ?? "\(clause)"
}
