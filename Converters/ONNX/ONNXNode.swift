import ProtocolBuffers

/// A step of the computation, as far as it tells what the tensors are that it takes: NodeProto.
///
/// Source: onnx, `onnx.proto`.
struct ONNXNode {
  private(set) var operation = ""
  private(set) var name = ""
  private(set) var inputs: [String] = []
  private(set) var outputs: [String] = []
  /// Whether a Gemm's second input is `[out, in]`.
  private(set) var transposesSecond = false
  /// The tensor of a node that is nothing else.
  private(set) var constant: ONNXInitializer?
  private var scopes = ""

  /// What torch's exporter writes of the modules that a step is in.
  private static let scopesKey = "pkg.torch.onnx.name_scopes"
  private static let maximumTextByteCount = 1 << 16
  private static let maximumOperandCount = 1 << 16

  /// Reads the message.
  ///
  /// - Throws: ``ONNXError``, `ProtocolBufferError`, `TruncatedBytes`, `FileError`.
  init(_ part: Range<Int>, _ reader: inout ProtocolBufferReader) throws {
    let limit = Self.maximumTextByteCount
    try reader.read(part) { reader, field in
      switch field.number {
      case 1: inputs.append(try reader.text(of: field, limit: limit))
      case 2: outputs.append(try reader.text(of: field, limit: limit))
      case 3: name = try reader.text(of: field, limit: limit)
      case 4: operation = try reader.text(of: field, limit: limit)
      case 5: try readAttribute(field.part(in: reader.path), &reader)
      case 9:
        let (key, value) = try reader.stringEntry(field.part(in: reader.path), limit: 1 << 20)
        if key == Self.scopesKey { scopes = value }
      default: break
      }
      guard inputs.count + outputs.count <= Self.maximumOperandCount else {
        throw ONNXError(.tooManyItems, file: reader.path)
      }
    }
  }

  /// Bytes of the texts, and places for them, that are held.
  var heldByteCount: Int {
    (inputs + outputs).reduce(name.utf8.count + operation.utf8.count + scopes.utf8.count) {
      $0 + $1.utf8.count + 16
    }
  }

  private mutating func readAttribute(
    _ part: Range<Int>, _ reader: inout ProtocolBufferReader
  ) throws {
    var attribute = ""
    var integer: Int64 = 0
    var tensor: ONNXInitializer?
    try reader.read(part) { reader, field in
      switch field.number {
      case 1: attribute = try reader.text(of: field, limit: Self.maximumTextByteCount)
      case 3: integer = try field.integer(in: reader.path)
      case 5: tensor = try ONNXInitializer(field.part(in: reader.path), &reader)
      default: break
      }
    }
    if attribute == "transB" { transposesSecond = integer != 0 }
    if attribute == "value" { constant = tensor }
  }

  /// The module that the step is in, `bert.encoder.layer.0.attention.self.query`; `nil` where nothing
  /// says so.
  ///
  /// Torch's newer exporter notes `['', 'bert', …, 'linear']`, the last being the step itself; the
  /// older one calls the node `/bert/…/query/MatMul`.
  var module: String? {
    let path: Substring?
    if !scopes.isEmpty {
      path =
        scopes.split(separator: "'", omittingEmptySubsequences: false)
        .enumerated().filter { !$0.offset.isMultiple(of: 2) }.map(\.element).dropLast().last
    } else if name.hasPrefix("/"), let end = name.lastIndex(of: "/") {
      path = name[..<end].dropFirst()
    } else {
      path = nil
    }
    guard let path, !path.isEmpty else { return nil }
    return String(path).replacing("/", with: ".")
  }
}
