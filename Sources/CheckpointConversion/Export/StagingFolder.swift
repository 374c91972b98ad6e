import Foundation
import TensorStorage

/// A folder for files that are not in place yet, beside the name that they are meant for.
///
/// It is called `NAME.PROCESS-NUMBER.partial` and goes with the value. Its process holds a lock on it,
/// which the system lets go of however the process ends: a folder of such a name that nobody holds is
/// what a killed run left.
struct StagingFolder: ~Copyable {
  /// Where it is meanwhile.
  let path: String
  private let descriptor: Int32
  private var isInPlace = false

  private init(path: String, descriptor: Int32) {
    self.path = path
    self.descriptor = descriptor
  }

  /// Makes a folder beside a name, and removes those that killed runs left there.
  ///
  /// - Throws: `FileError` when it cannot be made.
  static func make(beside name: String) throws(FileError) -> StagingFolder {
    removeLeftovers(beside: name)
    for attempt in 0..<100 {
      let candidate = "\(name).\(getpid())-\(attempt).partial"
      if mkdir(candidate, 0o777) == 0 {
        let descriptor = openFolder(candidate)
        // Another run may have taken it for a leftover before it was locked. Where a file system has
        // no locks, no run takes anything for a leftover.
        if descriptor >= 0, flock(descriptor, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK,
          access(candidate, F_OK) == 0
        {
          return StagingFolder(path: candidate, descriptor: descriptor)
        }
        close(descriptor)
      } else if errno != EEXIST {
        break
      }
    }
    throw FileError(.create, name)
  }

  deinit {
    if !isInPlace { try? FileManager.default.removeItem(atPath: path) }
    close(descriptor)
  }

  /// Gives the folder a name that is free or an empty folder's.
  ///
  /// - Throws: `FileError` when the name was taken meanwhile.
  consuming func move(to name: String) throws(FileError) {
    guard rename(path, name) == 0 else { throw FileError(.rename, name) }
    isInPlace = true
    Folder(containing: name).synchronize()
  }

  private static func openFolder(_ path: String) -> Int32 {
    open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
  }

  /// Removes the folders of runs that are no more.
  private static func removeLeftovers(beside name: String) {
    let parent = Folder(containing: name).path
    let own = name.split(separator: "/").last ?? ""
    let names = (try? FileManager.default.contentsOfDirectory(atPath: parent)) ?? []
    for sibling in names where sibling.hasPrefix("\(own).") && sibling.hasSuffix(".partial") {
      let numbers = sibling.dropFirst(own.count + 1).dropLast(".partial".count).split(
        separator: "-", omittingEmptySubsequences: false)
      guard numbers.count == 2, numbers.allSatisfy({ Int($0) != nil }) else { continue }
      let descriptor = openFolder("\(parent)/\(sibling)")
      guard descriptor >= 0 else { continue }
      if flock(descriptor, LOCK_EX | LOCK_NB) == 0 {
        try? FileManager.default.removeItem(atPath: "\(parent)/\(sibling)")
      }
      close(descriptor)
    }
  }
}
