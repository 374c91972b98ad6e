import TensorStorage

/// A zip archive breaks a rule, or uses what is not read here; one case per rule.
public struct ZipError: DescribedError {
  /// The rule that was broken.
  public enum Clause: Sendable, Hashable {
    /// No end record at the end of the file.
    case noEndRecord
    /// The end record asks for a zip64 record that is not where its locator says.
    case noLargeEndRecord
    /// The two end records contradict each other.
    case endRecordsDiffer
    /// An archive over several files.
    case severalFiles
    /// A directory that does not lie between the members and the end record.
    case directoryMisplaced
    /// A directory above the bound of 64 MiB, or with more members than its bytes can describe.
    case directoryTooLarge(memberCount: Int, byteCount: Int)
    /// A directory that is no sequence of entries.
    case directoryMalformed(entry: Int)
    /// A name that is not UTF-8.
    case nameNotText(entry: Int)
    /// A name that occurs twice.
    case repeatedName(member: String)
    /// A size or offset in the zip64 field that is missing or above 2⁶³ − 1.
    case malformedLargeSize(member: String)
    /// A member that reaches beyond the directory.
    case memberBeyondEnd(member: String)
    /// No header of that member where the directory says.
    case noLocalHeader(member: String)
    /// The member's own header has another name.
    case localNameDiffers(member: String)
    /// Two members that share bytes.
    case overlap(member: String, other: String)
    /// A stored member with two sizes.
    case storedSizesDiffer(member: String)
    /// A member that is compressed, by that method of the format.
    case compressed(member: String, method: Int)
    /// A member that is encrypted.
    case encrypted(member: String)
    /// A member that is read whole and above its bound.
    case memberTooLarge(member: String, byteCount: Int, maximum: Int)
    /// Bytes that do not have the checksum of the directory.
    case checksum(member: String)
  }

  /// The file as it was named.
  public let file: String
  /// The rule that was broken.
  public let clause: Clause

  init(_ clause: Clause, file: String) {
    self.clause = clause
    self.file = file
  }

  /// A file's content is wrong.
  public var kind: FailureKind { .badData }

  /// The file, and the member where the rule is about one.
  public var place: String? { member.map { "\(file), member \($0.quotedName)" } ?? file }

  private var member: String? {
    switch clause {
    case .noEndRecord, .noLargeEndRecord, .endRecordsDiffer, .severalFiles, .directoryMisplaced,
      .directoryTooLarge, .directoryMalformed, .nameNotText:
      nil
    case .repeatedName(let member), .malformedLargeSize(let member), .memberBeyondEnd(let member),
      .noLocalHeader(let member), .localNameDiffers(let member), .overlap(let member, _),
      .storedSizesDiffer(let member), .compressed(let member, _), .encrypted(let member),
      .memberTooLarge(let member, _, _), .checksum(let member):
      member
    }
  }

  /// What was found and what the format asks for.
  public var problem: String {
    switch clause {
    case .noEndRecord: "the zip archive has no end record, so its directory cannot be found"
    case .noLargeEndRecord: "the zip64 end record is not where the archive says"
    case .endRecordsDiffer: "the zip archive has two end records that contradict each other"
    case .severalFiles: "the zip archive is one of several parts"
    case .directoryMisplaced: "the zip directory does not end where the end record begins"
    case .directoryTooLarge(let memberCount, let byteCount):
      "the zip directory claims \(memberCount) members in \(byteCount) bytes"
    case .directoryMalformed(let entry): "entry \(entry) of the zip directory is malformed"
    case .nameNotText(let entry): "the name in entry \(entry) of the zip directory is not UTF-8"
    case .repeatedName: "the name occurs twice in the zip directory"
    case .malformedLargeSize: "its zip64 field lacks a size or offset, or one is out of range"
    case .memberBeyondEnd: "reaches beyond the members' part of the file"
    case .noLocalHeader: "has no header where the zip directory says"
    case .localNameDiffers: "has another name in its own header than in the zip directory"
    case .overlap(_, let other): "shares bytes with member \(other.quotedName)"
    case .storedSizesDiffer: "is stored as it is, but has two sizes"
    case .compressed(_, let method): "is compressed (method \(method)); stored members are read"
    case .encrypted: "is encrypted"
    case .memberTooLarge(_, let byteCount, let maximum):
      "has \(byteCount) bytes, at most \(maximum) are read at once"
    case .checksum: "does not have the checksum of the zip directory"
    }
  }

  /// What to do about it.
  public var advice: String? {
    switch clause {
    case .noEndRecord, .checksum: "The file may have been cut or damaged; download it again."
    case .severalFiles, .compressed, .encrypted:
      "Unpack it and pack it again in one file without compression (zip -0)."
    default: "The file is damaged or was made by a faulty program; get it anew from its source."
    }
  }
}
