import TensorStorage

/// A PyTorch file breaks a rule, or is of a form that is not read; one case per rule.
///
/// What its pickle breaks is a ``PickleError``, what its archive breaks a `ZipError`.
public struct PyTorchFileError: DescribedError {
  /// The rule that was broken.
  public enum Clause: Sendable, Hashable {
    /// The tar archives that PyTorch wrote before version 0.2.
    case tarArchive
    /// An archive with the code of a TorchScript model.
    case torchScript
    /// A zip archive without `data.pkl` in one top folder.
    case noPickle
    /// A zip archive with more than one `data.pkl`.
    case severalPickles(first: String, second: String)
    /// A `byteorder` that is neither `little` nor `big`.
    case unknownByteOrder
    /// A pickle that does not begin with PyTorch's magic number.
    case noMagicNumber
    /// A version of the stream form other than 1001.
    case unsupportedStreamVersion
    /// The stream's description of its machine is no dictionary.
    case malformedSystemDescription
    /// The stream's list of storages holds something else than different texts.
    case malformedStorageKeys
    /// A storage in the stream's list that no tensor names, so that its size is unknown.
    case unknownStorage(key: String)
    /// A storage that a tensor names and the file lacks.
    case missingStorage(key: String)
    /// A storage of another size than its pickle says.
    case storageSize(key: String, byteCount: Int, expected: Int)
    /// A storage that reaches beyond the file.
    case storageBeyondEnd(key: String)
    /// No dictionary with tensors.
    case noStateDict
    /// Several dictionaries with tensors, and none under a usual name.
    case severalStateDicts(names: [String])
    /// Dictionaries in dictionaries without end.
    case nestedTooDeep
    /// A name that occurs twice.
    case repeatedName(tensor: String)
    /// Dimensions, strides or an offset below zero, or a size that cannot be counted in 63 bits.
    case malformedShape(tensor: String)
    /// A tensor with elements outside its storage.
    case beyondStorage(tensor: String)
    /// A tensor that is asked for and is not in the file.
    case noSuchTensor(tensor: String)
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

  /// The file, and the tensor where the rule is about one.
  public var place: String? {
    switch clause {
    case .repeatedName(let tensor), .malformedShape(let tensor), .beyondStorage(let tensor),
      .noSuchTensor(let tensor):
      "\(file), tensor \(tensor.quotedName)"
    default: file
    }
  }

  /// What was found and what is read here.
  public var problem: String {
    switch clause {
    case .tarArchive: "is a tar archive of PyTorch 0.1, which is not read"
    case .torchScript: "is a TorchScript model: code and not only weights"
    case .noPickle: "is a zip archive, but none of PyTorch's: it has no data.pkl in a top folder"
    case .severalPickles(let first, let second):
      "has two pickles, \(first.quotedName) and \(second.quotedName)"
    case .unknownByteOrder: "byteorder is neither little nor big"
    case .noMagicNumber: "is a pickle, but none of PyTorch's: its magic number is missing"
    case .unsupportedStreamVersion: "is not of version 1001 of PyTorch's stream form"
    case .malformedSystemDescription: "the description of its machine is no dictionary"
    case .malformedStorageKeys: "the list of its storages is no list of different texts"
    case .unknownStorage(let key): "storage \(key.quotedName) belongs to no tensor"
    case .missingStorage(let key): "storage \(key.quotedName) is missing"
    case .storageSize(let key, let byteCount, let expected):
      "storage \(key.quotedName) has \(byteCount) bytes, its pickle says \(expected)"
    case .storageBeyondEnd(let key): "storage \(key.quotedName) reaches beyond the file"
    case .noStateDict: "holds no dictionary of tensors"
    case .severalStateDicts(let names):
      "holds several dictionaries of tensors: "
        + names.prefix(8).map(\.quotedName).joined(separator: ", ")
    case .nestedTooDeep: "its dictionaries are nested too deeply"
    case .repeatedName: "the name occurs twice"
    case .malformedShape: "its shape, strides or offset are negative or too large to be counted"
    case .beyondStorage: "has elements outside its storage"
    case .noSuchTensor: "there is no such tensor in the file"
    }
  }

  /// What to do about it.
  public var advice: String? {
    switch clause {
    case .tarArchive:
      "Load it with a PyTorch that reads it and save it again with torch.save(state_dict, path)."
    case .torchScript:
      "Save its weights: torch.save(torch.jit.load(path).state_dict(), \"pytorch_model.bin\")."
    case .noPickle, .noMagicNumber, .noStateDict, .severalStateDicts, .nestedTooDeep:
      "Save the state dict alone: torch.save(model.state_dict(), \"pytorch_model.bin\")."
    case .missingStorage, .storageSize, .storageBeyondEnd:
      "The file may have been cut; copy or download it again."
    case .noSuchTensor: nil
    default: "The file is damaged or was made by a faulty program; get it anew from its source."
    }
  }
}
