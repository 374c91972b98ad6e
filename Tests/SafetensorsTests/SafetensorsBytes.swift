/// A file's bytes: the header's length, the header, and `dataByteCount` bytes counting up.
func safetensors(_ header: String, dataByteCount: Int) -> [UInt8] {
  safetensors(Array(header.utf8), dataByteCount: dataByteCount)
}

func safetensors(_ header: [UInt8], dataByteCount: Int) -> [UInt8] {
  lengthBytes(UInt64(header.count)) + header
    + (0..<dataByteCount).map { UInt8(truncatingIfNeeded: $0) }
}

func lengthBytes(_ length: UInt64) -> [UInt8] {
  (0..<8).map { UInt8(truncatingIfNeeded: length >> UInt64($0 * 8)) }
}
