import GGUF
import JSON
import ModelSchema
import TensorStorage
import Tokenizers

/// The metadata of an exported GGUF file: what llama.cpp's converter writes of a BERT, and two keys of
/// our own, the whole configuration and the tokenizer's settings, for it leaves out much of both.
struct GGUFMetadata {
  let model: ModelDescription
  /// The type of matrices that are not quantised.
  let elementType: ElementType
  let tokenizer: WordPieceTokenizer?
  /// The type of most matrices.
  let fileType: GGMLType

  /// The version of ggml's quantised types.
  private static let quantizationVersion: UInt64 = 2

  /// Keys and values in order.
  ///
  /// - Throws: what ``ExportedConfiguration/json()`` throws.
  func values() throws -> [(key: String, value: GGUFValue)] {
    let encoder = model.encoder
    func count(_ value: Int) -> GGUFValue { .unsigned(UInt64(value)) }
    var values: [(key: String, value: GGUFValue)] = [
      (GGUFKey.architecture, .string("bert")),
      (GGUFKey.layerCount, count(encoder.layerCount)),
      (GGUFKey.maximumPositions, count(encoder.maximumPositions)),
      (GGUFKey.hiddenSize, count(encoder.hiddenSize)),
      (GGUFKey.intermediateSize, count(encoder.intermediateSize)),
      (GGUFKey.headCount, count(encoder.headCount)),
      (GGUFKey.layerNormEpsilon, .number(encoder.layerNormEpsilon)),
      (GGUFKey.isCausal, .bool(false)),
      (GGUFKey.fileType, .unsigned(fileTypeNumber)),
      (GGUFKey.quantizationVersion, .unsigned(Self.quantizationVersion)),
    ]
    if !model.labels.isEmpty {
      values.append((GGUFKey.labels, .array(model.labels.map { .string($0) })))
    }
    let configuration = ExportedConfiguration(
      model: model, layout: .gguf, elementType: elementType,
      tokenizer: tokenizer.map { Tokenizer($0) })
    values.append(
      (GGUFKey.configuration, .string(try configuration.json().serialized(pretty: false))))
    return values + tokenizerValues + [(GGUFKey.tokenTypeCount, count(encoder.tokenTypeCount))]
  }

  /// The number of the file's type.
  ///
  /// Source: gguf-py 0.19, `constants.py`, LlamaFileType.
  private var fileTypeNumber: UInt64 {
    switch fileType {
    case .f32: 0
    case .f16: 1
    case .q8_0: 7
    case .bf16: 32
    }
  }

  private var tokenizerValues: [(key: String, value: GGUFValue)] {
    guard let tokenizer else { return [] }
    let names = tokenizer.settings.specialTokens
    let special = [
      names.padding, names.unknown, names.classification, names.separator, names.mask,
    ]
    var tokens: [GGUFValue] = []
    var types: [GGUFValue] = []
    func add(_ token: String, type: Int) {
      tokens.append(.string(token))
      types.append(.signed(Int64(type)))
    }
    for token in tokenizer.vocabulary.tokens {
      if special.contains(token) {
        add(token, type: GGUFTokenizerKey.controlType)
      } else if token.hasPrefix(tokenizer.settings.continuationPrefix) {
        let rest = token.dropFirst(tokenizer.settings.continuationPrefix.count)
        add(String(rest), type: GGUFTokenizerKey.normalType)
      } else {
        add(GGUFTokenizerKey.wordMark + token, type: GGUFTokenizerKey.normalType)
      }
    }
    // llama.cpp wants a token for every row of the table, those of the memory among them.
    let rowCount = model.encoder.vocabularySize + (model.memory?.tokenCount ?? 0)
    for index in tokens.count..<max(tokens.count, rowCount) {
      add("[PAD\(index)]", type: GGUFTokenizerKey.unusedType)
    }
    var values: [(key: String, value: GGUFValue)] = [
      (GGUFTokenizerKey.model, .string("bert")),
      (GGUFTokenizerKey.preprocessing, .string("default")),
      (GGUFTokenizerKey.tokens, .array(tokens)),
      (GGUFTokenizerKey.tokenTypes, .array(types)),
      (
        GGUFTokenizerKey.settings,
        .string(JSONValue.object(tokenizer.settings.json).serialized(pretty: false))
      ),
    ]
    let roles = [
      (GGUFTokenizerKey.unknown, names.unknown), (GGUFTokenizerKey.separator, names.separator),
      (GGUFTokenizerKey.padding, names.padding), (GGUFTokenizerKey.mask, names.mask),
      (GGUFTokenizerKey.classification, names.classification),
    ]
    for (key, name) in roles {
      if let id = tokenizer.id(of: name) { values.append((key, .unsigned(UInt64(id)))) }
    }
    return values
  }
}
