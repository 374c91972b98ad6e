import ModelFile
import Safetensors
import TensorStorage
import WeightFile

/// What a model remembers, as a file: the tensor `memory [m, d]` and how far reading had come.
struct SavedMemory {
  /// A document in the middle of which reading stopped.
  struct Interrupted: Hashable {
    /// Bytes of the document.
    let byteCount: Int
    /// Checksum of its bytes.
    let checksum: Checksum
    /// Tokens of it that the memory has seen.
    let tokensRead: Int
  }

  /// The numbers, `[m, d]`.
  let memory: [Float]
  /// The memory's shape.
  let shape: Shape
  /// Checksum of the model that the memory belongs to.
  let model: Checksum
  /// Segments that the memory has seen, over all documents.
  let segmentsRead: Int
  /// Document tokens that the memory has seen, over all documents.
  let tokensRead: Int
  /// The document that was not read to its end.
  let interrupted: Interrupted?

  private static let format = "rmt memory 1"
  /// Far more than is ever read, and far below what sums of counts can hold.
  private static let largestCount = 1 << 53

  /// Writes the file.
  ///
  /// - Throws: `FileError`.
  func write(to path: String, collision: AtomicFileWriter.Collision) throws {
    var metadata = [
      "format": Self.format, "model": "\(model)", "segments_read": "\(segmentsRead)",
      "tokens_read": "\(tokensRead)",
    ]
    if let interrupted {
      metadata["document_bytes"] = "\(interrupted.byteCount)"
      metadata["document_checksum"] = "\(interrupted.checksum)"
      metadata["document_tokens_read"] = "\(interrupted.tokensRead)"
    }
    var writer = try SafetensorsWriter(
      path: path, collision: collision,
      tensors: [TensorDescription(name: "memory", elementType: .f32, shape: shape)],
      metadata: metadata)
    var encoded = [UInt8](repeating: 0, count: memory.count * 4)
    memory.withUnsafeBufferPointer { numbers in
      encoded.withUnsafeMutableBytes { ElementType.f32.encodeFloats(numbers, into: $0) }
    }
    try encoded.withUnsafeBytes { try writer.write($0) }
    try writer.finish()
  }

  /// Reads the memory of a model.
  ///
  /// - Throws: ``CommandError`` when the file is no memory, or one of another model; the errors of
  ///   safetensors.
  init(path: String, for model: ModelFile) throws {
    func broken(_ problem: String, _ advice: String) -> CommandError {
      .badData(place: path, problem: problem, advice: advice)
    }
    let file = try SafetensorsFile(path: path)
    func number(_ name: String) throws -> Int {
      guard let text = file.metadata[name], let value = Int(text),
        (0...Self.largestCount).contains(value)
      else {
        throw broken(
          "the metadata have no \(name) that is a number from 0 to \(Self.largestCount)",
          "Save the memory again.")
      }
      return value
    }
    guard file.metadata["format"] == Self.format, let tensor = file.tensor(named: "memory") else {
      throw broken("this is no saved memory", "Give a file that rmt run --save-memory wrote.")
    }
    let checksum = Self.checksum(of: model)
    guard file.metadata["model"] == "\(checksum)" else {
      throw broken(
        "the memory belongs to another model than \(model.path)",
        "Use the model that saved it, or begin without --load-memory.")
    }
    let settings = model.description
    guard tensor.elementType == .f32,
      tensor.shape == [settings.memory?.tokenCount ?? 0, settings.encoder.hiddenSize]
    else {
      throw broken("the memory has shape \(tensor.shape)", "Save the memory again.")
    }
    memory = try file.floats(of: tensor)
    guard memory.allSatisfy(\.isFinite) else {
      throw broken("the memory holds NaN or infinity", "Save the memory again.")
    }
    shape = tensor.shape
    self.model = checksum
    segmentsRead = try number("segments_read")
    tokensRead = try number("tokens_read")
    if let spelling = file.metadata["document_checksum"] {
      guard let document = Checksum(spelling: spelling) else {
        throw broken("document_checksum is no checksum", "Save the memory again.")
      }
      interrupted = Interrupted(
        byteCount: try number("document_bytes"), checksum: document,
        tokensRead: try number("document_tokens_read"))
    } else {
      interrupted = nil
    }
  }

  /// A memory with every part given.
  init(
    memory: [Float], shape: Shape, model: Checksum, segmentsRead: Int, tokensRead: Int,
    interrupted: Interrupted?
  ) {
    self.memory = memory
    self.shape = shape
    self.model = model
    self.segmentsRead = segmentsRead
    self.tokensRead = tokensRead
    self.interrupted = interrupted
  }

  /// A checksum over everything that decides what a memory means.
  ///
  /// It covers the tensors, by their own checksums, and how segments are laid out; no tensor is read
  /// for it.
  static func checksum(of model: ModelFile) -> Checksum {
    var text = ""
    if let memory = model.description.memory { text += "\(memory.segmentPositions)\n" }
    for tensor in model.weights.tensors {
      text += "\(tensor.name) \(model.weights.checksum(of: tensor.name)?.description ?? "")\n"
    }
    var bytes = Array(text.utf8)
    return bytes.withUnsafeMutableBytes { Checksum(of: UnsafeRawBufferPointer($0)) }
  }
}
