import CKernels
import Randomness
import Testing

/// One f32 table under test, named by its instruction set.
struct KernelTable: @unchecked Sendable, CustomTestStringConvertible {
  // Sendable although it holds a pointer: tables are constants of the program.
  let table: UnsafePointer<rmt_kernels_f32>

  var kernels: rmt_kernels_f32 { table.pointee }
  var testDescription: String { String(cString: table.pointee.name) }

  /// Every table that this processor can run.
  static let all: [KernelTable] = {
    var tables: [KernelTable] = []
    var next = rmt_supported_kernels_f32()
    while let pointer = next, let table = pointer.pointee {
      tables.append(KernelTable(table: table))
      next = pointer + 1
    }
    return tables
  }()
}

/// The reference implementation.
var reference: rmt_kernels_f64 { rmt_reference_kernels_f64().pointee }

/// Draws from N(0, 1), made once: a draw costs more than most of what is done with it.
private let normalDraws: [Float] = {
  var stream = RandomStream(seed: 1)
  return (0..<1 << 17).map { _ in Float(stream.normal(standardDeviation: 1)) }
}()

/// Numbers around zero with the given spread, the same for the same seed.
func randomFloats(_ count: Int, seed: Int, spread: Float = 1) -> [Float] {
  let start = seed * 1_009
  precondition(start + count <= normalDraws.count, "\(count) numbers are more than were drawn")
  let draws = Array(normalDraws[start..<start + count])
  return spread == 1 ? draws : draws.map { $0 * spread }
}

/// The same numbers in double precision.
func wide(_ values: [Float]) -> [Double] { values.map(Double.init) }

/// The largest |a − b| / (1 + |b|); infinite where one is not a number.
func largestError(_ values: [Float], _ expected: [Double]) -> Double {
  zip(values, expected).reduce(0) { largest, pair in
    let error = abs(Double(pair.0) - pair.1) / (1 + abs(pair.1))
    return error.isNaN ? .infinity : max(largest, error)
  }
}

/// The distance of two numbers in units of the last place of the second, in single precision.
///
/// Below the smallest normal number a unit is that number's.
func ulps(_ value: Float, _ expected: Double) -> Double {
  let size = max(abs(expected), Double(Float.leastNormalMagnitude))
  let error = abs(Double(value) - expected) / (size.binade * 0x1p-23)
  return error.isNaN ? .infinity : error
}

/// Numbers between guards, so that a write beside them is seen.
final class GuardedNumbers<Scalar: BinaryFloatingPoint> {
  private static var guardCount: Int { 40 }
  private static var guardValue: Scalar { -12_345 }

  let count: Int
  private let memory: UnsafeMutablePointer<Scalar>

  init(_ values: [Scalar]) {
    count = values.count
    memory = .allocate(capacity: count + 2 * Self.guardCount)
    memory.initialize(repeating: Self.guardValue, count: count + 2 * Self.guardCount)
    values.withUnsafeBufferPointer { values in
      if let source = values.baseAddress { pointer.update(from: source, count: count) }
    }
  }

  convenience init(count: Int) { self.init([Scalar](repeating: .nan, count: count)) }

  deinit { memory.deallocate() }

  var pointer: UnsafeMutablePointer<Scalar> { memory + Self.guardCount }

  var values: [Scalar] { Array(UnsafeBufferPointer(start: pointer, count: count)) }

  /// Whether nothing was written beside the numbers.
  var isIntact: Bool {
    (0..<Self.guardCount).allSatisfy {
      memory[$0] == Self.guardValue && pointer[count + $0] == Self.guardValue
    }
  }
}
