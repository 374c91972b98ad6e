import ModelSchema
import TensorStorage

/// Why a model is not exported.
public enum ExportError: DescribedError, Hashable {
  /// The folder holds files that no export wrote.
  case foreignFolder(path: String)
  /// The folder is where a volume is mounted, so nothing beside it can be renamed to it.
  case otherVolume(path: String)
  /// The name belongs to a file.
  case notAFolder(path: String)
  /// Without a tokenizer the ids that frame a segment are unknown, and the layout has to name them.
  case noTokenizer(path: String)
  /// BERT's relatives go to transformers' classes alone, of which TensorFlow's have no place for a memory
  /// that is no word embedding.
  case family(path: String, EncoderFamily, ExportLayout)
  /// Weights are written as f32, f16 or bf16; the reference layout is f32, TensorFlow's not bf16.
  case elementType(ElementType, ExportLayout)
  /// Quantised matrices, which GGUF alone holds.
  case quantized(ExportLayout)
  /// Shards, of which the folders for transformers' PyTorch classes alone are made.
  case shards(ExportLayout)
  /// No shard has room for a byte.
  case shardByteCount(Int)
  /// A number of a matrix that no block of Q8_0 holds.
  case unquantizable(path: String, tensor: String, value: Float)
  /// A second copy of tied tensors, of which the layout never has two names.
  case untied(ExportLayout)

  /// The family of the error.
  public var kind: FailureKind {
    switch self {
    case .noTokenizer, .unquantizable: .badData
    default: .usage
    }
  }

  /// The file, folder or tensor.
  public var place: String? {
    switch self {
    case .foreignFolder(let path), .otherVolume(let path), .notAFolder(let path),
      .noTokenizer(let path),
      .family(let path, _, _):
      path
    case .unquantizable(let path, let tensor, _): "\(path): tensor \(tensor)"
    case .elementType, .quantized, .shards, .shardByteCount, .untied: nil
    }
  }

  /// What happened.
  public var problem: String {
    switch self {
    case .foreignFolder: "holds files that no export wrote, and is left as it is"
    case .otherVolume: "lies on another volume than the folder around it"
    case .notAFolder: "is a file, expected a folder or a new name"
    case .noTokenizer: "has memory but no tokenizer, so the ids of [CLS] and [SEP] are unknown"
    case .family(_, let family, .tensorFlow):
      "is of the family \(family.rawValue), whose memory has no place among TensorFlow's variables"
    case .family(_, let family, let layout):
      "is of the family \(family.rawValue), and the layout \(layout.rawValue) is BERT's"
    case .elementType(let type, let layout):
      "the layout \(layout.rawValue) cannot be written as \(type)"
    case .quantized(let layout): "the layout \(layout.rawValue) cannot be written as q8_0"
    case .unquantizable(_, _, let value): "holds \(value), for which a block of q8_0 has no scale"
    case .shards(let layout): "the layout \(layout.rawValue) is not written in shards"
    case .shardByteCount(let count): "shards of \(count) bytes cannot be written"
    case .untied(let layout): "the layout \(layout.rawValue) names no tensor twice"
    }
  }

  /// What to do about it.
  public var advice: String? {
    switch self {
    case .foreignFolder, .notAFolder: "Choose another folder."
    case .otherVolume: "Choose a folder inside it."
    case .noTokenizer:
      "Convert the checkpoint again with its tokenizer's files beside it, give the ids to rmt attach "
        + "--frame-ids, or choose the layout gguf, tensorflow or tensorflow1, which name no such ids."
    case .family(_, _, .tensorFlow): "Choose the layout huggingface or pytorch."
    case .family:
      "Choose the layout huggingface or pytorch, or tensorflow where there is no memory."
    case .elementType(_, .huggingFace), .elementType(_, .pyTorch): "Choose f32, f16 or bf16."
    case .elementType(_, .reference), .elementType(_, .tensorFlowVariables):
      "Choose f32, or the layout huggingface."
    case .elementType(_, .tensorFlow): "Choose f32 or f16, or the layout huggingface."
    case .elementType(_, .gguf): "Choose f32, f16, bf16 or q8_0."
    case .unquantizable: "Choose --dtype bf16 or f32."
    case .quantized: "Choose f32, f16 or bf16, or the layout gguf."
    case .shards: "Choose the layout huggingface or pytorch, or no size of shards."
    case .shardByteCount: "Choose a size of at least one byte."
    case .untied: "Choose the layout huggingface, pytorch or reference, or leave tensors tied."
    }
  }
}
