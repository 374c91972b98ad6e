import Foundation
import TensorStorage

/// A folder that appears whole or not at all.
///
/// Files are written into a temporary sibling. ``commit()`` renames it; where an earlier export
/// stands, each of its files is replaced in one step and files of other names stay.
struct ExportFolder: ~Copyable {
  /// The final name.
  let path: String
  private let stagingPath: String
  private let mergesIntoExisting: Bool
  private var committed = false

  private init(path: String, stagingPath: String, mergesIntoExisting: Bool) {
    self.path = path
    self.stagingPath = stagingPath
    self.mergesIntoExisting = mergesIntoExisting
  }

  /// Opens the temporary sibling.
  ///
  /// - Throws: `FileError` when the name is taken and `collision` keeps it, or when the folder
  ///   cannot be made; ``ExportError`` when what stands there is no export.
  static func open(
    path: String, collision: AtomicFileWriter.Collision
  ) throws -> ExportFolder {
    let path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    let existing = try contents(of: path)
    if !existing.isEmpty {
      guard collision == .replace else { throw FileError(.create, path, code: EEXIST) }
      guard ExportLayout.isExport(existing) else {
        throw ExportError.foreignFolder(path: path)
      }
    }
    for attempt in 0..<100 {
      let candidate = "\(path).\(getpid())-\(attempt).partial"
      if mkdir(candidate, 0o777) == 0 {
        return ExportFolder(
          path: path, stagingPath: candidate, mergesIntoExisting: !existing.isEmpty)
      }
      guard errno == EEXIST else { break }
    }
    throw FileError(.create, path)
  }

  deinit {
    if !committed { try? FileManager.default.removeItem(atPath: stagingPath) }
  }

  /// Where a file of the folder is written meanwhile.
  private func stagedPath(of name: String) -> String { "\(stagingPath)/\(name)" }

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
  /// - Parameter isSuperseded: whether a file of an earlier export, which this one does not
  ///   replace, has to go because readers would take it for one of these.
  consuming func commit(
    removing isSuperseded: (_ name: String) -> Bool
  ) throws -> [ExportReport.File] {
    let names = try FileManager.default.contentsOfDirectory(atPath: stagingPath).sorted()
    let files = try names.map { name in
      ExportReport.File(
        name: name, byteCount: try RandomAccessFile(path: stagedPath(of: name)).byteCount)
    }
    if mergesIntoExisting {
      for name in names {
        guard rename(stagedPath(of: name), "\(path)/\(name)") == 0 else {
          throw FileError(.rename, "\(path)/\(name)")
        }
      }
      // The new weights are in place before the old ones go.
      for name in try Self.contents(of: path) where isSuperseded(name) && !names.contains(name) {
        guard unlink("\(path)/\(name)") == 0 else { throw FileError(.remove, "\(path)/\(name)") }
      }
      rmdir(stagingPath)
    } else {
      // Renaming onto an empty folder replaces it; anything put there meanwhile stops this.
      guard rename(stagingPath, path) == 0 else { throw FileError(.rename, path) }
    }
    committed = true
    return files
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
