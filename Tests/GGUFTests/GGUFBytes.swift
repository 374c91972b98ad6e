/// A GGUF file that a test writes by itself, so that it can be wrong in one thing.
struct GGUFBytes {
  var magic = Array("GGUF".utf8)
  var version: UInt32 = 3
  var tensorCount: UInt64?
  var memberCount: UInt64?
  var members: [[UInt8]] = [member("general.architecture", 8, string("bert"))]
  var tensors: [[UInt8]] = [tensor("a", [4, 2], 0, 0)]
  var alignment = 32
  /// The data of the tensor `a`: eight floats.
  var data = [UInt8](repeating: 0x3F, count: 32)

  var bytes: [UInt8] {
    var bytes = magic + Self.integer(version)
    bytes += Self.integer(tensorCount ?? UInt64(tensors.count))
    bytes += Self.integer(memberCount ?? UInt64(members.count))
    bytes += members.flatMap(\.self) + tensors.flatMap(\.self)
    bytes += [UInt8](repeating: 0, count: (alignment - bytes.count % alignment) % alignment)
    return bytes + data
  }

  static func integer(_ value: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian) { Array($0) }
  }

  static func string(_ text: String) -> [UInt8] {
    integer(UInt64(text.utf8.count)) + Array(text.utf8)
  }

  static func member(_ key: String, _ type: UInt32, _ value: [UInt8]) -> [UInt8] {
    string(key) + integer(type) + value
  }

  static func array(_ type: UInt32, count: UInt64, _ values: [UInt8]) -> [UInt8] {
    integer(type) + integer(count) + values
  }

  static func tensor(
    _ name: String, _ axes: [UInt64], _ type: UInt32, _ offset: UInt64, axisCount: UInt32? = nil
  ) -> [UInt8] {
    string(name) + integer(axisCount ?? UInt32(axes.count)) + axes.flatMap { integer($0) }
      + integer(type) + integer(offset)
  }
}
