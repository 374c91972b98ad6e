internal import CHDF5
import TensorStorage

/// Finds every dataset of a file, in bounds: the file chooses neither how long this takes nor how
/// much memory.
struct HDF5Walk: ~Copyable {
  /// Groups nested deeper than this are a circle or an attack.
  static let maximumDepth = 64
  /// Groups and datasets together; the largest checkpoints have some thousands.
  static let maximumObjectCount = 100_000
  /// Bytes that the names of one group's members may take.
  static let maximumNameByteCount = 1 << 24

  private(set) var tensors: [TensorDescription] = []
  private(set) var skipped: [(path: String, reason: String)] = []
  private(set) var groups: [String] = [""]
  private var objectCount = 0
  private let file: String
  private let fileByteCount: Int

  init(_ handle: borrowing HDF5Handle, file: String, fileByteCount: Int) throws(HDF5Error) {
    self.file = file
    self.fileByteCount = fileByteCount
    try visit(group: "", depth: 0, handle)
  }

  private mutating func visit(
    group: String, depth: Int, _ handle: borrowing HDF5Handle
  ) throws(HDF5Error) {
    guard depth <= Self.maximumDepth else {
      throw HDF5Error(.tooDeep(limit: Self.maximumDepth), at: group, file: file)
    }
    for (kind, name) in try members(of: group, handle) {
      objectCount += 1
      guard objectCount <= Self.maximumObjectCount else {
        throw HDF5Error(.tooManyObjects(limit: Self.maximumObjectCount), at: group, file: file)
      }
      let path = group.isEmpty ? name : group + "/" + name
      switch rmt_hdf5_link_kind(UInt32(kind)) {
      case RMT_HDF5_GROUP:
        groups.append(path)
        try visit(group: path, depth: depth + 1, handle)
      case RMT_HDF5_DATASET: try add(dataset: path, handle)
      case RMT_HDF5_NAMED_TYPE: skipped.append((path, "a type without values"))
      case RMT_HDF5_SOFT_LINK:
        throw HDF5Error(.link(name: name, .soft), at: group, file: file)
      case RMT_HDF5_EXTERNAL_LINK:
        throw HDF5Error(.link(name: name, .external), at: group, file: file)
      default: throw HDF5Error(.link(name: name, .other), at: group, file: file)
      }
    }
  }

  private func members(
    of group: String, _ handle: borrowing HDF5Handle
  ) throws(HDF5Error) -> [(kind: UInt8, name: String)] {
    let outcome = handle.bytes { identifier in
      var bytes: UnsafeMutablePointer<UInt8>?
      var byteCount = 0
      let status = rmt_hdf5_list(
        identifier, "/" + group, Self.maximumNameByteCount, &bytes, &byteCount)
      return (status, 0, bytes, byteCount, 0)
    }
    switch outcome {
    case .failure(let reason):
      throw HDF5Error(.cannotList(reason: reason), at: group, file: file)
    case .success(let list):
      var members: [(kind: UInt8, name: String)] = []
      for item in list.bytes.split(separator: 0) {
        guard let kind = item.first,
          let name = String(validating: item.dropFirst(), as: UTF8.self),
          !name.isEmpty, name != ".", !name.utf8.contains(UInt8(ascii: "/"))
        else { throw HDF5Error(.unusableName, at: group, file: file) }
        members.append((kind, name))
      }
      return members
    }
  }

  private mutating func add(
    dataset path: String, _ handle: borrowing HDF5Handle
  ) throws(HDF5Error) {
    let identifier = handle.identifier
    let outcome = HDF5Library.call {
      var dataset = rmt_hdf5_dataset()
      let status = rmt_hdf5_describe(identifier, "/" + path, &dataset)
      return (Int64(status), HDF5Dataset(dataset))
    }
    switch outcome {
    case .failure(let reason):
      throw HDF5Error(.cannotDescribe(reason: reason), at: path, file: file)
    case .success(let dataset):
      do {
        switch try dataset.description(path: path, fileByteCount: fileByteCount) {
        case .tensor(let tensor): tensors.append(tensor)
        case .skipped(let reason): skipped.append((path, reason))
        }
      } catch {
        throw HDF5Error(error, at: path, file: file)
      }
    }
  }
}
