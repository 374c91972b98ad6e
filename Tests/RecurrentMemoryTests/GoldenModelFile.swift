import JSON
import ModelFile
import ModelSchema
import TensorStorage
import TestSupport
import Testing
import Tokenizers

extension RecurrentGolden<Float> {
  /// Writes the golden's model as a native file, with or without its memory and its tokenizer.
  func write(
    to path: String, hasMemory: Bool = true, hasTokenizer: Bool = true,
    elementType: ElementType = .f32
  ) throws -> ModelFile {
    var description = model
    if !hasMemory { description.memory = nil }
    var writer = try ModelFileWriter(
      path: path, collision: .keepExisting, description: description,
      tokenizer: hasTokenizer
        ? try Tokenizer.load(folder: Fixtures.path("bert-tiny")) : nil,
      provenance: [], elementType: elementType)
    for parameter in writer.parameters {
      let elements = try #require(store.elements(named: parameter.name))
      try writer.write(floats: UnsafeBufferPointer(elements))
    }
    try writer.finish()
    return try ModelFile(path: path)
  }
}
