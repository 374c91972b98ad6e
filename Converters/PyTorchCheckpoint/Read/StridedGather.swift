import TensorStorage

/// Reads a box of a strided tensor into C order, with few reads and little memory.
///
/// A box whose elements lie close together is read in one piece, gaps and all, and its elements are
/// picked from memory. Another is halved along the axis with the longest reach, so that a transposed
/// matrix is read in panels of its storage and not element by element. A read costs about as much as
/// 16 KiB of bytes that nobody wants: by this the two ways are weighed.
struct StridedGather {
  /// The most bytes held at once.
  static let panelByteCount = 4 << 20
  private static let costOfRead = 16 << 10

  let file: RandomAccessFile
  let layout: StridedLayout
  /// What was read last.
  private(set) var panel: [UInt8] = []

  init(_ file: RandomAccessFile, layout: StridedLayout) {
    self.file = file
    self.layout = layout
  }

  /// Copies rows of the outermost axis; `destination` has exactly their bytes, and there are some.
  mutating func read(
    rows: Range<Int>, into destination: UnsafeMutableRawBufferPointer
  ) throws(FileError) {
    var extents = layout.dimensions
    var first = 0
    if !extents.isEmpty {
      extents[0] = rows.count
      first = rows.lowerBound * layout.strides[0]
    }
    // Elements of the destination from one place on an axis to the next.
    var steps = extents
    var step = 1
    for axis in extents.indices.reversed() {
      steps[axis] = step
      step *= extents[axis]
    }
    guard let base = destination.baseAddress else { return }
    try read(Box(first: first, target: 0, extents: extents), steps: steps, into: base)
  }

  /// A part of the tensor: its first element in the storage and in the destination, and its axes.
  private struct Box {
    var first: Int
    var target: Int
    var extents: [Int]
  }

  private mutating func read(
    _ box: Box, steps: [Int], into base: UnsafeMutableRawPointer
  ) throws(FileError) {
    let reaches = zip(box.extents, layout.strides).map { ($0 - 1) * $1 }
    let spanByteCount = (reaches.reduce(0, +) + 1) * layout.width
    let axis = reaches.indices.max { reaches[$0] < reaches[$1] }
    guard let axis, reaches[axis] > 0, !isDense(box, spanByteCount: spanByteCount) else {
      try readPanel(box, spanByteCount: spanByteCount, steps: steps, into: base)
      return
    }
    let half = box.extents[axis] / 2
    var (lower, upper) = (box, box)
    lower.extents[axis] = half
    upper.extents[axis] -= half
    upper.first += half * layout.strides[axis]
    upper.target += half * steps[axis]
    try read(lower, steps: steps, into: base)
    try read(upper, steps: steps, into: base)
  }

  /// Whether reading everything from the first element to the last costs less than reading each run
  /// of neighbours by itself.
  private func isDense(_ box: Box, spanByteCount: Int) -> Bool {
    guard spanByteCount <= Self.panelByteCount else { return false }
    let axes = box.extents.indices
      .filter { box.extents[$0] > 1 && layout.strides[$0] > 0 }
      .sorted { layout.strides[$0] < layout.strides[$1] }
    var (run, runCount) = (1, 1)
    for axis in axes {
      if layout.strides[axis] == run, runCount == 1 {
        run *= box.extents[axis]
      } else {
        // Axes that overlap in the storage make this too large, which only reads more at once.
        let product = runCount.multipliedReportingOverflow(by: box.extents[axis])
        runCount = product.overflow ? spanByteCount : min(product.partialValue, spanByteCount)
      }
    }
    return spanByteCount / runCount <= run * layout.width + Self.costOfRead
  }

  private mutating func readPanel(
    _ box: Box, spanByteCount: Int, steps: [Int], into base: UnsafeMutableRawPointer
  ) throws(FileError) {
    if panel.count < spanByteCount { panel = [UInt8](repeating: 0, count: spanByteCount) }
    let offset = layout.start + box.first * layout.width
    let (file, layout) = (file, layout)
    let result = panel.withUnsafeMutableBytes { panel in
      Result { () throws(FileError) in
        let bytes = UnsafeMutableRawBufferPointer(rebasing: panel[..<spanByteCount])
        try file.read(at: offset, into: bytes)
        guard let source = UnsafeRawPointer(bytes.baseAddress) else { return }
        let target = base + box.target * layout.width
        switch layout.width {
        case 1: Self.copy(UInt8.self, box, layout, from: source, to: target, steps: steps)
        case 2: Self.copy(UInt16.self, box, layout, from: source, to: target, steps: steps)
        case 4: Self.copy(UInt32.self, box, layout, from: source, to: target, steps: steps)
        default: Self.copy(UInt64.self, box, layout, from: source, to: target, steps: steps)
        }
      }
    }
    try result.get()
  }

  /// Picks a box's elements, the last axis in the innermost loop.
  private static func copy<Word: BitwiseCopyable>(
    _: Word.Type, _ box: Box, _ layout: StridedLayout, from source: UnsafeRawPointer,
    to target: UnsafeMutableRawPointer, steps: [Int]
  ) {
    let width = MemoryLayout<Word>.size
    guard let last = box.extents.indices.last else {
      target.storeBytes(of: source.loadUnaligned(as: Word.self), as: Word.self)
      return
    }
    let (count, stride) = (box.extents[last], layout.strides[last])
    var position = [Int](repeating: 0, count: last)
    var (from, to) = (0, 0)
    while true {
      for index in 0..<count {
        target.storeBytes(
          of: source.loadUnaligned(
            fromByteOffset: (from &+ index &* stride) &* width, as: Word.self),
          toByteOffset: (to &+ index) &* width, as: Word.self)
      }
      // The other axes count like the wheels of a meter. An axis of one place may have any stride,
      // which is added and taken off again.
      var axis = last - 1
      while axis >= 0 {
        position[axis] += 1
        from &+= layout.strides[axis]
        to &+= steps[axis]
        if position[axis] < box.extents[axis] { break }
        from &-= position[axis] &* layout.strides[axis]
        to &-= position[axis] &* steps[axis]
        position[axis] = 0
        axis -= 1
      }
      if axis < 0 { return }
    }
  }
}
