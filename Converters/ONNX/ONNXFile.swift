import ProtocolBuffers
import TensorStorage

/// The weights in an ONNX file, under the names of the parameters that they are.
///
/// Opening reads the graph, without the numbers, and finds each tensor's name; see ``ONNXNaming``.
/// `….kernel` is a matrix `[in, out]`. One tensor may come under several names.
public final class ONNXFile: TensorSource {
  /// The format's name for people.
  public let formatName = "ONNX"
  /// The file as it was named.
  public let path: String
  /// Every parameter, first those that have their name from the file.
  public let tensors: [TensorDescription]
  /// Constants of the computation, and what holds no numbers.
  public let skipped: [(path: String, reason: String)]

  private struct Storage {
    let file: RandomAccessFile
    let part: Range<Int>
    /// Where each number is a varint, how far one reader of the tensor has come.
    var varints: VarintWalk?

    /// The same place for another name, whose reader begins by itself.
    var forAnotherName: Storage {
      Storage(file: file, part: part, varints: varints.map { _ in VarintWalk(file, part) })
    }
  }

  private let file: RandomAccessFile
  private let externalFiles: [RandomAccessFile]
  private let storages: [[UInt8]: Storage]

  /// Opens a file, and those beside it that hold its numbers.
  ///
  /// - Throws: ``ONNXError``, `ProtocolBufferError`, `TruncatedBytes`, `FileError`.
  public init(path: String) throws {
    let file = try RandomAccessFile(path: path)
    let graph = try ONNXGraph(file)
    var tensors: [String: ONNXNaming.Tensor] = [:]
    var storages: [String: Storage] = [:]
    var order: [String] = []
    var skipped: [(path: String, reason: String)] = []
    var external: [String: RandomAccessFile] = [:]
    let constants = graph.nodes.compactMap { node in
      node.constant.flatMap { constant in node.outputs.first.map { (name: $0, constant) } }
    }
    for (name, initializer) in graph.initializers.map({ ($0.name, $0) }) + constants {
      func fail(_ clause: ONNXError.Clause) -> ONNXError {
        ONNXError(clause, tensor: name, file: path)
      }
      guard tensors[name] == nil else { throw fail(.duplicateName) }
      guard let type = ONNXElementType.elementType(initializer.type) else {
        skipped.append((name, "holds no numbers of whole bytes"))
        continue
      }
      guard let shape = Shape(checking: initializer.dimensions.map(Int.init)),
        shape.elementCount <= Int.max / 8
      else { throw fail(.shape(initializer.dimensions)) }
      tensors[name] = ONNXNaming.Tensor(elementType: type, shape: shape)
      order.append(name)
      storages[name] = try Self.storage(
        of: initializer, byteCount: shape.elementCount * type.byteWidth, type: type, in: file,
        &external, fail)
    }
    let naming = try ONNXNaming(graph.nodes, tensors: tensors, order: order, file: path)
    for name in order where !naming.named.contains(name) {
      skipped.append((name, "a constant of the computation"))
    }
    self.path = path
    self.file = file
    self.skipped = skipped
    externalFiles = external.sorted { $0.key < $1.key }.map(\.value)
    self.tensors = naming.names.compactMap { name in
      tensors[name.tensor].map {
        TensorDescription(name: name.parameter, elementType: $0.elementType, shape: $0.shape)
      }
    }
    self.storages = Dictionary(
      naming.names.compactMap { name in
        storages[name.tensor].map { (Array(name.parameter.utf8), $0.forAnotherName) }
      }, uniquingKeysWith: { first, _ in first })
  }

  /// The file, and those beside it.
  public var sourcePaths: [String] { [path] + externalFiles.map(\.path) }

  /// Copies rows; see ``TensorSource``.
  ///
  /// - Throws: ``ONNXError`` for a tensor that is not in the file, or whose numbers are no halves;
  ///   `FileError`.
  public func readRows(
    _ rows: Range<Int>, of tensor: TensorDescription,
    into destination: UnsafeMutableRawBufferPointer
  ) throws {
    guard let storage = storages[Array(tensor.name.utf8)] else {
      throw ONNXError(.noSuchTensor, tensor: tensor.name, file: path)
    }
    precondition(
      rows.lowerBound >= 0 && rows.upperBound <= tensor.shape.rowCount
        && destination.count == rows.count * tensor.bytesPerRow,
      "rows \(rows) of \(tensor.shape) into \(destination.count) bytes")
    let offset = rows.lowerBound * tensor.bytesPerRow
    if let walk = storage.varints {
      guard tensor.elementType == .f16 || tensor.elementType == .bf16 else {
        throw ONNXError(.notHalves, tensor: tensor.name, file: path)
      }
      do {
        try walk.read(from: offset / 2, into: destination)
      } catch VarintWalk.Failure.notHalf {
        throw ONNXError(.notHalves, tensor: tensor.name, file: path)
      }
    } else {
      try storage.file.read(at: storage.part.lowerBound + offset, into: destination)
    }
  }

  /// Where an initializer's bytes are, which are known to be there.
  private static func storage(
    of initializer: ONNXInitializer, byteCount: Int, type: ElementType, in file: RandomAccessFile,
    _ external: inout [String: RandomAccessFile], _ fail: (ONNXError.Clause) -> ONNXError
  ) throws -> Storage {
    switch initializer.place {
    case .nowhere:
      guard byteCount == 0 else { throw fail(.byteCount(0, expected: byteCount)) }
      return Storage(file: file, part: 0..<0)
    case .inFile(let part):
      guard part.count == byteCount else { throw fail(.byteCount(part.count, expected: byteCount)) }
      return Storage(file: file, part: part)
    case .varints(let part):
      // A number takes one byte at least; only halves are weights, and three bytes hold one.
      let isHalf = type == .f16 || type == .bf16
      guard !isHalf || (byteCount / 2...byteCount / 2 * 10).contains(part.count) else {
        throw fail(.byteCount(part.count, expected: byteCount))
      }
      return Storage(file: file, part: part, varints: VarintWalk(file, part))
    case .external(let name, let offset, let declared):
      guard declared == nil || declared == byteCount else {
        throw fail(.byteCount(declared ?? 0, expected: byteCount))
      }
      let folder = file.path.lastIndex(of: "/").map { String(file.path[...$0]) } ?? ""
      let found: RandomAccessFile
      do {
        found = try external[name] ?? RandomAccessFile(path: folder + name)
      } catch let error as FileError where error.kind == .missingInput {
        throw fail(.missingExternalFile(folder + name))
      }
      external[name] = found
      guard offset <= found.byteCount, byteCount <= found.byteCount - offset else {
        throw fail(.beyondEnd(offset: offset, byteCount: byteCount, file: found.path))
      }
      return Storage(file: found, part: offset..<offset + byteCount)
    }
  }
}
