import Kernels
import Testing

@Suite struct InstructionSetTests {
  @Test func `the plain kernels run everywhere and come last`() {
    #expect(InstructionSet.supportedNames.last == "plain")
    #expect(InstructionSet.supportedNames.contains(InstructionSet.activeName))
  }

  @Test func `what this processor has is accepted, and nothing asked for too`() throws {
    for name in InstructionSet.supportedNames { try InstructionSet.check(name) }
    try InstructionSet.check(nil)
  }

  @Test(arguments: ["sse9", "AVX2", "plain "])
  func `another name is refused with the names there are`(_ name: String) {
    let error = #expect(throws: InstructionSetError.self) { try InstructionSet.check(name) }
    #expect(error?.kind == .usage)
    #expect(error?.description.contains("\"\(name)\"") == true)
    #expect(error?.advice?.contains("plain") == true)
  }
}
