import ArgumentParser
import JSON
import Kernels

/// `rmt bench gemm`: matrix products.
struct GEMMBenchmark: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gemm",
    abstract: "Compute BERT's matrix products.",
    discussion: """
      C[M,N] = op(A)[M,K]·op(B)[K,N], one core unless --threads asks for more. The products are \
      those of a layer over 512 rows: packed forward with weights that were packed once, as reading \
      does it, nt forward in training, nn for the gradient at the input, tn for the gradient at the \
      weights, which is added to C. --shape takes others. A measurement takes \
      each product in turn.

      Examples:
        rmt bench gemm
        rmt bench gemm --shape 512,3072,768 --layout nt --threads 2
      """)

  @Option(
    help: ArgumentHelp("Sizes M,N,K in place of BERT's; may be repeated.", valueName: "M,N,K"),
    transform: { try Self.sizes($0) })
  var shape: [MatrixProduct.Sizes] = []

  @Option(help: ArgumentHelp("Only products of this layout.", valueName: "nn|nt|tn|packed"))
  var layout: MatrixProduct.Layout?

  @Option(help: ArgumentHelp("Threads.", valueName: "n"))
  var threads: Int = 1

  @OptionGroup var measuring: MeasuringOptions

  func validate() throws {
    guard (1...1024).contains(threads) else {
      throw ValidationError("--threads must lie between 1 and 1024.")
    }
  }

  func run() throws {
    let wanted =
      shape.isEmpty
      ? MatrixProduct.bert
      : shape.flatMap { sizes in MatrixProduct.Layout.allCases.map { (sizes, $0) } }
    let products = wanted.filter { layout == nil || $0.layout == layout }
      .map { MatrixProduct($0.sizes, layout: $0.layout, threadCount: threads) }
    var peak = 0.0
    func repetition() throws -> [Double] {
      try products.map { product in
        try Interruption.check()
        // The best of looks between the products: the peak is the machine's, not the moment's.
        peak = max(peak, ArithmeticPeak.operationsPerSecond(measuredFor: 0.005))
        // Short products are timed several at once.
        let count = max(1, Int(1e9 / product.sizes.operationCount))
        return Timings.seconds { for _ in 0..<count { product.compute() } } / Double(count)
      }
    }
    try measuring.report {
      _ = try repetition()
    } repetition: {
      try repetition()
    } result: { repetitions in
      let times = products.indices.map { index in Timings(repetitions.map { $0[index] }) }
      return self.result(Array(zip(products, times)), peak: peak)
    }
  }

  private func result(_ products: [(MatrixProduct, Timings)], peak: Double) -> BenchmarkResult {
    var result = BenchmarkResult("Matrix products M×N×K")
    result.add(threads: threads)
    let reachable = peak * Double(threads)
    result.set("peakGigaflopsPerSecond", .number(reachable * 1e-9))
    result.say("peak", "\(decimal(reachable * 1e-9, digits: 1)) GFLOP/s")
    result.set(
      "products",
      .array(
        products.map { product, times in
          let rate = product.sizes.operationCount / times.median
          let best = product.sizes.operationCount / times.minimum
          result.say(
            "\(product.layout.rawValue) \(product.sizes.name)",
            "\(decimal(rate * 1e-9, digits: 1)) GFLOP/s, \(percentage(rate / reachable)); "
              + "\(decimal(times.median * 1000, digits: 2)) ms, best \(decimal(best * 1e-9, digits: 1))"
          )
          return [
            "rows": .integer(product.sizes.rows), "columns": .integer(product.sizes.columns),
            "depth": .integer(product.sizes.depth), "layout": .string(product.layout.rawValue),
            "milliseconds": .number(times.median * 1000),
            "minimumMilliseconds": .number(times.minimum * 1000),
            "gigaflopsPerSecond": .number(rate * 1e-9), "shareOfPeak": .number(rate / reachable),
          ]
        }))
    result.addResidentMemory()
    return result
  }

  /// Reads three sizes.
  private static func sizes(_ argument: String) throws -> MatrixProduct.Sizes {
    let numbers = CommaSeparated<Int>(argument: argument)?.elements ?? []
    guard numbers.count == 3, numbers.allSatisfy({ (1...1 << 15).contains($0) }) else {
      throw ValidationError("Give three sizes from 1 to \(1 << 15): M,N,K, as in 512,3072,768.")
    }
    return MatrixProduct.Sizes(rows: numbers[0], columns: numbers[1], depth: numbers[2])
  }
}

extension MatrixProduct.Layout: ExpressibleByArgument {}
