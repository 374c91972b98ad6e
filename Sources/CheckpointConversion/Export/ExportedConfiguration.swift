import JSON
import ModelSchema
import TensorStorage
import Tokenizers

/// The config.json of an exported folder.
struct ExportedConfiguration {
  let model: ModelDescription
  let layout: ExportLayout
  let elementType: ElementType
  let tokenizer: Tokenizer?

  /// The class that a folder's weights belong to.
  ///
  /// A model with memory but without classes is exported as the encoder it is; its memory still
  /// travels in the embeddings and the settings.
  var architecture: String {
    if model.labels.isEmpty {
      return layout.keepsMaskedTokenHead(of: model)
        ? "BertForMaskedLM" : "\(model.encoder.family.className)Model"
    }
    return runsRecurrence ? "RMTForSequenceClassification" : classifierName
  }

  /// The family's own classifier of documents.
  var classifierName: String { "\(model.encoder.family.className)ForSequenceClassification" }

  /// Whether the folder brings its own class that carries memory from segment to segment.
  var runsRecurrence: Bool {
    layout.isForPyTorchClasses && layout.framesSegments(of: model)
  }

  /// The configuration.
  ///
  /// `vocab_size` counts memory rows in the Hugging Face layout, whose embedding table is made from
  /// it. The reference layout's class adds them itself to the model that it is given.
  func json() throws -> JSONValue {
    var encoder = model.encoder
    if layout.isForTransformers, encoder.memoryJoinsWords, let memory = model.memory {
      encoder.vocabularySize += memory.tokenCount
    }
    var object = encoder.huggingFaceJSON
    object["architectures"] = [.string(architecture)]
    object["dtype"] = .string(Self.torchName(of: elementType))
    if !encoder.family.offsetsPositions,
      let padding = tokenizer.flatMap({ $0.id(of: $0.specialTokenNames.padding) })
    {
      object["pad_token_id"] = .integer(Int(padding))
    }
    if !model.labels.isEmpty {
      let names = try LabelMap(model.labels, file: "config.json").huggingFaceJSON
      for (name, value) in names.members { object[name] = value }
    }
    if let memory = model.memory { object["rmt"] = settings(of: memory) }
    if runsRecurrence {
      object["auto_map"] = [
        "AutoModelForSequenceClassification": "modeling_rmt.RMTForSequenceClassification"
      ]
    }
    return .object(object)
  }

  private func settings(of memory: MemoryConfiguration) -> JSONValue {
    var settings = JSONObject()
    settings["memory_tokens"] = .integer(memory.tokenCount)
    settings["segment_positions"] = .integer(memory.segmentPositions)
    settings["alignment"] = .string(memory.alignment.rawValue)
    if let projection { settings["memory_enters_behind"] = .string(projection) }
    if let tokenizer {
      settings["cls_token_id"] = .integer(Int(tokenizer.specialTokens.classification))
      settings["sep_token_id"] = .integer(Int(tokenizer.specialTokens.separator))
      settings["special_token_ids"] = .array(tokenizer.frameIDs.map { .integer(Int($0)) })
    } else if let frame = memory.frame {
      settings["cls_token_id"] = .integer(frame.classification)
      settings["sep_token_id"] = .integer(frame.separator)
      settings["special_token_ids"] = [.integer(frame.classification), .integer(frame.separator)]
    }
    return .object(settings)
  }

  /// The module behind which memory enters; `nil` where it enters as word embeddings do.
  private var projection: String? {
    guard !model.encoder.memoryJoinsWords else { return nil }
    let names = FamilyNames(model.encoder.family, classifies: !model.labels.isEmpty)
    return names.module("embeddings.projection").map { "\(names.encoder).\($0)" }
  }

  private static func torchName(of type: ElementType) -> String {
    switch type {
    case .f16: "float16"
    case .bf16: "bfloat16"
    default: "float32"
    }
  }
}
