import TensorStorage

/// The environment variable `RMT_ISA` names an instruction set that cannot be used.
package struct InstructionSetError: DescribedError, Hashable {
  /// The name that was given.
  package let name: String
  /// The names that are possible on this processor.
  package let supportedNames: [String]

  /// Always ``FailureKind/usage``.
  package var kind: FailureKind { .usage }
  /// The variable.
  package var place: String? { InstructionSet.variableName }
  /// That the name is none of those there are.
  package var problem: String {
    "\"\(name)\" is no instruction set that this processor has kernels for"
  }
  /// The names there are.
  package var advice: String? {
    "Unset it, or set it to one of: \(supportedNames.joined(separator: ", "))."
  }
}
