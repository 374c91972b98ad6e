import Kernels
import Randomness
import TensorStorage
import Transformer

/// One matrix product C[M, N] = op(A)[M, K]·op(B)[K, N], with numbers to compute it on.
final class MatrixProduct {
  /// Which of the factors are transposed where they lie.
  enum Layout: String, CaseIterable {
    /// A·B: the gradient at a layer's input.
    case nn
    /// A·Bᵀ: a layer forward in training, with its weights as checkpoints have them.
    case nt
    /// Aᵀ·B, added to C: the gradient at a layer's weights.
    case tn
    /// A·Bᵀ with Bᵀ packed beforehand: a layer of a model that is read and not trained.
    case packed
  }

  /// The sizes M, N, K.
  struct Sizes: Hashable {
    let rows: Int
    let columns: Int
    let depth: Int

    /// A multiplication with its addition counts as two.
    var operationCount: Double { 2 * Double(rows) * Double(columns) * Double(depth) }
    /// The sizes in words: `512×768×3072`.
    var name: String { "\(rows)×\(columns)×\(depth)" }
  }

  let sizes: Sizes
  let layout: Layout
  let a: UnsafeMutablePointer<Float>
  let b: UnsafeMutablePointer<Float>
  let c: UnsafeMutablePointer<Float>
  private let packedB: UnsafeMutablePointer<Float>
  private let columnSums: UnsafeMutablePointer<Float>
  private let multiplier: MatrixMultiplier<Float>
  private let numbers: Arena<Float>

  /// Fills both factors with numbers around zero.
  init(_ sizes: Sizes, layout: Layout, threadCount: Int) {
    self.sizes = sizes
    self.layout = layout
    let packedCount =
      layout == .packed
      ? Linear<Float>.packedCount(outputs: sizes.columns, inputs: sizes.depth) : 0
    let counts = [
      sizes.rows * sizes.depth, sizes.depth * sizes.columns, sizes.rows * sizes.columns,
      packedCount, sizes.rows,
      MatrixMultiplier<Float>.leftCount(rows: sizes.rows, depth: sizes.depth),
    ]
    let lanes = [Int](repeating: Float.gemmWorkspaceCount, count: threadCount)
    let numbers = Arena<Float>(
      count: (counts + lanes).reduce(0) { $0 + Arena<Float>.space(for: $1) })
    let places = counts.map(numbers.allocate)
    (a, b, c, packedB, columnSums) = (places[0], places[1], places[2], places[3], places[4])
    let team = ThreadTeam(threadCount: threadCount)
    multiplier = MatrixMultiplier(team: team, left: places[5], lanes: lanes.map(numbers.allocate))
    self.numbers = numbers
    // Small enough that adding to C again and again stays far from infinity.
    var stream = RandomStream(seed: 1)
    for index in 0..<counts[0] { a[index] = Float(stream.uniform() - 0.5) }
    for index in 0..<counts[1] { b[index] = Float(stream.uniform() - 0.5) }
    if layout == .packed {
      Linear.pack(b, outputs: sizes.columns, inputs: sizes.depth, into: packedB, team: team)
    }
  }

  /// Computes the product once, as the engine's layers do: packs the left side, multiplies.
  func compute() {
    let (rows, columns, depth) = (sizes.rows, sizes.columns, sizes.depth)
    if layout == .tn {
      // The gradient at the bias comes with it.
      multiplier.packTransposed(a, rows: depth, columns: rows, addingColumnSumsTo: columnSums)
    } else {
      multiplier.pack(a, rows: rows, depth: depth)
    }
    let right: RightOperand<Float> =
      switch layout {
      case .nn, .tn: RightOperand(b, .rows, stride: columns)
      case .nt: RightOperand(b, .columns, stride: depth)
      case .packed: RightOperand(packedB, .packed)
      }
    multiplier.multiply(
      rows: rows, columns: columns, depth: depth, right: right, accumulate: layout == .tn, into: c)
  }

  /// What a layer of BERT computes, forward and backward, over 512 rows: attention's projections
  /// and the feed-forward network's two matrices, of BERT-base and of the small MiniLM.
  static let bert: [(sizes: Sizes, layout: Layout)] = [(768, 3072), (384, 1536)].flatMap {
    (width, inner) in
    [(width, width), (inner, width), (width, inner)].flatMap { (outputs, inputs) in
      [
        (Sizes(rows: 512, columns: outputs, depth: inputs), Layout.packed),
        (Sizes(rows: 512, columns: outputs, depth: inputs), Layout.nt),
        (Sizes(rows: 512, columns: inputs, depth: outputs), Layout.nn),
        (Sizes(rows: outputs, columns: inputs, depth: 512), Layout.tn),
      ]
    }
  }
}
