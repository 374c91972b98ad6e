import ModelSchema
import Testing

@testable import CheckpointConversion

struct DialectTests {
  private static let bert = FamilyNames(.bert, classifies: true)

  private func meaning(_ name: String, in dialect: Dialect) -> Dialect.Meaning {
    let model = ModelDescription(encoder: TinyBERT.encoder, memory: nil, labels: ["a", "b"])
    return dialect.dictionary(of: ParameterCatalog(model).parameters).meaning(of: name)
  }

  @Test(arguments: [
    ("bert.embeddings.word_embeddings.weight", "embeddings.word_embeddings.weight"),
    ("embeddings.word_embeddings.weight", "embeddings.word_embeddings.weight"),
    ("bert.embeddings.LayerNorm.gamma", "embeddings.LayerNorm.weight"),
    (
      "encoder.layer.1.attention.output.LayerNorm.beta",
      "encoder.layer.1.attention.output.LayerNorm.bias"
    ),
    ("classifier.weight", "classifier.weight"),
  ])
  func `PyTorch names are recognised in every spelling`(foreign: String, native: String) {
    #expect(meaning(foreign, in: .pyTorch) == .parameter(native, .asIs))
  }

  @Test(arguments: [
    "", "bert.", "module.", "module.bert.", "model.bert.", "module.model.bert.", "0.auto_model.",
    "encoder.", "student.encoder.bert.", "_orig_mod.bert.",
  ])
  func `PyTorch names are recognised inside whatever module`(wrapper: String) {
    let names = ["embeddings.word_embeddings.weight", "encoder.layer.1.output.dense.bias"]
    let dialect = Dialect.recognized(in: names.map { wrapper + $0 })
    for name in names { #expect(meaning(wrapper + name, in: dialect) == .parameter(name, .asIs)) }
    #expect(dialect.layerCount(in: names.map { wrapper + $0 }) == 2)
    // A head stands beside the encoder, in the same module or in one around it.
    let outer = wrapper.hasSuffix("bert.") ? String(wrapper.dropLast("bert.".count)) : wrapper
    for head in ["", outer] {
      #expect(
        meaning("\(head)classifier.weight", in: dialect) == .parameter("classifier.weight", .asIs))
    }
  }

  @Test func `names of many parts take no more time for their wrappings`() {
    let deep = String(repeating: "a.", count: 300_000) + "embeddings.word_embeddings.weight"
    #expect(meaning(deep, in: Dialect.recognized(in: [deep])) == .unknown)
  }

  @Test func `gamma stands for a weight in LayerNorm alone`() {
    #expect(meaning("encoder.layer.0.gamma", in: .pyTorch) == .unknown)
    #expect(meaning("pooler.dense.gamma", in: .pyTorch) == .unknown)
  }

  @Test(arguments: [
    "cls.predictions.decoder.weight", "cls.predictions.bias", "cls.seq_relationship.weight",
    "qa_outputs.bias", "bert.embeddings.position_ids",
  ])
  func `heads and buffers are dropped with a reason`(name: String) {
    guard case .dropped(let reason) = meaning(name, in: .pyTorch) else {
      Issue.record("\(name) is not dropped")
      return
    }
    #expect(!reason.isEmpty)
  }

  @Test(arguments: [
    "bert.encoder.layer.0.attention.self.distance_embedding.weight",
    "encoder.layer.0.attention.self.query.lora_A.default.weight",
    "bert.encoder.layer.0.crossattention.self.query.weight",
  ])
  func `what changes the arithmetic is refused`(name: String) {
    guard case .refused = meaning(name, in: .pyTorch) else {
      Issue.record("\(name) is not refused")
      return
    }
  }

  @Test(arguments: [
    (
      "bert/tf_bert_model/bert/encoder/layer_._1/attention/self/query/kernel:0",
      "encoder.layer.1.attention.self.query.weight", Dialect.Orientation.transposed
    ),
    (
      "bert/encoder/layer_._0/output/LayerNorm/beta:0", "encoder.layer.0.output.LayerNorm.bias",
      .asIs
    ),
    (
      "mlm___cls/tf_bert_for_masked_lm/bert/embeddings/word_embeddings/weight:0",
      "embeddings.word_embeddings.weight", .asIs
    ),
    (
      "bert/tf_bert_model_1/bert/embeddings/position_embeddings/embeddings:0",
      "embeddings.position_embeddings.weight", .asIs
    ),
    (
      "classifier/tf_bert_for_sequence_classification/classifier/kernel:0", "classifier.weight",
      .transposed
    ),
    ("model_weights/bert/tf_bert_model/bert/pooler/dense/bias:0", "pooler.dense.bias", .asIs),
  ])
  func `TensorFlow names are recognised under every scope`(
    foreign: String, native: String, orientation: Dialect.Orientation
  ) {
    #expect(meaning(foreign, in: .tensorFlow) == .parameter(native, orientation))
  }

  @Test(arguments: [
    "mlm___cls/tf_bert_for_masked_lm/mlm___cls/predictions/bias:0",
    "nsp___cls/seq_relationship/kernel:0",
    "optimizer_weights/adam/m/bert/pooler/dense/kernel:0",
  ])
  func `TensorFlow heads and optimizers are dropped`(name: String) {
    guard case .dropped = meaning(name, in: .tensorFlow) else {
      Issue.record("\(name) is not dropped")
      return
    }
  }

  @Test(arguments: [
    (
      "layers/transformer_encoder/_self_attention_layer/query_dense/vars/0",
      "encoder.layer.0.attention.self.query.weight", Dialect.Orientation.transposed
    ),
    (
      "_layer_checkpoint_dependencies/transformer_encoder_1/_feedforward_layer_norm/vars/1",
      "encoder.layer.1.output.LayerNorm.bias", .asIs
    ),
    (
      "_layer_checkpoint_dependencies\\dense\\vars\\0", "pooler.dense.weight", .transposed
    ),
  ])
  func `keras-hub names are recognised as older versions wrote them`(
    foreign: String, native: String, orientation: Dialect.Orientation
  ) {
    #expect(meaning(foreign, in: .kerasHub) == .parameter(native, orientation))
  }

  @Test func `a dense layer of keras-hub is a pooler or a classifier by its place`() {
    let pooler = Dialect.Meaning.parameter("pooler.dense.weight", .transposed)
    #expect(meaning("layers/dense/vars/0", in: .kerasHub) == pooler)
    #expect(meaning("layers/bert_backbone/layers/dense/vars/0", in: .kerasHubTask) == pooler)
    #expect(
      meaning("layers/dense/vars/0", in: .kerasHubTask)
        == .parameter("classifier.weight", .transposed))
  }

  @Test(arguments: [Dialect.kerasHub, .kerasHubTask, .kerasBERT, .bert4Keras])
  func `every parameter of the encoder has one name in Keras`(dialect: Dialect) {
    let model = ModelDescription(encoder: TinyBERT.encoder, memory: nil, labels: [])
    let parameters = ParameterCatalog(model).parameters
    let dictionary = dialect.dictionary(of: parameters)
    let names = parameters.flatMap { dialect.spell($0) }
    #expect(names.count == parameters.count && Set(names.map(\.name)).count == names.count)
    for parameter in parameters {
      let spelling = dialect.spell(parameter)[0]
      #expect(
        dictionary.meaning(of: spelling.name) == .parameter(parameter.name, spelling.orientation))
    }
  }

  @Test(arguments: [
    Dialect.pyTorch, .reference(bert), .tensorFlow, .native, .tensorFlowVariables, .gguf,
    .onnx(bert),
  ])
  func `every parameter of the encoder has a spelling that comes back to it`(dialect: Dialect) {
    let model = ModelDescription(encoder: TinyBERT.encoder, memory: nil, labels: ["a", "b"])
    let parameters = ParameterCatalog(model).parameters
    let dictionary = dialect.dictionary(of: parameters)
    for parameter in parameters {
      let spellings = dialect.spell(parameter)
      #expect(!spellings.isEmpty)
      for spelling in spellings {
        let meaning = dictionary.meaning(of: spelling.name)
        #expect(meaning == .parameter(parameter.name, spelling.orientation))
      }
    }
  }

  @Test func `the dialect is told by the names`() {
    #expect(Dialect.recognized(in: ["bert.pooler.dense.bias"]).name == "pytorch")
    #expect(Dialect.recognized(in: ["bert/pooler/dense/bias:0"]).name == "tensorflow")
    #expect(Dialect.recognized(in: ["mem_token_ids", "model.bert.x"]).name == "rmt-reference")
  }

  @Test func `layers are counted from either spelling and huge indices are ignored`() {
    func count(_ name: String, _ dialect: Dialect) -> Int { dialect.layerCount(in: [name, "x"]) }
    #expect(count("bert.encoder.layer.3.output.dense.bias", .pyTorch) == 4)
    #expect(count("encoder.layer.99999999999999999999.x", .pyTorch) == 0)
    #expect(count("bert/encoder/layer_._11/output/dense/bias:0", .tensorFlow) == 12)
    #expect(count("bert/encoder/layer_11/output/dense/bias", .tensorFlowVariables) == 12)
    #expect(count("blk.11.ffn_up.bias", .gguf) == 12)
    #expect(count("layers/transformer_encoder/_x/vars/0", .kerasHub) == 1)
    #expect(count("layers/transformer_encoder_11/_x/vars/0", .kerasHub) == 12)
    let inTask = "layers/bert_backbone/layers/transformer_encoder_11/_x/vars/0"
    #expect(count(inTask, .kerasHubTask) == 12)
    #expect(count("Encoder-12-FeedForward/Encoder-12-FeedForward_W1:0", .kerasBERT) == 12)
    #expect(count("Transformer-11-FeedForward/0", .bert4Keras) == 12)
    let object = "encoder/layer_with_weights-15/_attention_layer/_query_dense/kernel"
    #expect(count(object + Dialect.objectSuffix, .tensorFlowObjects(layerCount: 12)) == 12)
  }
}
