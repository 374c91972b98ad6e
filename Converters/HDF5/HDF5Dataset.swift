internal import CHDF5
import TensorStorage

/// What libhdf5 says of one dataset, and the rules by which it is believed.
struct HDF5Dataset: Sendable {
  let elementType: ElementType?
  let className: String
  let elementByteCount: UInt64
  let hasNoData: Bool
  let dimensions: [UInt64]
  let layout: UInt32
  let externalFileCount: Int32
  let storedByteCount: UInt64
  let offset: UInt64
  let chunkElementCount: UInt64

  /// A chunk is read whole, so it is bounded; Keras's and h5py's own are a thousandth of this.
  static let maximumChunkByteCount: UInt64 = 1 << 28
  /// A declared size above both of these bounds is refused, by Keras's own rule (CVE-2026-0897).
  static let plausibleByteCount = 1 << 32
  static let plausibleRatio: UInt64 = 1000

  /// A dataset that can be read, or why it is passed over.
  enum Description {
    case tensor(TensorDescription)
    case skipped(reason: String)
  }

  init(_ dataset: rmt_hdf5_dataset) {
    var dataset = dataset
    elementType = Self.elementType(
      class: UInt32(dataset.element_class), byteCount: dataset.element_byte_count)
    className = dataset.class_name.map { String(cString: $0) } ?? "no number"
    elementByteCount = dataset.element_byte_count
    hasNoData = dataset.has_no_data != 0
    let rank = max(0, Int(dataset.rank))
    dimensions = withUnsafeBytes(of: &dataset.dimensions) {
      Array($0.bindMemory(to: UInt64.self).prefix(rank))
    }
    layout = UInt32(dataset.layout)
    externalFileCount = dataset.external_file_count
    storedByteCount = dataset.stored_byte_count
    offset = dataset.offset
    chunkElementCount = dataset.chunk_element_count
  }

  private static func elementType(class: UInt32, byteCount: UInt64) -> ElementType? {
    switch (rmt_hdf5_element_class(`class`), byteCount) {
    case (RMT_HDF5_IEEE_FLOAT, 2): .f16
    case (RMT_HDF5_IEEE_FLOAT, 4): .f32
    case (RMT_HDF5_IEEE_FLOAT, 8): .f64
    case (RMT_HDF5_BFLOAT, 2): .bf16
    case (RMT_HDF5_SIGNED, 1): .i8
    case (RMT_HDF5_SIGNED, 2): .i16
    case (RMT_HDF5_SIGNED, 4): .i32
    case (RMT_HDF5_SIGNED, 8): .i64
    case (RMT_HDF5_UNSIGNED, 1): .u8
    case (RMT_HDF5_UNSIGNED, 2): .u16
    case (RMT_HDF5_UNSIGNED, 4): .u32
    case (RMT_HDF5_UNSIGNED, 8): .u64
    default: nil
    }
  }

  /// Holds the dataset to the rules.
  ///
  /// - Throws: the clause that is broken.
  func description(
    path: String, fileByteCount: Int
  ) throws(HDF5Error.Clause) -> Description {
    guard externalFileCount == 0 else { throw .externalStorage }
    guard rmt_hdf5_layout(layout) != RMT_HDF5_VIRTUAL else { throw .virtualDataset }
    guard let elementType else { return .skipped(reason: "holds \(className)") }
    if hasNoData { return .skipped(reason: "holds nothing") }

    let lengths = dimensions.compactMap { Int(exactly: $0) }
    guard lengths.count == dimensions.count, let shape = Shape(checking: lengths),
      let row = Shape(checking: Array(lengths.dropFirst())),
      !shape.elementCount.multipliedReportingOverflow(by: 128).overflow,
      !row.elementCount.multipliedReportingOverflow(by: 128).overflow
    else { throw .sizeOverflow(dimensions: dimensions) }
    let tensor = TensorDescription(name: path, elementType: elementType, shape: shape)
    try requirePlausibleStorage(of: tensor, fileByteCount: fileByteCount)
    return .tensor(tensor)
  }

  private func requirePlausibleStorage(
    of tensor: TensorDescription, fileByteCount: Int
  ) throws(HDF5Error.Clause) {
    let byteCount = tensor.byteCount
    guard byteCount > 0 else { return }
    if rmt_hdf5_layout(layout) == RMT_HDF5_CHUNKED {
      let (chunkByteCount, overflow) =
        chunkElementCount.multipliedReportingOverflow(by: elementByteCount)
      guard !overflow, chunkByteCount <= Self.maximumChunkByteCount else {
        throw .chunkTooLarge(elementCount: chunkElementCount)
      }
      guard storedByteCount <= UInt64(fileByteCount) else {
        throw .beyondEnd(fileByteCount: fileByteCount)
      }
      guard storedByteCount > 0 else {
        throw .sizeMismatch(byteCount: 0, expected: byteCount)
      }
    } else {
      // Never-written data would read as zeros; a checkpoint does not mean that.
      guard storedByteCount == UInt64(byteCount) else {
        throw .sizeMismatch(byteCount: storedByteCount, expected: byteCount)
      }
      if rmt_hdf5_layout(layout) == RMT_HDF5_CONTIGUOUS {
        let (end, overflow) = offset.addingReportingOverflow(storedByteCount)
        guard !overflow, end <= UInt64(fileByteCount) else {
          throw .beyondEnd(fileByteCount: fileByteCount)
        }
      }
    }
    if byteCount > Self.plausibleByteCount,
      UInt64(byteCount) / Self.plausibleRatio > storedByteCount
    {
      throw .implausibleSize(declared: byteCount, stored: storedByteCount)
    }
  }
}

extension HDF5Error.Clause: Error {}
