import ModelSchema
import TensorStorage

/// The first pass over a source: every tensor gets its meaning.
struct TensorSorting {
  /// A tensor that stands for a parameter.
  struct Candidate: Sendable {
    let tensor: TensorDescription
    let orientation: Dialect.Orientation
  }

  let path: String
  /// The tensor of each parameter, by the parameter's name.
  var candidates: [String: Candidate] = [:]
  /// The tensors of the decoder of the head of masked language modelling.
  var decoder: [String: Candidate] = [:]
  /// The names of the other parameters of that head; empty where the network has none like it.
  let headParameters: [String]
  /// The shapes of the parameters, by their names, for one class.
  let shapes: [String: Shape]
  /// Tensors that are left out.
  private(set) var dropped: [ConversionRemark] = []
  /// What a person should know.
  private(set) var notes: [String] = []
  /// Encoder layers, or groups of layers, that the names speak of.
  private(set) var layerCount = 0
  /// The ids that the reference layout gives its memory tokens.
  private(set) var memoryIds: [Int]?
  private let dictionary: NameDictionary
  private let classifiesDocuments: Bool

  init(dialect: Dialect, configuration: SourceConfiguration, path: String) {
    self.path = path
    // Any label will do: the dictionary has to know the classifier's names, not its size.
    let widest = ModelDescription(
      encoder: configuration.encoder,
      memory: configuration.encoder.memoryJoinsWords ? nil : configuration.memory, labels: ["any"],
      predictsMaskedTokens: configuration.encoder.family == .bert)
    let parameters = ParameterCatalog(widest).parameters
    dictionary = dialect.dictionary(of: parameters)
    shapes = Dictionary(uniqueKeysWithValues: parameters.map { ($0.name, $0.shape) })
    headParameters = parameters.map(\.name).filter {
      $0.hasPrefix(ParameterCatalog.maskedTokenHeadPrefix)
    }
    classifiesDocuments = configuration.classifiesDocuments
  }

  /// Sorts every tensor.
  ///
  /// - Parameter names: what the dialect calls tensors whose own names do not tell, by those.
  /// - Throws: ``ConversionError`` at a tensor that must not be left out, or when two tensors with
  ///   different numbers stand for one parameter.
  mutating func sort(_ source: any TensorSource, calling names: [String: String] = [:]) throws {
    var unknownCount = 0
    for tensor in source.tensors {
      let name = names[tensor.name] ?? tensor.name
      if let number = dictionary.layerNumber(of: name) { layerCount = max(layerCount, number + 1) }
      switch dictionary.meaning(of: name) {
      case .parameter(let name, _) where name.hasPrefix("classifier.") && !classifiesDocuments:
        drop(tensor, DroppedReason.tokenClassifier)
      case .parameter(let name, let orientation):
        let candidate = Candidate(tensor: tensor, orientation: orientation)
        guard let first = candidates[name] else {
          candidates[name] = candidate
          continue
        }
        try checkRow(of: tensor, for: name)
        guard try areSame(first, candidate, in: source) else {
          throw ConversionError.ambiguousParameter(
            path: path, name: name, first: first.tensor.name, second: tensor.name)
        }
        drop(tensor, DroppedReason.sameNumbers(as: first.tensor.name))
      case .dropped(let reason):
        if let part = decoderPart(name), decoder[part] == nil {
          decoder[part] = Candidate(tensor: tensor, orientation: .asIs)
          continue
        }
        if tensor.name.hasSuffix("mem_token_ids") { memoryIds = try source.ids(of: tensor) }
        drop(tensor, reason)
      case .refused(let reason):
        throw ConversionError.refusedTensor(path: path, tensor: tensor.name, reason: reason)
      case .unknown:
        unknownCount += 1
        drop(tensor, DroppedReason.unknown)
      }
    }
    if unknownCount > 0 {
      notes.append(
        "\(unknownCount) \(unknownCount == 1 ? "tensor was" : "tensors were") left out as "
          + DroppedReason.unknown)
    }
  }

  /// Checks that a tensor's rows are no larger than its parameter, for they are read whole.
  private func checkRow(
    of tensor: TensorDescription, for name: String
  ) throws(ConversionError) {
    let expected = shapes[name] ?? []
    guard tensor.shape.elementsPerRow <= max(expected.elementCount, Self.largestClassCount) else {
      throw .shape(
        path: path, tensor: tensor.name, expected: expected, found: tensor.shape, because: "")
    }
  }

  /// A classifier `[in, out]` has rows as long as there are classes.
  private static let largestClassCount = 1 << 16

  /// The native name of a tensor of the head's decoder.
  private func decoderPart(_ name: String) -> String? {
    let inner = dictionary.dialect.unwrap(name)
    return [Self.decoderWeight, Self.decoderBias].contains(inner) ? inner : nil
  }

  /// Whether two tensors are one under two names.
  func areSame(
    _ first: Candidate, _ second: Candidate, in source: any TensorSource
  ) throws -> Bool {
    try first.orientation == second.orientation
      && first.tensor.elementType == second.tensor.elementType
      && first.tensor.shape == second.tensor.shape
      && source.holdsSameBytes(first.tensor, second.tensor)
  }

  mutating func drop(_ tensor: TensorDescription, _ reason: String) {
    dropped.append(ConversionRemark(name: tensor.name, reason: reason))
  }
}

extension TensorSource {
  /// Whether two tensors of the same type and shape hold the same bytes, read in pieces.
  func holdsSameBytes(_ first: TensorDescription, _ second: TensorDescription) throws -> Bool {
    let rowsPerChunk = ParameterReader.rowsPerChunk(of: first)
    var left = [UInt8](repeating: 0, count: rowsPerChunk * first.bytesPerRow)
    var right = left
    for start in stride(from: 0, to: first.shape.rowCount, by: rowsPerChunk) {
      let rows = start..<min(start + rowsPerChunk, first.shape.rowCount)
      let byteCount = rows.count * first.bytesPerRow
      let isSame = try left.withUnsafeMutableBytes { left in
        try right.withUnsafeMutableBytes { right in
          let leftPart = UnsafeMutableRawBufferPointer(rebasing: left[..<byteCount])
          let rightPart = UnsafeMutableRawBufferPointer(rebasing: right[..<byteCount])
          try readRows(rows, of: first, into: leftPart)
          try readRows(rows, of: second, into: rightPart)
          return leftPart.elementsEqual(rightPart)
        }
      }
      guard isSame else { return false }
    }
    return true
  }

  /// The numbers of a short list of ids; `nil` when it is none.
  func ids(of tensor: TensorDescription) throws -> [Int]? {
    guard tensor.shape.rank == 1, (1...65_536).contains(tensor.shape.elementCount),
      tensor.elementType == .i64
    else { return nil }
    let bytes = try bytes(of: tensor)
    return bytes.withUnsafeBytes { bytes in
      (0..<tensor.shape.elementCount).map {
        Int(Int64(littleEndian: bytes.loadUnaligned(fromByteOffset: $0 * 8, as: Int64.self)))
      }
    }
  }
}
