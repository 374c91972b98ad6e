/// How pictures and pages write numbers: the same on every system and in every language.
package enum NumberFormat {
  /// A coordinate: two digits after the point at most, none of them in vain.
  static func coordinate(_ value: Double) -> String {
    guard value.isFinite, abs(value) < 1e9 else { return "0" }
    let hundredths = Int((value * 100).rounded())
    let (whole, rest) = hundredths.magnitude.quotientAndRemainder(dividingBy: 100)
    let sign = hundredths < 0 ? "-" : ""
    guard rest > 0 else { return "\(sign)\(whole)" }
    if rest % 10 == 0 { return "\(sign)\(whole).\(rest / 10)" }
    return "\(sign)\(whole).\(rest < 10 ? "0" : "")\(rest)"
  }

  /// A number with so many digits after the point, and a comma after each three before it.
  static func decimal(_ value: Double, digits: Int) -> String {
    guard value.isFinite else { return value.isNaN ? "–" : value < 0 ? "−∞" : "∞" }
    let scale = (0..<digits).reduce(1.0) { scale, _ in scale * 10 }
    guard abs(value) * scale < 1e18 else { return "\(value)" }
    let units = Int((abs(value) * scale).rounded())
    let (whole, rest) = units.quotientAndRemainder(dividingBy: Int(scale))
    let fraction = digits == 0 ? "" : String(String(rest + Int(scale)).dropFirst())
    let sign = value < 0 && units > 0 ? "−" : ""
    return "\(sign)\(grouped(whole))\(digits == 0 ? "" : ".")\(fraction)"
  }

  /// A whole number with a comma after each three digits.
  static func grouped(_ value: Int) -> String {
    let digits = Array(String(value.magnitude))
    var text = value < 0 ? "−" : ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { text.append(",") }
      text.append(digit)
    }
    return text
  }

  /// Three significant digits, or more where the number is whole: `0.000125`, `3.14`, `12,345`.
  package static func short(_ value: Double) -> String {
    guard value.isFinite, value != 0 else { return value == 0 ? "0" : decimal(value, digits: 0) }
    let size = abs(value)
    if size < 1e-4 || size >= 1e15 { return power(value) }
    var digits = 0
    var scaled = size
    while scaled < 100, digits < 7 {
      scaled *= 10
      digits += 1
    }
    var text = decimal(value, digits: digits)
    if digits > 0 {
      while text.last == "0" { text.removeLast() }
      if text.last == "." { text.removeLast() }
    }
    return text
  }

  /// `5e-5`, for what is too small or too large to be written out.
  private static func power(_ value: Double) -> String {
    var exponent = 0
    var mantissa = abs(value)
    while mantissa >= 10 {
      mantissa /= 10
      exponent += 1
    }
    while mantissa < 0.9999999 {
      mantissa *= 10
      exponent -= 1
    }
    let digits = coordinate(mantissa)
    return "\(value < 0 ? "−" : "")\(digits)e\(exponent)"
  }

  /// A part of one in percent, on one line: `97.7 %`, `100 %`.
  static func percentage(_ part: Double, digits: Int = 1) -> String {
    let text = decimal(part * 100, digits: digits)
    let zeros = "." + String(repeating: "0", count: digits)
    return
      (text == "100\(zeros)" || text == "0\(zeros)" ? String(text.dropLast(zeros.count)) : text)
      + "\u{A0}%"
  }

  /// Seconds as a person says them: `0.25 s`, `12.3 s`, `4 min 05 s`, `1 h 02 min`.
  static func duration(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds < 1e9 else { return "–" }
    if seconds < 60 { return "\(short(seconds)) s" }
    let whole = Int(seconds.rounded())
    func twoDigits(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
    if whole < 3600 { return "\(whole / 60) min \(twoDigits(whole % 60)) s" }
    return "\(grouped(whole / 3600)) h \(twoDigits(whole / 60 % 60)) min"
  }
}
