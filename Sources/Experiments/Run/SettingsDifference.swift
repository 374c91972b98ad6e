import JSON

/// The first place at which two settings differ.
struct SettingsDifference {
  /// The keys on the way there, such as `training.stages[1].steps`.
  let key: String
  /// What was there.
  let before: String
  /// What is there now.
  let now: String

  /// A difference of two objects; `nil` where there is none.
  init?(_ before: JSONObject, _ now: JSONObject) {
    self.init(.object(before), .object(now), key: "")
  }

  private init?(_ before: JSONValue?, _ now: JSONValue?, key: String) {
    if before == now { return nil }
    if let before = before?.object, let now = now?.object {
      for name in before.members.map(\.name) + now.members.map(\.name) {
        let path = key.isEmpty ? name : "\(key).\(name)"
        if let found = Self(before[name], now[name], key: path) {
          self = found
          return
        }
      }
    }
    if let before = before?.array, let now = now?.array {
      func element(_ index: Int, of array: [JSONValue]) -> JSONValue? {
        array.indices.contains(index) ? array[index] : nil
      }
      for index in 0..<max(before.count, now.count) {
        let (before, now) = (element(index, of: before), element(index, of: now))
        if let found = Self(before, now, key: "\(key)[\(index)]") {
          self = found
          return
        }
      }
    }
    func text(_ value: JSONValue?) -> String {
      guard let value, !value.isNull else { return "nothing" }
      return String(value.serialized(pretty: false).prefix(80))
    }
    (self.key, self.before, self.now) = (key, text(before), text(now))
  }
}
