import TensorStorage

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Finds out before the work, not after it, that an output cannot be put where it should.
enum OutputCheck {
  /// Checks the name of a file that will be written.
  ///
  /// - Parameter inputs: the files and folders that are read for it.
  /// - Throws: `FileError` when the name is taken and may not be replaced, is a folder, or lies in a
  ///   folder that is missing or not writable; what ``distinct(_:from:)`` throws.
  static func file(
    _ path: String, inputs: [String], collision: AtomicFileWriter.Collision
  ) throws {
    try distinct(path, from: inputs)
    var status = stat()
    if stat(path, &status) == 0 {
      if status.st_mode & S_IFMT == S_IFDIR { throw FileError(.write, path, code: EISDIR) }
      if collision == .keepExisting { throw FileError(.create, path, code: EEXIST) }
    }
    let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    guard access(folder.isEmpty ? "/" : folder, W_OK | X_OK) == 0 else {
      throw FileError(.create, path)
    }
  }

  /// Checks that an output is none of the inputs, under whatever name, even where replacing is
  /// allowed: whoever reads would lose what is read.
  ///
  /// Of a folder every file in it is an input, native files apart: no folder is read for them, and
  /// it is usual to put one beside the checkpoint that it comes from.
  ///
  /// - Throws: ``CommandError``.
  static func distinct(_ path: String, from inputs: [String]) throws(CommandError) {
    guard let output = FileIdentity(path) else { return }
    for input in inputs where input != "-" {
      guard let identity = FileIdentity(input) else { continue }
      let isWithin =
        identity.isFolder && !path.hasSuffix(".rmtw") && folders(above: path).contains(identity)
      guard identity != output, !isWithin else {
        throw .usage(
          problem: input == path
            ? "\(path) is the input and the output"
            : "the output \(path) is the input \(input), or a part of it",
          advice: "Give the output a name of its own.")
      }
    }
  }

  /// Checks that an output is none of the run's others, which need not exist yet.
  ///
  /// - Throws: ``CommandError``.
  static func distinct(_ path: String, fromOutputs others: [String]) throws(CommandError) {
    let (identity, place) = (FileIdentity(path), resolved(path))
    for other in others
    where place == resolved(other) || identity != nil && identity == FileIdentity(other) {
      throw .usage(
        problem: "\(path) would be written to for two things, \(other) among them",
        advice: "Give each output a name of its own.")
    }
  }

  /// The one name of what a path leads to, which need not exist: links are followed, those that lead
  /// nowhere as well.
  private static func resolved(_ path: String, linkLimit: Int = 40) -> String {
    let folder = resolvedFolder(of: path)
    let whole = folder + "/" + (path.split(separator: "/").last ?? "")
    var target = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
    guard linkLimit > 0, readlink(whole, &target, Int(PATH_MAX)) > 0 else { return whole }
    let link = target.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
    return resolved(link.hasPrefix("/") ? link : folder + "/" + link, linkLimit: linkLimit - 1)
  }

  /// The folder of a path without links, `.` and `..`; as it is written where there is none.
  private static func resolvedFolder(of path: String) -> String {
    let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
    return folder.realPath ?? folder
  }

  /// Every folder that a file lies in, from its own up to the root.
  private static func folders(above path: String) -> [FileIdentity] {
    var folder = resolvedFolder(of: path)
    var folders: [FileIdentity] = []
    while !folder.isEmpty {
      if let identity = FileIdentity(folder) { folders.append(identity) }
      folder = folder.lastIndex(of: "/").map { String(folder[..<$0]) } ?? ""
    }
    return folders
  }
}

/// What a path leads to, whatever the path.
private struct FileIdentity: Hashable {
  let device: UInt64
  let inode: UInt64
  let isFolder: Bool

  /// `nil` where nothing is, and for what is neither a file nor a folder: nothing lasting is written
  /// over a terminal or a pipe.
  init?(_ path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    let format = status.st_mode & S_IFMT
    guard format == S_IFREG || format == S_IFDIR else { return nil }
    device = UInt64(status.st_dev)
    inode = UInt64(status.st_ino)
    isFolder = format == S_IFDIR
  }
}
