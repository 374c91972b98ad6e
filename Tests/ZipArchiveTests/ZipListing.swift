import Testing

/// What a reader of zip files sees: the archive's end, its directory, and each member's own headers.
struct ZipListing {
  struct Member {
    let name: String
    let flags: Int
    let checksum: UInt32
    let descriptorChecksum: UInt32
    let dataRange: Range<Int>
    var dataOffset: Int { dataRange.lowerBound }
  }

  let members: [Member]

  init(_ bytes: [UInt8]) throws {
    func number(_ offset: Int, _ byteCount: Int) -> Int {
      (0..<byteCount).reduce(0) { $0 | Int(bytes[offset + $1]) << ($1 * 8) }
    }
    let end = bytes.count - 22
    try #require(number(end, 4) == 0x0605_4B50)
    try #require(number(end - 20, 4) == 0x0706_4B50)
    let largeEnd = number(end - 12, 8)
    try #require(largeEnd == end - 76 && number(largeEnd, 4) == 0x0606_4B50)
    let count = number(end + 10, 2)
    try #require(number(largeEnd + 32, 8) == count)
    var position = number(end + 16, 4)
    try #require(number(largeEnd + 48, 8) == position)
    try #require(position + number(end + 12, 4) == largeEnd)
    var members: [Member] = []
    for _ in 0..<count {
      try #require(number(position, 4) == 0x0201_4B50 && number(position + 10, 2) == 0)
      let nameLength = number(position + 28, 2)
      let name = bytes[position + 46..<position + 46 + nameLength]
      let byteCount = number(position + 24, 4)
      try #require(number(position + 20, 4) == byteCount)
      let local = number(position + 42, 4)
      try #require(number(local, 4) == 0x0403_4B50 && number(local + 26, 2) == nameLength)
      try #require(bytes[local + 30..<local + 30 + nameLength] == name)
      let data = local + 30 + nameLength + number(local + 28, 2)
      let descriptor = data + byteCount
      try #require(number(descriptor, 4) == 0x0807_4B50)
      try #require(number(descriptor + 8, 4) == byteCount)
      members.append(
        Member(
          name: String(decoding: name, as: UTF8.self), flags: number(position + 8, 2),
          checksum: UInt32(number(position + 16, 4)),
          descriptorChecksum: UInt32(number(descriptor + 4, 4)), dataRange: data..<descriptor))
      position += 46 + nameLength + number(position + 30, 2) + number(position + 32, 2)
    }
    try #require(position == largeEnd)
    self.members = members
  }
}

/// CRC-32 bit by bit, from its polynomial.
func referenceCRC32(_ bytes: some Sequence<UInt8>) -> UInt32 {
  var checksum = UInt32.max
  for byte in bytes {
    checksum ^= UInt32(byte)
    for _ in 0..<8 {
      let carry = checksum & 1 == 1
      checksum >>= 1
      if carry { checksum ^= 0xEDB8_8320 }
    }
  }
  return ~checksum
}
