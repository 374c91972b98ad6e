/// What an export wrote.
public struct ExportReport: Sendable, Hashable {
  /// A file of the folder.
  public struct File: Sendable, Hashable {
    /// Its name in the folder.
    public let name: String
    /// Its size.
    public let byteCount: Int
  }

  /// The folder.
  public let folder: String
  /// How it is laid out.
  public let layout: ExportLayout
  /// Its files, by name.
  public let files: [File]
  /// Tensors in the weight file.
  public let tensorCount: Int
  /// What a person should know.
  public let notes: [String]
}
