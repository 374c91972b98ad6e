import JSON
import TensorStorage

/// Writes a weight file front to back, holding one buffer in memory and never a tensor.
///
/// The layout is planned first; checksums are put into the header at the end. The file appears under
/// its name in ``finish()``, whole or not at all. Same arguments and bytes, same file.
package struct WeightFileWriter: ~Copyable {
  /// What is written where.
  package let layout: WeightFileLayout
  private var output: AtomicFileWriter
  private var checksum: StreamingChecksum
  private var checksums: [Checksum] = []
  /// Bytes of the current tensor so far; the current tensor is the one after ``checksums``.
  private var currentByteCount = 0

  /// Plans the file and opens it beside its final name.
  ///
  /// - Throws: ``WeightFileError`` when the file would break a rule; `FileError`.
  package init(
    path: String, collision: AtomicFileWriter.Collision, kind: String, metadata: JSONObject,
    tensors: [TensorDescription]
  ) throws {
    let layout = try WeightFileLayout(path: path, kind: kind, metadata: metadata, tensors: tensors)
    var output = try AtomicFileWriter(path: path, collision: collision)
    let placeholders = [Checksum](repeating: Checksum(0), count: tensors.count)
    try output.write(layout.header(checksums: placeholders))
    try output.pad(toMultipleOf: WeightFileFormat.dataAlignment)
    self.layout = layout
    self.output = output
    checksum = StreamingChecksum()
  }

  /// The tensor that is being written, complete or not; `nil` when all were put away.
  private var currentTensor: TensorDescription? {
    checksums.count < layout.tensors.count ? layout.tensors[checksums.count] : nil
  }

  /// The tensor that the next byte belongs to and the bytes it still lacks; `nil` when all are there.
  package var next: (tensor: TensorDescription, missingByteCount: Int)? {
    var written = currentByteCount
    for tensor in layout.tensors[checksums.count...] {
      if written < tensor.byteCount { return (tensor, tensor.byteCount - written) }
      written = 0
    }
    return nil
  }

  /// Appends bytes to the tensors, in their order; pieces may be cut anywhere.
  ///
  /// - Throws: ``WeightFileError`` for bytes beyond the last tensor; `FileError`.
  package mutating func write(_ bytes: UnsafeRawBufferPointer) throws {
    var rest = bytes
    while !rest.isEmpty {
      try closeCompleteTensors()
      guard let tensor = currentTensor else {
        throw WeightFileError(
          path: output.path,
          .surplusBytes(expected: layout.tensors.reduce(0) { $0 + $1.byteCount }))
      }
      let count = min(rest.count, tensor.byteCount - currentByteCount)
      let piece = UnsafeRawBufferPointer(rebasing: rest[..<count])
      checksum.update(piece)
      try output.write(piece)
      currentByteCount += count
      rest = UnsafeRawBufferPointer(rebasing: rest[count...])
    }
  }

  /// Appends bytes to the tensors.
  package mutating func write(_ bytes: [UInt8]) throws {
    let result = bytes.withUnsafeBytes { buffer in Result { try write(buffer) } }
    try result.get()
  }

  /// Puts the checksums into the header and the file in place.
  ///
  /// - Parameter metadata: what takes the place of the metadata given at first, for what was not known
  ///   then; of the same length in bytes.
  /// - Throws: ``WeightFileError`` when a tensor lacks bytes; `FileError`.
  package consuming func finish(metadata: JSONObject? = nil) throws {
    try closeCompleteTensors()
    if let tensor = currentTensor {
      throw WeightFileError(
        path: output.path,
        .missingBytes(
          tensor: tensor.name, expected: tensor.byteCount, actual: currentByteCount))
    }
    var layout = layout
    if let metadata { layout = layout.replacing(metadata: metadata) }
    try output.overwrite(layout.header(checksums: checksums), at: 0)
    try output.commit()
  }

  /// Closes the current tensor when it has all its bytes, and empty ones after it.
  private mutating func closeCompleteTensors() throws {
    while let tensor = currentTensor, currentByteCount == tensor.byteCount {
      checksums.append(Checksum(checksum.value))
      checksum.reset()
      currentByteCount = 0
      if currentTensor != nil {
        try output.pad(toMultipleOf: WeightFileFormat.tensorAlignment)
      }
    }
  }
}
