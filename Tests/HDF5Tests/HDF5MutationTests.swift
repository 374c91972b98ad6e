import Foundation
import HDF5
import TensorStorage
import TestSupport
import Testing

struct HDF5MutationTests {
  /// Every value, in pieces of a mebibyte.
  private func readAll(_ file: HDF5File) throws {
    for tensor in file.tensors {
      let rowsPerPiece = max(1, (1 << 20) / max(1, tensor.bytesPerRow))
      for start in stride(from: 0, to: tensor.shape.rowCount, by: rowsPerPiece) {
        let rows = start..<min(start + rowsPerPiece, tensor.shape.rowCount)
        var bytes = [UInt8](repeating: 0, count: rows.count * tensor.bytesPerRow)
        try bytes.withUnsafeMutableBytes { try file.readRows(rows, of: tensor, into: $0) }
      }
    }
  }

  /// A file as Keras lays it out, with names that take two attributes, small enough to be read often.
  private func small(in folder: TemporaryFolder) throws -> String {
    var outline = HDF5Outline()
    let names = (0..<12).map { "scope/dense_\($0)/kernel:0" }
    for name in names {
      outline.add(
        dataset: TensorDescription(name: "bert/" + name, elementType: .f32, shape: [2, 3]))
    }
    outline.set("layer_names", to: .strings(["bert"]), at: "")
    outline.set("weight_names0", to: .strings(Array(names.prefix(7))), at: "bert")
    outline.set("weight_names1", to: .strings(Array(names.dropFirst(7))), at: "bert")
    var writer = try HDF5Writer(
      path: folder.path("small.h5"), collision: .replace, outline: outline)
    for tensor in writer.tensors {
      try [UInt8](repeating: 1, count: tensor.byteCount).withUnsafeBytes { try writer.write($0) }
    }
    try writer.finish()
    return folder.path("small.h5")
  }

  @Test func `survives 20,000 damaged files`() throws {
    let folder = try TemporaryFolder()
    let paths = try [
      small(in: folder), fixture("newest.h5"), fixture("hostile/soft_link.h5"),
      fixture("chunked.h5"), fixture("various.h5"), fixture("refused/lzf.h5"),
      fixture("hostile/cycle.h5"), fixture("refused/dense_attributes.h5"),
    ]
    let originals = try paths.map { [UInt8](try Data(contentsOf: URL(fileURLWithPath: $0))) }
    let count = try MutationCount(
      of: originals, count: 20_000, seed: 0x4844_4635, as: "damaged.h5",
      isExpected: { $0 is any DescribedError }
    ) { path in
      let file = try HDF5File(path: path)
      for object in ["", "group", "bert"] where file.hasGroup(object) {
        for name in ["layer_names", "weight_names", "names", "fixed", "variable", "odd"] {
          _ = try file.strings(named: name, at: object)
        }
      }
      if file.hasGroup("bert") { _ = try file.kerasLayers() }
      try readAll(file)
    }
    print(count)
    #expect(count.read > 1000 && count.refused > 1000)
    #expect(count.longest < .seconds(2))
  }
}
