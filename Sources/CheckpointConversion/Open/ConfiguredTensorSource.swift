import JSON
import TensorStorage
import Tokenizers

/// A file of weights that says itself what model they are of, and may bring its tokenizer.
///
/// Nothing beside such a file is looked at.
protocol ConfiguredTensorSource: TensorSource {
  /// The configuration in the form of Hugging Face's config.json, and what had to be assumed.
  ///
  /// - Throws: `ConfigurationError` when the file's model is of another family.
  func huggingFaceConfiguration() throws -> (json: JSONValue, notes: [String])

  /// The tokenizer, `nil` without one of a kind that is known, and what a person should know of it.
  ///
  /// - Throws: `TokenizerError` when it is damaged.
  func tokenizer() throws -> (tokenizer: Tokenizer?, notes: [String])
}
