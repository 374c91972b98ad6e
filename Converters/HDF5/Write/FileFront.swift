import TensorStorage

/// Everything in front of the values of a written file: superblock, groups, headers.
///
/// The oldest form of each structure, with the sizes of nodes that libhdf5 chooses. Source: HDF5 File
/// Format Specification 3.0, II–IV.
struct FileFront {
  /// Half of the entries of a symbol table node, and of a group's B-tree node.
  private static let leafHalf = 4
  private static let innerHalf = 16
  private static let superblockByteCount = 96

  /// The datasets in the order of their values.
  private(set) var tensors: [TensorDescription] = []
  private(set) var buffer = FieldBuffer()
  /// Address behind the last value.
  private(set) var end: UInt64 = 0

  /// The front of a file that holds an outline.
  ///
  /// Addresses of values depend on the front's size, which depends on no address: it is laid out
  /// once to be measured.
  init(_ outline: HDF5Outline) {
    let measured = FileFront(outline.root, firstValue: 0)
    self = FileFront(outline.root, firstValue: measured.buffer.address)
  }

  private init(_ root: HDF5Outline.Group, firstValue: UInt64) {
    end = firstValue
    buffer.zeros(Self.superblockByteCount)
    let (header, tree, heap) = add(root, path: "")
    buffer.pad()
    let front = Self.superblock(root: header, tree: tree, heap: heap, end: end)
    buffer.replaceFront(with: front)
  }

  private static func superblock(
    root: UInt64, tree: UInt64, heap: UInt64, end: UInt64
  ) -> FieldBuffer {
    var block = FieldBuffer()
    for byte in Superblock.signature { block.byte(Int(byte)) }
    block.zeros(5)  // versions of the superblock and of three tables, all 0
    block.byte(8)
    block.byte(8)
    block.byte(0)
    block.short(leafHalf)
    block.short(innerHalf)
    block.word(0)
    block.long(0)
    block.long(.max)
    block.long(end)
    block.long(.max)
    block.append(symbol(nameOffset: 0, header: root, cached: (tree, heap)))
    return block
  }

  private static func symbol(
    nameOffset: UInt64, header: UInt64, cached: (tree: UInt64, heap: UInt64)?
  ) -> FieldBuffer {
    var entry = FieldBuffer()
    entry.long(nameOffset)
    entry.long(header)
    entry.word(cached == nil ? 0 : 1)
    entry.word(0)
    entry.long(cached?.tree ?? 0)
    entry.long(cached?.heap ?? 0)
    return entry
  }

  /// Adds a group behind its members.
  private mutating func add(
    _ group: HDF5Outline.Group, path: String
  ) -> (header: UInt64, tree: UInt64, heap: UInt64) {
    let names = (Array(group.groups.keys) + Array(group.datasets.keys))
      .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    var heapData = FieldBuffer()
    heapData.zeros(8)  // the empty name, which is less than all others
    var symbols: [(nameOffset: UInt64, entry: FieldBuffer)] = []
    for name in names {
      let offset = heapData.address
      heapData.terminated(name)
      if let member = group.groups[name] {
        let (header, tree, heap) = add(member, path: path + name + "/")
        symbols.append(
          (offset, Self.symbol(nameOffset: offset, header: header, cached: (tree, heap))))
      } else if let tensor = group.datasets[name] {
        let header = add(tensor)
        symbols.append((offset, Self.symbol(nameOffset: offset, header: header, cached: nil)))
      }
    }
    let heap = addHeap(heapData)
    let tree = addTree(symbols)
    var table = FieldBuffer()
    table.long(tree)
    table.long(heap)
    let header = add(
      header: [(.symbolTable, table)]
        + group.attributes.map { (.attribute, HeaderMessages.attribute($0.name, $0.value)) })
    return (header, tree, heap)
  }

  private mutating func add(_ tensor: TensorDescription) -> UInt64 {
    tensors.append(tensor)
    let layout = HeaderMessages.contiguousLayout(address: end, byteCount: tensor.byteCount)
    end += UInt64((tensor.byteCount + 7) / 8 * 8)
    let isBrain = tensor.elementType == .bf16
    return add(
      header: [
        (.dataspace, HeaderMessages.dataspace(tensor.shape.dimensions)),
        (.datatype, HeaderMessages.datatype(tensor.elementType)),
        (.fillValue, HeaderMessages.fillValue()), (.layout, layout),
      ] + (isBrain ? [(.attribute, HeaderMessages.attribute("dtype", .string("bfloat16")))] : []))
  }

  private mutating func add(
    header messages: [(kind: HeaderMessage.Kind, body: FieldBuffer)]
  ) -> UInt64 {
    buffer.pad()
    let address = buffer.address
    buffer.append(HeaderMessages.header(messages))
    return address
  }

  private mutating func addHeap(_ data: FieldBuffer) -> UInt64 {
    let address = buffer.address
    buffer.text("HEAP")
    buffer.word(0)
    buffer.long(data.address)
    buffer.long(1)  // no free space
    buffer.long(address + 32)
    buffer.append(data)
    return address
  }

  /// A node over the children of one level, whose last names are their keys.
  private mutating func addTree(
    _ symbols: [(nameOffset: UInt64, entry: FieldBuffer)]
  ) -> UInt64 {
    var children: [(address: UInt64, lastName: UInt64)] = []
    for start in stride(from: 0, to: symbols.count, by: 2 * Self.leafHalf) {
      let part = symbols[start..<min(start + 2 * Self.leafHalf, symbols.count)]
      children.append((buffer.address, part.last?.nameOffset ?? 0))
      buffer.text("SNOD")
      buffer.byte(1)
      buffer.byte(0)
      buffer.short(part.count)
      for symbol in part { buffer.append(symbol.entry) }
      buffer.zeros((2 * Self.leafHalf - part.count) * 40)
    }
    var level = 0
    repeat {
      var nodes: [(address: UInt64, lastName: UInt64)] = []
      let byteCount = UInt64(24 + (4 * Self.innerHalf + 1) * 8)
      let first = buffer.address
      var before: UInt64 = 0
      for start in stride(from: 0, to: max(1, children.count), by: 2 * Self.innerHalf) {
        let part = children[start..<min(start + 2 * Self.innerHalf, children.count)]
        let address = buffer.address
        buffer.text("TREE")
        buffer.byte(0)
        buffer.byte(level)
        buffer.short(part.count)
        buffer.long(address == first ? .max : address - byteCount)
        buffer.long(start + part.count < children.count ? address + byteCount : .max)
        buffer.long(before)
        for child in part {
          buffer.long(child.address)
          buffer.long(child.lastName)
          before = child.lastName
        }
        buffer.zeros(2 * (2 * Self.innerHalf - part.count) * 8)
        nodes.append((address, before))
      }
      children = nodes
      level += 1
    } while children.count > 1
    return children[0].address
  }
}
