import Foundation

/// A scale of one hue from paper white to dark, whose lightness falls evenly to the eye.
///
/// Colours are interpolated in OKLCh: L from 0.985 to 0.27, chroma highest in the darker half.
/// Source: Björn Ottosson, "A perceptual color space for image processing", 2020.
struct SequentialScale {
  /// Hue in degrees.
  var hue = 255.0

  /// The colour at a place from 0 to 1, as `#rrggbb`.
  func color(at place: Double) -> String {
    let t = min(1, max(0, place.isFinite ? place : 0))
    let lightness = 0.985 - 0.715 * t
    let chroma = 0.135 * sin(.pi * pow(t, 0.75) * 0.78)
    let angle = hue * .pi / 180
    return Self.hexadecimal(lightness, chroma * cos(angle), chroma * sin(angle))
  }

  /// OKLab to sRGB.
  private static func hexadecimal(_ lightness: Double, _ a: Double, _ b: Double) -> String {
    func cube(_ x: Double) -> Double { x * x * x }
    let l = cube(lightness + 0.3963377774 * a + 0.2158037573 * b)
    let m = cube(lightness - 0.1055613458 * a - 0.0638541728 * b)
    let s = cube(lightness - 0.0894841775 * a - 1.2914855480 * b)
    let linear = [
      4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
      -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
      -0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s,
    ]
    return "#"
      + linear.map { value in
        let light = min(1, max(0, value))
        let encoded = light <= 0.0031308 ? 12.92 * light : 1.055 * pow(light, 1 / 2.4) - 0.055
        let byte = String(Int((encoded * 255).rounded()), radix: 16)
        return byte.count == 1 ? "0\(byte)" : byte
      }.joined()
  }
}
