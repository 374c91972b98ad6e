import CKernels

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The instruction sets whose `Float` kernels this build has and this processor can run.
package enum InstructionSet {
  /// The environment variable that forces one; empty is the same as unset.
  package static let variableName = "RMT_ISA"

  /// Their names, fastest first, as the variable spells them.
  package static var supportedNames: [String] { tables.map { String(cString: $0.pointee.name) } }

  /// The name of the one in use.
  package static var activeName: String { String(cString: active.pointee.name) }

  /// The name that the variable asks for, if it asks for one.
  package static var requestedName: String? {
    getenv(variableName).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
  }

  /// Checks that what was asked for can be had.
  ///
  /// - Throws: ``InstructionSetError`` when the name is none of ``supportedNames``.
  package static func check(_ requestedName: String?) throws(InstructionSetError) {
    guard let requestedName, !supportedNames.contains(requestedName) else { return }
    throw InstructionSetError(name: requestedName, supportedNames: supportedNames)
  }

  static var tables: [UnsafePointer<rmt_kernels_f32>] {
    var tables: [UnsafePointer<rmt_kernels_f32>] = []
    var next = rmt_supported_kernels_f32()
    while let pointer = next, let table = pointer.pointee {
      tables.append(table)
      next = pointer + 1
    }
    return tables
  }

  /// The table in use: the fastest, or the one that was asked for.
  ///
  /// A name that this processor cannot run is ignored here; the command refuses it before.
  nonisolated(unsafe) static let active: UnsafePointer<rmt_kernels_f32> = {
    // Unsafe only to the compiler: the table is a constant of the program, read and never written.
    let tables = Self.tables
    let wanted = requestedName
    return tables.first { String(cString: $0.pointee.name) == wanted } ?? tables[0]
  }()
}
