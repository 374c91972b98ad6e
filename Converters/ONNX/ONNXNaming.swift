import TensorStorage

/// Finds out which parameter a graph's tensors are.
///
/// A tensor with a name of its own, `….weight`, keeps it. Exporters take names away from matrices
/// that they transpose, and store equal tensors once. What such a tensor is, the steps that take it
/// tell: the module that a step is in, or where nothing says that, the bias that is added behind a
/// product. A tensor that several modules take has several names. `….kernel` is a matrix
/// `[in, out]`.
struct ONNXNaming {
  /// What a name of a parameter ends with.
  private static let leaves = [".weight", ".bias", ".gamma", ".beta"]

  /// A tensor of numbers, by the name that the graph has for it.
  struct Tensor {
    let elementType: ElementType
    let shape: Shape
  }

  /// A tensor as a step sees it.
  private struct Operand {
    let name: String
    let tensor: Tensor
    let isTransposed: Bool
  }

  /// Names of parameters with the graph's own names for them, in the order of the graph.
  private(set) var names: [(parameter: String, tensor: String)] = []
  private var taken: Set<String> = []
  /// Tensors that have found a name.
  private(set) var named: Set<String> = []

  private let tensors: [String: Tensor]
  private let file: String
  /// What steps merely pass on, by the name of their output.
  private var passed: [String: (name: String, isTransposed: Bool)] = [:]
  /// The names of the biases that are added to the output of a step.
  private var addedBias: [String: String] = [:]

  /// Names a graph's tensors.
  ///
  /// - Throws: ``ONNXError`` at a matrix that nothing names, and at a table that was folded away.
  init(_ nodes: [ONNXNode], tensors: [String: Tensor], order: [String], file: String) throws {
    self.tensors = tensors
    self.file = file
    for name in order where Self.isParameter(name) { add(name, name) }
    for node in nodes { notePassing(node) }
    for node in nodes { try name(node) }
  }

  private static func isParameter(_ name: String) -> Bool { leaves.contains(where: name.hasSuffix) }

  private mutating func add(_ parameter: String, _ tensor: String) {
    named.insert(tensor)
    if taken.insert(parameter).inserted { names.append((parameter, tensor)) }
  }

  private mutating func notePassing(_ node: ONNXNode) {
    guard let output = node.outputs.first, let input = node.inputs.first else { return }
    switch node.operation {
    case "Identity", "Cast", "Transpose":
      passed[output] = (input, node.operation == "Transpose")
    case "Add" where node.inputs.count == 2:
      for (bias, other) in [(0, 1), (1, 0)] {
        guard let operand = operand(node.inputs[bias]), operand.name.hasSuffix(".bias") else {
          continue
        }
        addedBias[node.inputs[other]] = operand.name
      }
    default: break
    }
  }

  /// The tensor behind a name, through steps that pass it on; a chain of them ends somewhere.
  private func operand(_ name: String) -> Operand? {
    var name = name
    var isTransposed = false
    for _ in 0..<8 {
      if let tensor = tensors[name] {
        return Operand(name: name, tensor: tensor, isTransposed: isTransposed)
      }
      guard let step = passed[name] else { return nil }
      name = step.name
      if step.isTransposed { isTransposed.toggle() }
    }
    return nil
  }

  private mutating func name(_ node: ONNXNode) throws {
    func input(_ index: Int) -> Operand? {
      guard node.inputs.indices.contains(index), let found = operand(node.inputs[index]),
        found.tensor.elementType.isFloatingPoint
      else { return nil }
      return found
    }
    switch node.operation {
    case "MatMul":
      if let matrix = input(1) {
        try nameMatrix(matrix, of: node, isOutputFirst: false)
      }
    case "Gemm":
      if let matrix = input(1) {
        try nameMatrix(matrix, of: node, isOutputFirst: node.transposesSecond)
      }
      if let bias = input(2) { nameVector(bias, ".bias", of: node) }
    case "Gather":
      if let table = input(0), table.tensor.shape.rank == 2 {
        try nameMatrix(table, of: node, isOutputFirst: true)
      }
    case "LayerNormalization":
      if let gain = input(1) { nameVector(gain, ".weight", of: node) }
      if let offset = input(2) { nameVector(offset, ".bias", of: node) }
    case "Mul":
      for operand in [input(0), input(1)] { operand.map { nameVector($0, ".weight", of: node) } }
    case "Add":
      for operand in [input(0), input(1)].compactMap(\.self) {
        try refuseFoldedTable(operand, of: node)
        nameVector(operand, ".bias", of: node)
      }
    default: break
    }
  }

  private mutating func nameMatrix(
    _ matrix: Operand, of node: ONNXNode, isOutputFirst: Bool
  ) throws(ONNXError) {
    guard matrix.tensor.shape.rank == 2 else { return }
    let bias = node.outputs.first.flatMap { addedBias[$0] }
    guard let module = node.module ?? bias.map({ String($0.dropLast(".bias".count)) }) else {
      guard Self.isParameter(matrix.name) || named.contains(matrix.name) else {
        throw ONNXError(.unnamedMatrix(node: node.name), tensor: matrix.name, file: file)
      }
      return
    }
    let isWeight = isOutputFirst != matrix.isTransposed
    // A tensor that keeps its own name is not given it a second time, transposed.
    if matrix.name == "\(module).weight" { return }
    add("\(module).\(isWeight ? "weight" : "kernel")", matrix.name)
  }

  private mutating func nameVector(_ vector: Operand, _ leaf: String, of node: ONNXNode) {
    guard vector.tensor.shape.rank == 1, let module = node.module else { return }
    let names = leaf == ".weight" ? [leaf, ".gamma"] : [leaf, ".beta"]
    // Older checkpoints call them gamma and beta; the tensor has its name then.
    if names.contains(where: { vector.name == module + $0 }) { return }
    add(module + leaf, vector.name)
  }

  /// An exporter that knows the length of the text looks positions up itself and keeps the result.
  private func refuseFoldedTable(_ operand: Operand, of node: ONNXNode) throws(ONNXError) {
    guard operand.tensor.shape.rank > 1, !Self.isParameter(operand.name),
      node.module?.split(separator: ".").last == "embeddings"
    else { return }
    throw ONNXError(.foldedTable(operand.tensor.shape), tensor: operand.name, file: file)
  }
}
