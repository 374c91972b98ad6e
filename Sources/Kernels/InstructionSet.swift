import CKernels

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The instruction sets whose `Float` kernels this build has and this processor can run.
package enum InstructionSet {
  /// Their names, fastest first, as the environment variable `RMT_ISA` spells them.
  package static var supportedNames: [String] { tables.map { String(cString: $0.pointee.name) } }

  /// The name of the one in use.
  package static var activeName: String { String(cString: active.pointee.name) }

  static var tables: [UnsafePointer<rmt_kernels_f32>] {
    var tables: [UnsafePointer<rmt_kernels_f32>] = []
    var next = rmt_supported_kernels_f32()
    while let pointer = next, let table = pointer.pointee {
      tables.append(table)
      next = pointer + 1
    }
    return tables
  }

  /// The table in use: the fastest, or the one that `RMT_ISA` names.
  ///
  /// A name that this processor cannot run is ignored here; the command line refuses it before.
  nonisolated(unsafe) static let active: UnsafePointer<rmt_kernels_f32> = {
    // Unsafe only to the compiler: the table is a constant of the program, read and never written.
    let tables = Self.tables
    let wanted = getenv("RMT_ISA").map { String(cString: $0) }
    return tables.first { String(cString: $0.pointee.name) == wanted } ?? tables[0]
  }()
}
