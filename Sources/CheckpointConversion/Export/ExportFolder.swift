import Foundation
import TensorStorage

/// A folder of exported files: a new one appears whole or not at all.
///
/// Files are written into a ``StagingFolder``, which ``commit(openedBy:removing:)`` renames. Where an
/// earlier export stands, its files are replaced one after another, and no reader opens a mixture:
/// those without which none does go first and come last. Files of other names stay.
///
/// What a kill leaves, beside a staging folder that the next export removes:
/// - while files are written: what was there;
/// - once the configuration is taken away, until the new one is put there: files of both exports, each of
///   them whole, and no configuration, so that readers refuse the folder and the next export replaces it;
/// - after that: the new export.
struct ExportFolder: ~Copyable {
  /// The final name.
  let path: String
  private let staging: StagingFolder
  private let mergesIntoExisting: Bool

  /// Opens the temporary sibling.
  ///
  /// - Throws: `FileError` when the name is taken and `collision` keeps it, or when the folder
  ///   cannot be made; ``ExportError`` when what stands there is no export.
  static func open(
    path: String, collision: AtomicFileWriter.Collision
  ) throws -> ExportFolder {
    let path = resolved(path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path)
    let existing = try contents(of: path)
    if !existing.isEmpty {
      guard collision == .replace else { throw FileError(.create, path, code: EEXIST) }
      guard ExportLayout.isExport(existing) else {
        throw ExportError.foreignFolder(path: path)
      }
    }
    let staging = try StagingFolder.make(beside: path)
    if let device = device(of: path), device != Self.device(of: staging.path) {
      throw ExportError.otherVolume(path: path)
    }
    // Also an empty one stays the folder that it is: somebody may stand in it.
    return ExportFolder(
      path: path, staging: staging, mergesIntoExisting: device(of: path) != nil)
  }

  /// Where a file of the folder is written meanwhile.
  private func stagedPath(of name: String) -> String { "\(staging.path)/\(name)" }

  /// Has a file written at the path that it has meanwhile.
  ///
  /// - Throws: what `body` throws; a `FileError` names the file as it was to be called.
  func write(_ name: String, _ body: (_ stagedPath: String) throws -> Void) throws {
    let staged = stagedPath(of: name)
    do {
      try body(staged)
    } catch let error as FileError where error.path == staged {
      throw FileError(error.operation, "\(path)/\(name)", code: error.code)
    }
  }

  /// Writes a small file.
  func write(_ bytes: some Collection<UInt8>, to name: String) throws {
    try write(name) { staged in
      var writer = try AtomicFileWriter(path: staged, collision: .keepExisting)
      try writer.write(bytes)
      try writer.commit()
    }
  }

  /// Puts the folder in place and tells the names and sizes of its files.
  ///
  /// - Parameters:
  ///   - entryNames: the files without which no reader opens the folder, in the order in which they
  ///     are put in place.
  ///   - isSuperseded: whether a file of an earlier export, which this one does not replace, has to
  ///     go because readers would take it for one of these.
  consuming func commit(
    openedBy entryNames: [String], removing isSuperseded: (_ name: String) -> Bool
  ) throws -> [ExportReport.File] {
    let names = try FileManager.default.contentsOfDirectory(atPath: staging.path).sorted()
    let files = try names.map { name in
      ExportReport.File(
        name: name, byteCount: try RandomAccessFile(path: stagedPath(of: name)).byteCount)
    }
    if mergesIntoExisting {
      try replace(names, openedBy: entryNames, removing: isSuperseded)
    } else {
      // Renaming onto an empty folder replaces it; anything put there meanwhile stops this.
      try staging.move(to: path)
    }
    return files
  }

  /// Replaces an earlier export's files; each step is on the disk before the next one begins.
  private func replace(
    _ names: [String], openedBy entryNames: [String],
    removing isSuperseded: (_ name: String) -> Bool
  ) throws {
    let folder = Folder(path: path)
    for name in names {
      var status = stat()
      // Found out before anything is touched.
      if lstat("\(path)/\(name)", &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
        throw FileError(.create, "\(path)/\(name)", code: EISDIR)
      }
    }
    for name in entryNames.reversed() { try remove(name) }
    folder.synchronize()
    for name in names where !entryNames.contains(name) { try place(name) }
    for name in try Self.contents(of: path) where isSuperseded(name) && !names.contains(name) {
      try remove(name)
    }
    folder.synchronize()
    for name in entryNames where names.contains(name) { try place(name) }
    folder.synchronize()
  }

  private func remove(_ name: String) throws(FileError) {
    guard unlink("\(path)/\(name)") == 0 || errno == ENOENT else {
      throw FileError(.remove, "\(path)/\(name)")
    }
  }

  private func place(_ name: String) throws(FileError) {
    guard rename(stagedPath(of: name), "\(path)/\(name)") == 0 else {
      throw FileError(.rename, "\(path)/\(name)")
    }
  }

  /// The folder that a link, `.` or `..` leads to, whose own siblings lie beside it.
  private static func resolved(_ path: String) -> String {
    var status = stat()
    let isDots = [".", ".."].contains(path.split(separator: "/").last)
    guard lstat(path, &status) == 0, isDots || status.st_mode & S_IFMT == S_IFLNK else {
      return path
    }
    return path.realPath ?? path
  }

  /// The volume of a file or folder; `nil` where there is none.
  private static func device(of path: String) -> dev_t? {
    var status = stat()
    return stat(path, &status) == 0 ? status.st_dev : nil
  }

  /// Names in a folder; none when there is no such folder yet.
  private static func contents(of path: String) throws -> [String] {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { return [] }
    guard isFolder.boolValue else { throw ExportError.notAFolder(path: path) }
    do {
      return try FileManager.default.contentsOfDirectory(atPath: path)
    } catch {
      throw FileError(.list, path, code: EACCES)
    }
  }
}
