import TensorStorage

/// A pickle breaks a rule, or asks for what no state dict needs; one case per rule.
public struct PickleError: DescribedError {
  /// The rule that was broken.
  public enum Clause: Sendable, Hashable {
    /// The bytes end before the pickle does.
    case truncated
    /// More bytes or opcodes than a state dict has.
    case tooLong(maximumByteCount: Int, maximumOpcodeCount: Int)
    /// A protocol other than 2 to 5; `nil` when the pickle does not begin with its protocol, as those
    /// of protocols 0 and 1 do not.
    case unsupportedProtocol(UInt8?)
    /// An opcode that no state dict has, with Python's name for it.
    case refusedOpcode(code: UInt8, name: String?)
    /// A class or function other than the few that make tensors.
    case refusedGlobal(module: String, name: String)
    /// An opcode takes more from the stack than there is.
    case stackUnderflow
    /// An opcode looks for a mark that nobody has set.
    case noMark
    /// A memo that nobody has written.
    case noSuchMemo(index: Int)
    /// A text that is not UTF-8.
    case textNotUnicode
    /// An opcode finds something else on the stack than it works on.
    case wrongOperand(expected: String)
    /// A call whose arguments do not fit.
    case wrongArguments(function: String)
    /// A persistent id that names no storage.
    case wrongPersistentIdentifier
  }

  /// The file as it was named.
  public let file: String
  /// The byte of the file behind which the rule was broken.
  public let offset: Int
  /// The rule that was broken.
  public let clause: Clause

  init(_ clause: Clause, at offset: Int, file: String) {
    self.clause = clause
    self.offset = offset
    self.file = file
  }

  /// A file's content is wrong.
  public var kind: FailureKind { .badData }

  /// The file and the byte.
  public var place: String? { "\(file), pickle, byte \(offset)" }

  /// What was found and what is read here.
  public var problem: String {
    switch clause {
    case .truncated: "ends before the pickle is complete"
    case .tooLong(let byteCount, let opcodeCount):
      "the pickle has more than \(byteCount) bytes or \(opcodeCount) opcodes"
    case .unsupportedProtocol(let version):
      "the pickle is of protocol \(version.map { "\($0)" } ?? "0 or 1"), 2 to 5 are read"
    case .refusedOpcode(let code, let name):
      "opcode \(name ?? "0x" + String(code, radix: 16)) has no place in a state dict"
    case .refusedGlobal(let module, let name):
      "asks for \("\(module).\(name)".quotedName), which is not loaded: tensors alone are"
    case .stackUnderflow: "an opcode takes more from the stack than there is"
    case .noMark: "an opcode looks for a mark that was not set"
    case .noSuchMemo(let index): "memo \(index) is read and was never written"
    case .textNotUnicode: "a text is not UTF-8"
    case .wrongOperand(let expected): "an opcode finds something other than \(expected)"
    case .wrongArguments(let function): "\(function) is called with arguments that do not fit"
    case .wrongPersistentIdentifier: "a persistent id names no storage"
    }
  }

  /// What to do about it.
  public var advice: String? {
    switch clause {
    case .truncated: "The file may have been cut; copy or download it again."
    case .tooLong, .refusedOpcode, .refusedGlobal:
      "Save the state dict alone: torch.save(model.state_dict(), \"pytorch_model.bin\")."
    case .unsupportedProtocol: "Load and save it again with torch.save, which writes protocol 2."
    default: "The file is damaged or was made by a faulty program; get it anew from its source."
    }
  }
}
