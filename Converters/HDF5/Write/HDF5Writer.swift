import TensorStorage

/// Writes an HDF5 file as Keras does: old-style groups, values in one piece, names as attributes.
///
/// Outline the file, then write the bytes of its datasets in the order of ``tensors``, in pieces of any
/// size that do not reach into the next dataset, and finish. The same outline and values give the same
/// bytes; the file appears whole or not at all.
public struct HDF5Writer: ~Copyable {
  /// The datasets in the order in which their bytes must be written: group by group, the members of
  /// each by the bytes of their names.
  public let tensors: [TensorDescription]

  private var output: AtomicFileWriter
  private var position = 0
  private var pendingByteCount: Int

  /// Writes everything in front of the values.
  ///
  /// - Throws: ``FileError``.
  public init(
    path: String, collision: AtomicFileWriter.Collision, outline: HDF5Outline
  ) throws(FileError) {
    let front = FileFront(outline)
    tensors = front.tensors
    pendingByteCount = tensors.first?.byteCount ?? 0
    var output = try AtomicFileWriter(path: path, collision: collision)
    try output.write(front.buffer.bytes)
    self.output = output
  }

  /// Appends bytes to the dataset whose turn it is.
  ///
  /// - Throws: ``FileError``.
  public mutating func write(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
    guard bytes.count > 0 else { return }
    try skipFinishedTensors()
    precondition(
      bytes.count <= pendingByteCount,
      "\(bytes.count) bytes for a dataset that lacks \(pendingByteCount)")
    try output.write(bytes)
    pendingByteCount -= bytes.count
  }

  /// Puts the file in place.
  ///
  /// - Throws: ``FileError``; the name then still holds what it held before.
  public consuming func finish() throws(FileError) {
    try skipFinishedTensors()
    precondition(
      pendingByteCount == 0 && position + 1 >= tensors.count,
      "a file finished with datasets that lack bytes")
    // The file ends where its superblock says.
    try output.pad(toMultipleOf: 8)
    try output.commit()
  }

  private mutating func skipFinishedTensors() throws(FileError) {
    while pendingByteCount == 0, position + 1 < tensors.count {
      // Values begin at multiples of eight bytes.
      try output.pad(toMultipleOf: 8)
      position += 1
      pendingByteCount = tensors[position].byteCount
    }
  }
}
