#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A number with that many digits after the point.
func decimal(_ value: Double, digits: Int) -> String {
  guard value.isFinite else { return value.isNaN ? "nan" : value < 0 ? "-inf" : "inf" }
  return formatted("%.*f", Int32(digits), value)
}

/// A number in scientific notation with three digits: `1.19e-07`; zero is `0`.
func scientific(_ value: Double) -> String {
  guard value.isFinite else { return decimal(value, digits: 0) }
  return value == 0 ? "0" : formatted("%.2e", value)
}

/// A part of one as a percentage: `97.7 %`.
func percentage(_ part: Double, digits: Int = 1) -> String {
  "\(decimal(part * 100, digits: digits)) %"
}

/// A whole number with a comma after each three digits: `22,713,216`.
func grouped(_ value: Int) -> String {
  let digits = Array(String(value.magnitude))
  var text = value < 0 ? "-" : ""
  for (index, digit) in digits.enumerated() {
    if index > 0, (digits.count - index) % 3 == 0 { text.append(",") }
    text.append(digit)
  }
  return text
}

/// So many things, with the plural where it belongs: `1 segment`, `1,200 segments`.
func counted(_ count: Int, _ thing: String) -> String {
  "\(grouped(count)) \(thing)\(count == 1 ? "" : "s")"
}

/// A number of bytes in the power of 1000 that reads best: `90.9 MB`.
func byteCountText(_ byteCount: Double) -> String {
  var value = byteCount
  for unit in ["B", "kB", "MB", "GB"] {
    if value < 999.95 { return "\(decimal(value, digits: unit == "B" ? 0 : 1)) \(unit)" }
    value /= 1000
  }
  return "\(decimal(value, digits: 1)) TB"
}

/// A number of bytes in the power of 1000 that reads best.
func byteCountText(_ byteCount: Int) -> String { byteCountText(Double(byteCount)) }

/// A duration as a clock shows it: `0:07`, `12:34`, `1:02:03`.
func durationText(_ seconds: Double) -> String {
  guard seconds.isFinite, seconds < 360_000 else { return "?" }
  let whole = Int(seconds.rounded())
  let rest = formatted("%02d", Int32(whole % 60))
  guard whole >= 3600 else { return "\(whole / 60):\(rest)" }
  return "\(whole / 3600):\(formatted("%02d", Int32(whole / 60 % 60))):\(rest)"
}

private func formatted(_ format: String, _ arguments: any CVarArg...) -> String {
  withVaList(arguments) { list in
    var bytes = [CChar](repeating: 0, count: 400)
    let count = vsnprintf(&bytes, bytes.count, format, list)
    return String(
      decoding: bytes.prefix(max(0, min(Int(count), bytes.count - 1))).map {
        UInt8(bitPattern: $0)
      },
      as: UTF8.self)
  }
}
