import ModelSchema

extension EncoderFamily {
  /// What the names of the family's classes in transformers begin with.
  var className: String {
    switch self {
    case .bert: "Bert"
    case .distilBERT: "DistilBert"
    case .roBERTa: "Roberta"
    case .xlmRoBERTa: "XLMRoberta"
    case .camemBERT: "Camembert"
    case .electra: "Electra"
    case .albert: "Albert"
    }
  }
}

/// The class that runs the recurrence in transformers, for the family that a model belongs to.
enum ModelingFile {
  /// The name of the file in an exported folder.
  static let name = "modeling_rmt.py"

  /// The class on top of a family's classifier: the file as it is for BERT, with the other name.
  static func bytes(classifier: String) -> [UInt8] {
    let text = String(decoding: PackageResources.modeling_rmt_py, as: UTF8.self)
    return Array(text.replacing("BertForSequenceClassification", with: classifier).utf8)
  }
}
