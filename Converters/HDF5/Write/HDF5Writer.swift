import TensorStorage

/// Writes an HDF5 file as Keras does: old-style groups, values in one piece, names as attributes.
///
/// Outline the file, then write the bytes of its datasets in the order of ``tensors``, in pieces of any
/// size that do not reach into the next dataset, and finish. The same outline and values give the same
/// bytes; the file appears whole or not at all.
public struct HDF5Writer: TensorWriter, ~Copyable {
  /// The datasets in the order in which their bytes must be written: group by group, the members of
  /// each by the bytes of their names.
  public let tensors: [TensorDescription]

  private var output: AtomicFileWriter
  private var turns: TensorTurns

  /// Writes everything in front of the values.
  ///
  /// - Throws: ``FileError``.
  public init(
    path: String, collision: AtomicFileWriter.Collision, outline: HDF5Outline
  ) throws(FileError) {
    let front = FileFront(outline)
    tensors = front.tensors
    turns = TensorTurns(byteCounts: tensors.map(\.byteCount))
    var output = try AtomicFileWriter(path: path, collision: collision)
    try output.write(front.buffer.bytes)
    self.output = output
  }

  /// Appends bytes to the dataset whose turn it is.
  ///
  /// - Throws: ``FileError``.
  public mutating func write(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
    guard bytes.count > 0 else { return }
    try endFinishedTensors()
    turns.take(bytes.count)
    try output.write(bytes)
  }

  /// Puts the file in place.
  ///
  /// - Throws: ``FileError``; the name then still holds what it held before.
  public consuming func finish() throws(FileError) {
    try endFinishedTensors()
    turns.checkFinished()
    try output.commit()
  }

  private mutating func endFinishedTensors() throws(FileError) {
    // Values begin at multiples of eight bytes, and the file ends at one, as its superblock says.
    while turns.end() != nil { try output.pad(toMultipleOf: 8) }
  }
}
