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

/// Numbers around zero with the given spread, the same for the same seed.
func randomFloats(_ count: Int, seed: UInt64, spread: Double = 1) -> [Float] {
  var stream = RandomStream(seed: seed)
  return (0..<count).map { _ in Float(stream.normal(standardDeviation: spread)) }
}

/// The largest |a − b| / (1 + |b|).
func largestError(_ values: [Float], _ expected: [Double]) -> Double {
  zip(values, expected).reduce(0) { max($0, abs(Double($1.0) - $1.1) / (1 + abs($1.1))) }
}
