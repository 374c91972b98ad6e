import TensorStorage

/// An ONNX file breaks a rule, or does not say which weights it holds; one case per rule.
public struct ONNXError: DescribedError {
  /// The rule that was broken.
  public enum Clause: Sendable, Hashable {
    /// A model without a graph.
    case noGraph
    /// A model with two.
    case twoGraphs
    /// Far more tensors and steps than a model has.
    case tooManyItems
    /// Two tensors of one name.
    case duplicateName
    /// No shape, or one whose size cannot be counted in 63 bits.
    case shape([Int64])
    /// Numbers of another size than the shape's.
    case byteCount(Int, expected: Int)
    /// A tensor in pieces, which the format provides for and nobody writes.
    case segment
    /// Numbers in two places.
    case numbersTwice
    /// Numbers that each have a key of their own.
    case unpackedNumbers
    /// Integers that are no half-precision numbers.
    case notHalves
    /// The name of a file beside this one that is no plain name.
    case externalName(String)
    /// A place in a file beside this one that is no number.
    case externalNumber(key: String, String)
    /// A file beside this one that is not there.
    case missingExternalFile(String)
    /// Bytes beyond the end of a file beside this one.
    case beyondEnd(offset: Int, byteCount: Int, file: String)
    /// A matrix of which nothing tells what it is.
    case unnamedMatrix(node: String)
    /// A table of which only the rows for a text of one length are left.
    case foldedTable(Shape)
    /// A tensor that is asked for and is not in the file.
    case noSuchTensor
  }

  /// The rule that was broken.
  public let clause: Clause
  /// The tensor that it is about.
  public let tensor: String?
  /// The file as it was named.
  public let file: String

  init(_ clause: Clause, tensor: String? = nil, file: String) {
    self.clause = clause
    self.tensor = tensor
    self.file = file
  }

  /// A file that is missing, or a file's content.
  public var kind: FailureKind {
    if case .missingExternalFile = clause { .missingInput } else { .badData }
  }

  /// The file, and the tensor where the rule is about one.
  public var place: String? { tensor.map { "\(file), tensor \($0.quotedName)" } ?? file }

  /// What was found and what the format asks for.
  public var problem: String {
    switch clause {
    case .noGraph: "the model has no graph"
    case .twoGraphs: "the model has two graphs"
    case .tooManyItems: "the graph has far more tensors, steps or names than a model has"
    case .duplicateName: "there are two tensors of this name"
    case .shape(let dimensions):
      "the shape \(dimensions.abridgedShape) "
        + "is none, or too large to be counted"
    case .byteCount(let byteCount, let expected):
      "its numbers have \(byteCount) bytes, type and shape ask for \(expected)"
    case .segment: "it lies in segments, which are not put together here"
    case .numbersTwice: "its numbers lie in two places"
    case .unpackedNumbers: "its numbers are not packed"
    case .notHalves: "its integers are not half-precision numbers"
    case .externalName(let name):
      "its numbers are said to lie in \(name.quotedName), which is not the name of a file in the "
        + "same folder"
    case .externalNumber(let key, let text):
      "its \(key) in the other file is \(text.quotedName), which is no number"
    case .missingExternalFile(let path): "its numbers lie in \(path), which is missing"
    case .beyondEnd(let offset, let byteCount, let file):
      "its \(byteCount) bytes from \(offset) on reach beyond the end of \(file)"
    case .unnamedMatrix(let node):
      "nothing in the graph says which weight it is; the step \(node.quotedName) takes it"
    case .foldedTable(let shape):
      "it is all that is left of a table of embeddings, \(shape) for texts of one length"
    case .noSuchTensor: "there is no such tensor in the file"
    }
  }

  /// What to do about it.
  public var advice: String? {
    switch clause {
    case .missingExternalFile: "Copy it beside the model."
    case .unnamedMatrix:
      "Optimised and quantised files (model_O2.onnx, model_quantized.onnx …) have lost the names: take "
        + "model.onnx beside them, export the model again with torch.onnx.export, which names steps by "
        + "their modules, or convert from the checkpoint that it was exported from."
    case .foldedTable:
      "Export the model again with open sizes (dynamic_shapes, or dynamic_axes), or convert from the "
        + "checkpoint that it was exported from."
    case .segment, .unpackedNumbers: "Save the model again with the onnx package."
    case .externalName: "Save the model again with its data in its own folder."
    case .noSuchTensor: nil
    default: "The file is cut or damaged; copy or download it again."
    }
  }
}
