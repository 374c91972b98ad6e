import Foundation

/// What became of damaged files that a reader was given.
public struct MutationCount: Sendable, CustomStringConvertible {
  /// Files that were read to the end all the same.
  public private(set) var read = 0
  /// Files that were refused with an error.
  public private(set) var refused = 0
  /// The file that took longest.
  public private(set) var longest = Duration.zero

  /// Gives a reader damaged copies of well-formed files, one after another under one name.
  ///
  /// A copy on which the reader traps or never ends takes the test with it; the seed finds it again.
  ///
  /// - Parameters:
  ///   - originals: well-formed files.
  ///   - count: how many copies.
  ///   - seed: what chooses the damage.
  ///   - name: the file's name in a folder of its own.
  ///   - read: opens the file at this path and reads everything in it.
  /// - Throws: what `isExpected` does not accept, as the reader threw it.
  public init(
    of originals: [[UInt8]], count: Int, seed: UInt64, as name: String,
    isExpected: (any Error) -> Bool, read: (String) throws -> Void
  ) throws {
    let folder = try TemporaryFolder()
    let clock = ContinuousClock()
    for bytes in Mutations(of: originals, count: count, seed: seed) {
      // Removed, not cut: ext4 writes out at once what is cut and written again, 2 ms a file.
      try? FileManager.default.removeItem(atPath: folder.path(name))
      let path = try folder.write(bytes, to: name)
      let start = clock.now
      do {
        try read(path)
        self.read += 1
      } catch let error where isExpected(error) {
        refused += 1
      }
      longest = max(longest, clock.now - start)
    }
  }

  /// The counts, for a test's output.
  public var description: String {
    "\(read + refused) mutations: \(refused) refused, \(read) read, the longest took \(longest)"
  }
}
