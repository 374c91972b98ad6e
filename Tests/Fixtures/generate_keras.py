"""Makes Tests/Fixtures/keras: tiny BERTs as Keras 3, keras-hub, keras-bert and bert4keras write them.

Two environments of Python 3.11, for keras-hub needs Keras 3 and the others Keras 2:

    pip install keras==3.15.1 h5py==3.16.0 safetensors==0.8.0 tokenizers==0.22.2 numpy
    pip install torch==2.13.0 --index-url https://download.pytorch.org/whl/cpu
    pip install --no-deps keras-hub==0.32.0
    python generate_keras.py hub

    pip install tensorflow-cpu==2.19.1 h5py==3.16.0 safetensors==0.8.0
    pip install --no-deps tf-keras==2.19.0 keras-bert==0.89.0 bert4keras==0.11.5 \\
        keras-transformer==0.40.0 keras-pos-embd==0.13.0 keras-self-attention==0.51.0 \\
        keras-multi-head==0.29.0 keras-embed-sim==0.10.0 keras-layer-normalization==0.16.0 \\
        keras-position-wise-feed-forward==0.8.0
    python generate_keras.py legacy

Every folder NAME holds what the library wrote, NAME.safetensors beside it the same weights under
Hugging Face's names, and the hidden states that the library computes for IDS and TYPES. The results are
committed; neither the build nor the tests run this script.
"""

import json
import os
import pathlib
import shutil
import sys

os.environ["CUDA_VISIBLE_DEVICES"] = ""
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["TF_USE_LEGACY_KERAS"] = "1"
os.environ["KERAS_BACKEND"] = "torch"

import h5py
import numpy as np
from safetensors.numpy import save_file

# The folder tensorflow beside this script is no module.
sys.path[:] = [path for path in sys.path if pathlib.Path(path or ".").resolve() != pathlib.Path(__file__).resolve().parent]
ROOT = pathlib.Path(__file__).resolve().parent / "keras"
VOCABULARY = (pathlib.Path(__file__).resolve().parent / "hdf5/bert_model/vocab.txt").read_text()
IDS = np.array([[2, 5, 9, 40, 3], [2, 7, 8, 11, 3]])
TYPES = np.array([[0, 0, 0, 1, 1], [0, 0, 0, 0, 1]])
WIDTH = 16
GOOGLE = dict(
    vocab_size=60, hidden_size=WIDTH, num_hidden_layers=2, num_attention_heads=2,
    intermediate_size=24, max_position_embeddings=32, type_vocab_size=2, hidden_act="gelu",
    hidden_dropout_prob=0.1, attention_probs_dropout_prob=0.1, initializer_range=0.02)
LINEAR = ["attention.self.query", "attention.self.key", "attention.self.value",
          "attention.output.dense", "intermediate.dense", "output.dense"]


def folder(name):
    path = ROOT / name
    shutil.rmtree(path, ignore_errors=True)
    path.mkdir(parents=True)
    return path


def randomize(variables, seed):
    """No parameter keeps an initial value that a mistake could reproduce (zeros, ones)."""
    generator = np.random.default_rng(seed)
    for variable in variables:
        value = generator.normal(0, 0.05, tuple(variable.shape)).astype(np.float32)
        if "gamma" in variable.name:
            value += 1
        variable.assign(value)


def linear(truth, name, kernel, bias):
    bias = np.asarray(bias).reshape(-1)
    truth[name + ".weight"] = np.ascontiguousarray(np.asarray(kernel).reshape(-1, bias.size).T)
    truth[name + ".bias"] = bias


def norm(truth, name, gamma, beta):
    truth[name + ".weight"], truth[name + ".bias"] = np.asarray(gamma), np.asarray(beta)


def masked_token_head(truth, dense, gamma, beta, bias):
    linear(truth, "cls.predictions.transform.dense", *dense)
    norm(truth, "cls.predictions.transform.LayerNorm", gamma, beta)
    truth["cls.predictions.bias"] = np.asarray(bias)


def write_truth(path, truth, states, pooled=None):
    truth = {name: np.ascontiguousarray(value, np.float32) for name, value in truth.items()}
    truth["hidden_states"] = np.ascontiguousarray(states, np.float32)
    if pooled is not None:
        truth["pooled"] = np.ascontiguousarray(pooled, np.float32)
    save_file(truth, str(path.with_suffix(".safetensors")))


def hub():
    import keras
    import keras_hub

    def backbone(seed, dtype="float32"):
        keras.utils.clear_session()
        model = keras_hub.models.BertBackbone(
            vocabulary_size=60, num_layers=2, num_heads=2, hidden_dim=WIDTH, intermediate_dim=24,
            dropout=0.1, max_sequence_length=32, num_segments=2, dtype=dtype)
        randomize(model.variables, seed)
        return model

    def truth_of(model):
        truth = {}
        layers = {layer.name: layer for layer in model.layers}

        def numbers(layer):
            return [keras.ops.convert_to_numpy(keras.ops.cast(v, "float32"))
                    for v in layer.variables if "seed" not in v.name]

        for name, table in [("token_embedding", "word"), ("position_embedding", "position"),
                            ("segment_embedding", "token_type")]:
            truth[f"embeddings.{table}_embeddings.weight"] = numbers(layers[name])[0]
        norm(truth, "embeddings.LayerNorm", *numbers(layers["embeddings_layer_norm"]))
        for index in range(2):
            layer = layers[f"transformer_layer_{index}"]
            attention = layer._self_attention_layer
            parts = [attention.query_dense, attention.key_dense, attention.value_dense,
                     attention.output_dense, layer._feedforward_intermediate_dense,
                     layer._feedforward_output_dense]
            prefix = f"encoder.layer.{index}."
            for name, part in zip(LINEAR, parts):
                linear(truth, prefix + name, *numbers(part))
            norm(truth, prefix + "attention.output.LayerNorm",
                 *numbers(layer._self_attention_layer_norm))
            norm(truth, prefix + "output.LayerNorm", *numbers(layer._feedforward_layer_norm))
        linear(truth, "pooler.dense", *numbers(layers["pooled_dense"]))
        return truth

    def states_of(model):
        output = model({"token_ids": IDS, "segment_ids": TYPES, "padding_mask": np.ones_like(IDS)})
        convert = keras.ops.convert_to_numpy
        return (convert(keras.ops.cast(output["sequence_output"], "float32")),
                convert(keras.ops.cast(output["pooled_output"], "float32")))

    path = folder("hub_preset")
    model = backbone(1)
    model.save_to_preset(str(path))
    assets = path / "assets/tokenizer"
    assets.mkdir(parents=True)
    (assets / "vocabulary.txt").write_text(VOCABULARY)
    # As BertTokenizer.save_to_preset, which needs tensorflow-text.
    (path / "tokenizer.json").write_text(json.dumps({
        "module": "keras_hub.src.models.bert.bert_tokenizer", "class_name": "BertTokenizer",
        "config": {"name": "bert_tokenizer", "trainable": True, "dtype": "int32",
                   "config_file": "tokenizer.json", "vocabulary": None, "sequence_length": None,
                   "lowercase": True, "strip_accents": False, "split": True,
                   "suffix_indicator": "##", "oov_token": "[UNK]", "special_tokens": None},
        "registered_name": "keras_hub>BertTokenizer"}, indent=4))
    write_truth(path, truth_of(model), *states_of(model))

    path = folder("hub_archive")
    model = backbone(2)
    model.save(path / "bert.keras")
    write_truth(path, truth_of(model), *states_of(model))

    path = folder("hub_classifier")
    model = backbone(3)
    task = keras_hub.models.BertTextClassifier(backbone=model, num_classes=3)
    randomize(task.layers[-1].variables, 4)
    task.save(path / "classifier.keras")
    truth = truth_of(model)
    linear(truth, "classifier", *[keras.ops.convert_to_numpy(v) for v in task.layers[-1].variables])
    write_truth(path, truth, *states_of(model))

    path = folder("hub_task_preset")
    model = backbone(7)
    task = keras_hub.models.BertTextClassifier(backbone=model, num_classes=3)
    randomize(task.layers[-1].variables, 8)
    task.save_to_preset(str(path))
    truth = truth_of(model)
    linear(truth, "classifier", *[keras.ops.convert_to_numpy(v) for v in task.layers[-1].variables])
    write_truth(path, truth, *states_of(model))

    path = folder("hub_shards")
    model = backbone(9)
    # The size is in gigabytes.
    model.save_weights(path / "model.weights.json", max_shard_size=2e-5)
    (path / "config.json").write_text(json.dumps(
        {"model_type": "bert", **GOOGLE, "hidden_act": "gelu_new", "layer_norm_eps": 1e-12}))
    write_truth(path, truth_of(model), *states_of(model))

    path = folder("hub_bfloat16")
    model = backbone(5, "bfloat16")
    model.save_weights(path / "model.weights.h5")
    (path / "config.json").write_text(json.dumps(
        {"model_type": "bert", **GOOGLE, "hidden_act": "gelu_new", "layer_norm_eps": 1e-12}))
    write_truth(path, truth_of(model), *states_of(model))


def import_legacy_keras():
    """keras-bert and bert4keras import `keras`, of which Keras 2 lives on as tf_keras."""
    import tf_keras
    import tf_keras.src.engine.base_layer
    import tf_keras.src.engine.node

    sys.modules["keras"] = tf_keras
    for name in ["backend", "layers", "utils", "models", "initializers", "regularizers",
                 "constraints", "activations", "optimizers", "callbacks", "losses", "metrics"]:
        sys.modules["keras." + name] = getattr(tf_keras, name)
    tf_keras.engine = tf_keras.src.engine
    tf_keras.src.engine.base_layer.Node = tf_keras.src.engine.node.Node
    return tf_keras


def legacy():
    tf_keras = import_legacy_keras()

    def named(layer):
        # tf_keras counts the parts of a layer of bert4keras twice, the Keras of its day did not.
        unique = {id(weight): weight for weight in layer.weights}
        return [weight.numpy() for weight in unique.values()]

    import keras_bert

    tf_keras.backend.clear_session()
    model = keras_bert.get_model(
        token_num=60, head_num=2, transformer_num=2, embed_dim=WIDTH, feed_forward_dim=24,
        seq_len=5, pos_num=32, dropout_rate=0.1, training=True)
    randomize(model.weights, 6)
    layers = {layer.name: layer for layer in model.layers}
    truth = {}
    for name, table in [("Token", "word"), ("Segment", "token_type"), ("Position", "position")]:
        truth[f"embeddings.{table}_embeddings.weight"] = named(layers["Embedding-" + name])[0]
    norm(truth, "embeddings.LayerNorm", *named(layers["Embedding-Norm"]))
    for index in range(2):
        prefix = f"encoder.layer.{index}."
        attention = f"Encoder-{index + 1}-MultiHeadSelfAttention"
        feed = f"Encoder-{index + 1}-FeedForward"
        values = named(layers[attention]) + named(layers[feed])
        for place, name in enumerate(LINEAR):
            linear(truth, prefix + name, values[2 * place], values[2 * place + 1])
        norm(truth, prefix + "attention.output.LayerNorm", *named(layers[attention + "-Norm"]))
        norm(truth, prefix + "output.LayerNorm", *named(layers[feed + "-Norm"]))
    linear(truth, "pooler.dense", *named(layers["NSP-Dense"]))
    masked_token_head(truth, named(layers["MLM-Dense"]), *named(layers["MLM-Norm"]),
                      *named(layers["MLM-Sim"]))
    reader = tf_keras.Model(model.inputs, [layers["Encoder-2-FeedForward-Norm"].output,
                                           layers["NSP-Dense"].output])
    states, pooled = reader.predict([IDS, TYPES, np.zeros_like(IDS)], verbose=0)
    path = folder("keras_bert_model")
    model.save(path / "bert.h5", include_optimizer=False)
    write_truth(path, truth, states, pooled)
    path = folder("keras_bert_weights")
    model.save_weights(path / "bert.h5")
    (path / "bert_config.json").write_text(json.dumps(GOOGLE, indent=2))
    (path / "vocab.txt").write_text(VOCABULARY)
    write_truth(path, truth, states, pooled)

    from bert4keras.models import build_transformer_model

    path = folder("bert4keras_weights")
    (path / "bert_config.json").write_text(json.dumps(GOOGLE, indent=2))
    (path / "vocab.txt").write_text(VOCABULARY)
    tf_keras.backend.clear_session()
    model = build_transformer_model(str(path / "bert_config.json"), None, model="bert",
                                    with_pool=True, with_mlm=True)
    randomize(model.weights, 7)
    layers = {layer.name: layer for layer in model.layers}
    truth = {}
    for name, table in [("Token", "word"), ("Segment", "token_type"), ("Position", "position")]:
        truth[f"embeddings.{table}_embeddings.weight"] = named(layers["Embedding-" + name])[0]
    norm(truth, "embeddings.LayerNorm", *reversed(named(layers["Embedding-Norm"])))
    for index in range(2):
        prefix = f"encoder.layer.{index}."
        attention = f"Transformer-{index}-MultiHeadSelfAttention"
        feed = f"Transformer-{index}-FeedForward"
        values = named(layers[attention]) + named(layers[feed])
        for place, name in enumerate(LINEAR):
            linear(truth, prefix + name, values[2 * place], values[2 * place + 1])
        norm(truth, prefix + "attention.output.LayerNorm",
             *reversed(named(layers[attention + "-Norm"])))
        norm(truth, prefix + "output.LayerNorm", *reversed(named(layers[feed + "-Norm"])))
    linear(truth, "pooler.dense", *named(layers["Pooler-Dense"]))
    masked_token_head(truth, named(layers["MLM-Dense"]), *reversed(named(layers["MLM-Norm"])),
                      *named(layers["MLM-Bias"]))
    reader = tf_keras.Model(model.inputs, [layers["Transformer-1-FeedForward-Norm"].output,
                                           layers["Pooler-Dense"].output])
    states, pooled = reader.predict([IDS, TYPES], verbose=0)
    write_legacy_weights(path / "bert.h5", model)
    write_truth(path, truth, states, pooled)


def write_legacy_weights(path, model):
    """Keras 2's format; sub-layers are numbered through the whole model, as Keras 2.3 did."""
    count = 0
    with h5py.File(path, "w") as file:
        file.attrs["layer_names"] = [layer.name.encode() for layer in model.layers]
        file.attrs["backend"] = b"tensorflow"
        file.attrs["keras_version"] = b"2.3.1"
        for layer in model.layers:
            group = file.create_group(layer.name)
            names, seen, parts = [], set(), {}
            for weight in layer.weights:
                if id(weight) in seen:
                    continue
                seen.add(id(weight))
                first, *middle, last = weight.name.split("/")
                if middle:
                    if middle[0] not in parts:
                        count += 1
                        parts[middle[0]] = f"dense_{count}"
                    middle = [parts[middle[0]]]
                name = "/".join([first, *middle, last])
                names.append(name.encode())
                group[name] = weight.numpy()
            group.attrs["weight_names"] = names


if __name__ == "__main__":
    {"hub": hub, "legacy": legacy}[sys.argv[1]]()
