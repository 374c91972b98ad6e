import TensorStorage
import Testing

@testable import CheckpointConversion

struct CheckpointKindTests {
  private static func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }
  private static let length: [UInt8] = [2, 0, 0, 0, 0, 0, 0, 0]

  @Test(
    arguments: [
      ([], CheckpointKind.empty),
      ([0x89, 0x52, 0x4D, 0x54, 0x57, 0x0D, 0x0A, 0x1A], .native),
      ([0x89] + bytes("HDF\r\n\u{1A}\n"), .hdf5),
      ([UInt8](repeating: 0, count: 512) + [0x89] + bytes("HDF\r\n\u{1A}\n"), .hdf5),
      (length + bytes("{}"), .safetensors),
      (length + bytes(" {}"), .safetensors),
      // A header of 640 bytes begins like a pickle.
      ([0x80, 0x02, 0, 0, 0, 0, 0, 0] + bytes("{\"a\""), .safetensors),
      (bytes("{\"weight_map\": {}}"), .json),
      (bytes("PK\u{3}\u{4}rest"), .zipArchive),
      (
        bytes("PK\u{3}\u{4}") + [UInt8](repeating: 0, count: 26) + bytes("metadata.json"),
        .kerasArchive
      ),
      (
        bytes("PK\u{3}\u{4}") + [UInt8](repeating: 0, count: 22) + [5, 0, 0, 0] + bytes("a.npy"),
        .numPyArchive
      ),
      (
        bytes("PK\u{3}\u{4}") + [UInt8](repeating: 0, count: 22) + [255, 255, 0, 0]
          + bytes("a.npy"), .zipArchive
      ),
      ([0x80, 0x02, 0x8A, 0x0A, 0x6C, 0xFC, 0x9C, 0x46, 0xF9], .pickle),
      ([0x80, 0x04, 0x95, 0x0D, 0, 0, 0, 0, 0, 0, 0, 0x8A], .pickle),
      (bytes("sys_info") + [UInt8](repeating: 0, count: 249) + bytes("ustar"), .tarArchive),
      (bytes("version https://git-lfs.github.com/spec/v1\n"), .gitLFSPointer),
      (bytes("\n<!DOCTYPE html><html>"), .webPage),
      (bytes("<HTML>"), .webPage),
      (bytes("GGUF\u{3}\0\0\0"), .gguf),
      ([0x08, 0x0A, 0x12, 0x07] + bytes("pytorch"), .onnx),
      // A header of 4616 bytes begins like an ONNX model.
      ([0x08, 0x12, 0, 0, 0, 0, 0, 0] + bytes("{\"a\""), .safetensors),
      (bytes("once upon a time"), .unknown),
    ] as [([UInt8], CheckpointKind)])
  func `a file's kind is told by its first bytes`(prefix: [UInt8], kind: CheckpointKind) {
    #expect(CheckpointKind(prefix: prefix) == kind)
  }

  @Test func `an index of TensorFlow's is told by its last bytes`() {
    let magic: [UInt8] = [0x57, 0xFB, 0x80, 0x8B, 0x24, 0x75, 0x47, 0xDB]
    let footer = [UInt8](repeating: 0, count: 40) + magic
    let front: [UInt8] = [0, 0, 8, 8, 1, 0x1A, 2, 8, 1]
    #expect(CheckpointKind(prefix: front, suffix: footer) == .tensorFlowIndex)
    #expect(CheckpointKind(prefix: front, suffix: footer.reversed()) == .unknown)
    #expect(CheckpointKind(prefix: front, suffix: magic) == .unknown)
  }
}
