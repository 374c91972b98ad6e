import ArgumentParser

/// `rmt bench`: how fast this machine does what the other verbs do.
struct Bench: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measure speed and memory on this machine.",
    discussion: """
      Each benchmark warms up, then repeats for --seconds, or --repetitions times, and gives the \
      median and the best. Arithmetic is held against the peak of one core, which is measured too, \
      times the threads. An absolute time from a machine that others use means little: \
      Benchmarks/compare.py takes turns with other programs.

      Examples:
        rmt bench gemm
        rmt bench segment --shape base
        rmt bench segment --shape mini --segments 4096 --repetitions 1
        rmt bench train --shape 6,384,12,1536 --segments 2 --batch 4
        rmt bench tokenize book.txt --vocabulary bert.rmtw
        rmt bench convert path/to/bert-base-cased --json
      """,
    subcommands: [
      GEMMBenchmark.self, SegmentBenchmark.self, TrainBenchmark.self, TokenizeBenchmark.self,
      ConvertBenchmark.self,
    ])
}
