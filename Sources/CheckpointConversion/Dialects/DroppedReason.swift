/// Why a known tensor is left out or refused; every dialect gives the same reasons.
enum DroppedReason {
  static let maskedLanguageModel =
    "a head of masked language modelling that is not whole or not BERT's own"
  static let headBehindMemory = "head of masked language modelling, which knows no memory"
  static let untiedDecoder =
    "head of masked language modelling whose decoder is not the table of word embeddings"
  static let replacedTokens = "head that finds replaced tokens, which a classifier lacks"
  static let generator = "the generator, which made the tokens that the discriminator judges"
  static let electraTask = "a task's head of ELECTRA's program, which transformers has no place for"
  static let sentenceOrder = "head that tells the order of sentences, which a classifier lacks"
  static let unusedPooler = "a pooler beside a classifier that has a layer of its own in its place"
  static let nextSentence = "head of next-sentence prediction, which a classifier lacks"
  static let questionAnswering = "head of question answering, which marks spans, not documents"
  static let tokenClassifier = "classifies tokens or choices, not documents, says config.json"
  static let positionIndices = "the numbers 0, 1, 2 …, which nobody learned"
  static let referenceBuffer = "ids that the memory's size and the tokenizer give again"
  static let optimizer = "the optimizer's state of an earlier training"
  static let stepCount = "how many steps an earlier training took"
  static let saveCount = "how often an earlier training was saved"
  static let unknown = "no part of an encoder, pooler or classifier"

  static let relativePositions = "relative position embeddings change the attention"
  static let crossAttention = "cross-attention belongs to a decoder"
  static let adapter =
    "an adapter changes what its layer computes; merge it into the weights first"

  /// What was read twice in a file that stores a parameter under two names.
  static func sameNumbers(as name: String) -> String { "the same numbers as \(name)" }
}
