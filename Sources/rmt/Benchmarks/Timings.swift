/// The times of one thing that was done again and again, in seconds.
struct Timings {
  /// Ascending; at least one.
  private let ascending: [Double]

  /// Takes at least one time.
  init(_ seconds: [Double]) {
    precondition(!seconds.isEmpty, "nothing was timed")
    ascending = seconds.sorted()
  }

  /// How many there are.
  var count: Int { ascending.count }

  /// The shortest.
  var minimum: Double { ascending[0] }

  /// The middle one, or the mean of the two in the middle.
  var median: Double {
    let middle = ascending.count / 2
    return ascending.count.isMultiple(of: 2)
      ? (ascending[middle - 1] + ascending[middle]) / 2 : ascending[middle]
  }

  /// Seconds that `body` takes.
  static func seconds(of body: () throws -> Void) rethrows -> Double {
    let start = ContinuousClock.now
    try body()
    return (ContinuousClock.now - start).inSeconds
  }
}
