import HDF5
import TensorStorage
import Testing

struct KerasLayersTests {
  @Test func `lists the layers of a model in their order`() throws {
    let file = try HDF5File(path: fixture("bert_for_pretraining/tf_model.h5"))
    let layers = try file.kerasLayers()
    #expect(layers.map(\.name) == ["bert", "nsp___cls", "mlm___cls", "top_level_model_weights"])
    // 5 embeddings, 16 for each of 2 layers, 2 of the pooler.
    #expect(layers[0].weights.count == 39)
    let first = try #require(layers[0].weights.first)
    #expect(
      first.name == "tf_bert_for_pre_training/bert/embeddings/word_embeddings/weight:0")
    #expect(first.tensor.name == "bert/" + first.name)
    #expect(first.tensor.shape == [60, 16])
    #expect(layers[3].weights.isEmpty)
  }

  @Test func `finds every dataset in a layer`() throws {
    for name in ["bert_model", "bert_for_masked_lm", "bert_for_sequence_classification"] {
      let file = try HDF5File(path: fixture(name + "/tf_model.h5"))
      let listed = try file.kerasLayers().flatMap { $0.weights.map(\.tensor.name) }
      #expect(Set(listed) == Set(file.tensors.map(\.name)))
      #expect(file.skipped.isEmpty)
    }
  }

  @Test func `joins a list that was split into several attributes`() throws {
    let whole = try HDF5File(path: fixture("bert_for_sequence_classification/tf_model.h5"))
    let split = try HDF5File(path: fixture("bert_split_attributes/tf_model.h5"))
    #expect(try split.attribute(named: "weight_names", at: "bert") == nil)
    #expect(try split.kerasLayers() == whole.kerasLayers())
  }

  @Test func `finds the weights inside a whole Keras model`() throws {
    let file = try HDF5File(path: fixture("bert_whole_keras_model/tf_model.h5"))
    #expect(file.kerasWeightsGroup == "model_weights")
    let layers = try file.kerasLayers()
    #expect(layers.map(\.name) == ["bert", "top_level_model_weights"])
    #expect(layers[0].weights.allSatisfy { $0.tensor.name == "model_weights/bert/" + $0.name })
    let step = try #require(file.tensor(named: "optimizer_weights/Adam/iter:0"))
    #expect(try file.bytes(of: step) == [12, 0, 0, 0, 0, 0, 0, 0])
  }

  @Test func `says that a file is not Keras's`() throws {
    let file = try HDF5File(path: fixture("various.h5"))
    let error = try #require(throws: HDF5Error.self) { try file.kerasLayers() }
    #expect(error.problem == "attribute layer_names is missing")
  }
}
