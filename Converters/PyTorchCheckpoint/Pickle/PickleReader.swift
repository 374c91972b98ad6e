import TensorStorage

/// Interprets the pickles of PyTorch's files without running anything.
///
/// A pickle is a program for a small stack machine that may name any function to call. This machine
/// knows the opcodes and the few names of which state dicts are made and refuses every other. It makes
/// at most one value an opcode, so the bound on opcodes bounds stack, memo and heap, and it never
/// recurses.
///
/// Source: `pickletools.py` of CPython 3.14.
struct PickleReader {
  /// The most bytes that the pickles of a file may have; tensors' bytes lie outside.
  static let maximumByteCount = 64 << 20
  /// The most opcodes of a file's pickles: some forty a tensor are usual.
  static let maximumOpcodeCount = 1 << 22

  /// Everything that the pickles so far have made.
  private(set) var heap = PickleHeap()

  private var input: PickleInput
  private var stack: [PickleValue] = []
  private var marks: [Int] = []
  private var memo: [Int: PickleValue] = [:]
  private let start: Int
  private var opcodeCount = 0
  private var copiedCount = 0

  /// Pickles that follow each other in a part of a file.
  init(_ file: RandomAccessFile, range: Range<Int>) {
    input = PickleInput(file, range: range)
    start = range.lowerBound
  }

  /// The byte behind the last pickle.
  var position: Int { input.position }

  /// Reads the next pickle.
  ///
  /// - Throws: ``PickleError``, or `FileError` when the file cannot be read.
  mutating func next() throws -> PickleValue {
    stack = []
    marks = []
    memo = [:]
    var isFirst = true
    while opcodeCount < Self.maximumOpcodeCount, input.position - start <= Self.maximumByteCount {
      opcodeCount += 1
      let code = try input.byte()
      guard !isFirst || code == PickleOpcode.protocol.rawValue else {
        throw fail(.unsupportedProtocol(nil))
      }
      isFirst = false
      guard let opcode = PickleOpcode(rawValue: code) else {
        throw fail(.refusedOpcode(code: code, name: PickleOpcode.refusedName(code)))
      }
      if opcode == .stop { return try pop() }
      try execute(opcode)
    }
    throw tooLong
  }

  /// Counts members that one opcode copies: memos could otherwise have a list copied without end.
  mutating func countCopies(_ count: Int) throws(PickleError) {
    guard count <= Self.maximumOpcodeCount - copiedCount else { throw tooLong }
    copiedCount += count
  }

  private var tooLong: PickleError {
    fail(
      .tooLong(
        maximumByteCount: Self.maximumByteCount, maximumOpcodeCount: Self.maximumOpcodeCount))
  }

  private mutating func execute(_ opcode: PickleOpcode) throws {
    switch opcode {
    case .protocol:
      let version = try input.byte()
      guard (2...5).contains(version) else { throw fail(.unsupportedProtocol(version)) }
    case .frame:
      // A frame is a promise of how many bytes follow; the opcodes say where they end.
      let count = try input.number(8)
      guard count <= UInt64(input.end - input.position) else { throw fail(.truncated) }
    case .stop: break
    case .mark: marks.append(stack.count)
    case .none: stack.append(.none)
    case .newTrue: stack.append(.boolean(true))
    case .newFalse: stack.append(.boolean(false))
    case .binaryInteger:
      stack.append(.integer(Int(Int32(truncatingIfNeeded: try input.number(4)))))
    case .binaryInteger1: stack.append(.integer(Int(try input.number(1))))
    case .binaryInteger2: stack.append(.integer(Int(try input.number(2))))
    case .long1: stack.append(try longInteger())
    case .binaryFloat:
      _ = try input.number(8)
      stack.append(.other)
    case .shortBinaryString:
      // Strings of Python 2: texts where they are UTF-8, bytes elsewhere.
      let bytes = try input.bytes(input.number(1))
      stack.append(String(validating: bytes, as: UTF8.self).map(PickleValue.text) ?? .other)
    case .shortBinaryBytes:
      try pushBytes(count: input.number(1))
    case .binaryBytes: try pushBytes(count: input.number(4))
    case .shortBinaryUnicode: stack.append(try text(byteCount: input.number(1)))
    case .binaryUnicode: stack.append(try text(byteCount: input.number(4)))
    case .binaryUnicode8: stack.append(try text(byteCount: input.number(8)))
    case .emptySet: stack.append(.other)
    case .addItems:
      _ = try popToMark()
      guard case .other = try pop() else { throw fail(.wrongOperand(expected: "a set")) }
      stack.append(.other)
    case .emptyTuple: push(tuple: [])
    case .tuple1: push(tuple: try popLast(1))
    case .tuple2: push(tuple: try popLast(2))
    case .tuple3: push(tuple: try popLast(3))
    case .tuple: push(tuple: try popToMark())
    case .emptyList:
      stack.append(.list(heap.lists.count))
      heap.lists.append([])
    case .append: try append(popLast(1))
    case .appends: try append(popToMark())
    case .emptyDictionary: pushDictionary([])
    case .setItem: try setItems(popLast(2))
    case .setItems: try setItems(popToMark())
    case .binaryPut: try memoize(at: Int(input.number(1)))
    case .longBinaryPut: try memoize(at: Int(input.number(4)))
    case .memoize: try memoize(at: memo.count)
    case .binaryGet: try recall(Int(input.number(1)))
    case .longBinaryGet: try recall(Int(input.number(4)))
    case .global:
      guard let module = try input.line(), let name = try input.line() else { throw tooLong }
      try pushGlobal(module: text(module), name: text(name))
    case .stackGlobal:
      guard case (.text(let module), .text(let name)) = try popPair() else {
        throw fail(.wrongOperand(expected: "two texts that name a global"))
      }
      try pushGlobal(module: module, name: name)
    case .reduce, .newObject: try call()
    case .build: try build()
    case .persistentIdentifier: try pushStorage()
    }
  }

  func fail(_ clause: PickleError.Clause) -> PickleError {
    PickleError(clause, at: input.position, file: input.file.path)
  }
}

// MARK: The stack

extension PickleReader {
  /// What was pushed last; values below a mark belong to whoever set it.
  mutating func pop() throws(PickleError) -> PickleValue {
    guard stack.count > marks.last ?? 0, let value = stack.popLast() else {
      throw fail(.stackUnderflow)
    }
    return value
  }

  private mutating func popPair() throws(PickleError) -> (PickleValue, PickleValue) {
    let second = try pop()
    return (try pop(), second)
  }

  private mutating func popLast(_ count: Int) throws(PickleError) -> [PickleValue] {
    guard stack.count - (marks.last ?? 0) >= count else { throw fail(.stackUnderflow) }
    defer { stack.removeLast(count) }
    return Array(stack.suffix(count))
  }

  private mutating func popToMark() throws(PickleError) -> [PickleValue] {
    guard let mark = marks.popLast() else { throw fail(.noMark) }
    defer { stack.removeSubrange(mark...) }
    return Array(stack[mark...])
  }

  mutating func push(_ value: PickleValue) { stack.append(value) }

  mutating func push(tuple elements: [PickleValue]) {
    stack.append(.tuple(heap.tuples.count))
    heap.tuples.append(elements)
  }

  mutating func pushDictionary(_ members: [(key: PickleValue, value: PickleValue)]) {
    stack.append(.dictionary(heap.dictionaries.count))
    heap.dictionaries.append(members)
  }

  mutating func push(storage: TorchStorage) {
    stack.append(.storage(heap.storages.count))
    heap.storages.append(storage)
  }

  mutating func push(tensor: TorchTensor) {
    stack.append(.tensor(heap.tensors.count))
    heap.tensors.append(tensor)
  }

  private mutating func append(_ values: [PickleValue]) throws(PickleError) {
    guard stack.count > marks.last ?? 0, case .list(let index)? = stack.last else {
      throw fail(.wrongOperand(expected: "a list"))
    }
    heap.lists[index] += values
  }

  private mutating func setItems(_ values: [PickleValue]) throws(PickleError) {
    guard stack.count > marks.last ?? 0, case .dictionary(let index)? = stack.last,
      values.count % 2 == 0
    else { throw fail(.wrongOperand(expected: "pairs and a dictionary")) }
    for position in stride(from: 0, to: values.count, by: 2) {
      heap.dictionaries[index].append((values[position], values[position + 1]))
    }
  }

  private mutating func memoize(at index: Int) throws(PickleError) {
    guard stack.count > marks.last ?? 0, let value = stack.last else {
      throw fail(.stackUnderflow)
    }
    memo[index] = value
  }

  private mutating func recall(_ index: Int) throws(PickleError) {
    guard let value = memo[index] else { throw fail(.noSuchMemo(index: index)) }
    stack.append(value)
  }

  /// Attributes of a dictionary, such as a state dict's `_metadata`, are no part of it; those of what
  /// nothing asks for neither.
  private mutating func build() throws(PickleError) {
    _ = try pop()
    guard stack.count > marks.last ?? 0, let value = stack.last else { throw fail(.stackUnderflow) }
    switch value {
    case .dictionary, .other: return
    default: throw fail(.wrongOperand(expected: "a dictionary"))
    }
  }
}

// MARK: Numbers and texts

extension PickleReader {
  private mutating func longInteger() throws -> PickleValue {
    let bytes = try input.bytes(input.number(1))
    guard bytes.count <= 8 else { return .wideInteger(bytes) }
    let sign: UInt64 = bytes.last.map { $0 & 0x80 != 0 ? .max : 0 } ?? 0
    let bits = bytes.reversed().reduce(sign) { $0 << 8 | UInt64($1) }
    return .integer(Int(Int64(bitPattern: bits)))
  }

  /// Bytes and sets may stand beside the weights; nobody asks what is in them.
  private mutating func pushBytes(count: UInt64) throws {
    guard count <= UInt64(Self.maximumByteCount) else { throw tooLong }
    _ = try input.bytes(count)
    stack.append(.other)
  }

  private mutating func text(byteCount: UInt64) throws -> PickleValue {
    guard byteCount <= UInt64(Self.maximumByteCount) else { throw tooLong }
    return .text(try text(input.bytes(byteCount)))
  }

  private func text(_ bytes: [UInt8]) throws(PickleError) -> String {
    guard let text = String(validating: bytes, as: UTF8.self) else { throw fail(.textNotUnicode) }
    return text
  }
}
