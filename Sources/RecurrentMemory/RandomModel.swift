import JSON
import ModelFile
import ModelSchema
import Randomness
import TensorStorage
import Tokenizers

/// A model as it is before anything was learned.
///
/// Tables and matrices are drawn from N(0, σ²) with the configuration's σ, gains are one, offsets
/// are zero. The numbers are a function of seed and shape alone.
package struct RandomModel {
  private let description: ModelDescription
  private let tokenizer: Tokenizer
  private let seed: UInt64

  private static let pieceElementCount = 1 << 16

  /// A model with every part given.
  package init(description: ModelDescription, tokenizer: Tokenizer, seed: UInt64) {
    self.description = description
    self.tokenizer = tokenizer
    self.seed = seed
  }

  /// Writes the model's file piece by piece.
  ///
  /// - Throws: `FileError`, `ConfigurationError`, what `progress` throws; that is told the numbers
  ///   written and all of them.
  package func write(
    to path: String, collision: AtomicFileWriter.Collision,
    progress: (_ doneCount: Int, _ totalCount: Int) throws -> Void = { _, _ in }
  ) throws {
    let step = ProvenanceStep(
      verb: "create", toolVersion: ProvenanceStep.currentToolVersion, sources: [], dialect: nil,
      dropped: [],
      created: [],
      options: ["initializerRange": .number(description.encoder.initializerRange)], seed: seed)
    var writer = try ModelFileWriter(
      path: path, collision: collision, description: description, tokenizer: tokenizer,
      provenance: [step], elementType: .f32)
    var stream = RandomStream(seed: seed)
    let deviation = description.encoder.initializerRange
    let total = ParameterCatalog(description).elementCount
    var done = 0
    for parameter in writer.parameters {
      var remaining = parameter.shape.elementCount
      while remaining > 0 {
        let count = min(remaining, Self.pieceElementCount)
        let piece: [Float] =
          switch parameter.role {
          case .embedding, .weight, .memory:
            (0..<count).map { _ in Float(stream.normal(standardDeviation: deviation)) }
          case .gain: [Float](repeating: 1, count: count)
          case .bias, .normBias: [Float](repeating: 0, count: count)
          }
        try piece.withUnsafeBufferPointer { try writer.write(floats: $0) }
        remaining -= count
        done += count
        try progress(done, total)
      }
    }
    try writer.finish()
  }
}
