"""Makes Tests/Fixtures/tensorflow: tiny TensorFlow checkpoints and what transformers makes of them.

Run with Python 3.11 in an environment made by

    pip install transformers==4.57.6 tensorflow-cpu==2.19.1 safetensors==0.8.0 cramjam==2.14.0
    pip install torch==2.13.0 --index-url https://download.pytorch.org/whl/cpu

The results are committed; neither the build nor the tests run this script.

    google             as Google's run_pretraining saves it: names, heads, Adam's moments, global_step
    google_classifier  as its run_classifier saves it
    google_snappy      google's index with blocks compressed by Snappy, as TensorFlow once wrote them
    google_shards      google's variables in three data files
    objects            a TF2 object checkpoint with the names of the official models

The folder truth holds the state dicts that transformers' own loader of Google's checkpoints makes;
that of google is the truth of all folders but google_classifier, which hold the same numbers.
"""

import os
import pathlib
import shutil
import struct

os.environ["CUDA_VISIBLE_DEVICES"] = ""
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import cramjam
import numpy as np
import safetensors.torch
import tensorflow as tf
import torch
import transformers
from transformers.models.bert.modeling_bert import load_tf_weights_in_bert

ROOT = pathlib.Path(__file__).resolve().parent / "tensorflow"
LAYERS, WIDTH, INNER, HEADS, VOCABULARY, POSITIONS = 2, 8, 12, 2, 40, 16
CONFIGURATION = f"""{{
  "attention_probs_dropout_prob": 0.1,
  "hidden_act": "gelu",
  "hidden_dropout_prob": 0.1,
  "hidden_size": {WIDTH},
  "initializer_range": 0.02,
  "intermediate_size": {INNER},
  "max_position_embeddings": {POSITIONS},
  "num_attention_heads": {HEADS},
  "num_hidden_layers": {LAYERS},
  "type_vocab_size": 2,
  "vocab_size": {VOCABULARY}
}}
"""
WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "the", "a", "went", "to", "kitchen"]
PIECES = WORDS + [chr(ord("a") + i) for i in range(1, 16)] + ["##" + chr(ord("a") + i) for i in range(15)]


def google_shapes(head):
    shapes = {
        "bert/embeddings/word_embeddings": [VOCABULARY, WIDTH],
        "bert/embeddings/position_embeddings": [POSITIONS, WIDTH],
        "bert/embeddings/token_type_embeddings": [2, WIDTH],
    }

    def norm(name):
        shapes[f"{name}/LayerNorm/beta"] = [WIDTH]
        shapes[f"{name}/LayerNorm/gamma"] = [WIDTH]

    def dense(name, inputs, outputs):
        shapes[f"{name}/kernel"] = [inputs, outputs]
        shapes[f"{name}/bias"] = [outputs]

    norm("bert/embeddings")
    for layer in range(LAYERS):
        prefix = f"bert/encoder/layer_{layer}"
        for part in ["query", "key", "value"]:
            dense(f"{prefix}/attention/self/{part}", WIDTH, WIDTH)
        dense(f"{prefix}/attention/output/dense", WIDTH, WIDTH)
        norm(f"{prefix}/attention/output")
        dense(f"{prefix}/intermediate/dense", WIDTH, INNER)
        dense(f"{prefix}/output/dense", INNER, WIDTH)
        norm(f"{prefix}/output")
    dense("bert/pooler/dense", WIDTH, WIDTH)
    if head == "pretraining":
        dense("cls/predictions/transform/dense", WIDTH, WIDTH)
        norm("cls/predictions/transform")
        shapes["cls/predictions/output_bias"] = [VOCABULARY]
        shapes["cls/seq_relationship/output_weights"] = [2, WIDTH]
        shapes["cls/seq_relationship/output_bias"] = [2]
    if head == "classifier":
        shapes["output_weights"] = [3, WIDTH]
        shapes["output_bias"] = [3]
    return shapes


def numbers(shapes, seed):
    """No parameter keeps a value that a mistake could reproduce (zeros, ones)."""
    generator = np.random.default_rng(seed)
    return {
        name: generator.normal(1 if name.endswith("gamma") else 0, 0.05, shape).astype(np.float32)
        for name, shape in shapes.items()
    }


def folder_with_words(name):
    folder = ROOT / name
    folder.mkdir(parents=True)
    (folder / "bert_config.json").write_text(CONFIGURATION)
    (folder / "vocab.txt").write_text("\n".join(PIECES) + "\n")
    return folder


def save(arrays, prefix):
    with tf.Graph().as_default(), tf.compat.v1.Session() as session:
        for name, value in arrays.items():
            tf.compat.v1.get_variable(name, initializer=value)
            if name.startswith("bert/pooler"):
                tf.compat.v1.get_variable(f"{name}/adam_m", initializer=value * 0)
                tf.compat.v1.get_variable(f"{name}/adam_v", initializer=value * 0)
        tf.compat.v1.get_variable("global_step", initializer=np.int64(1234))
        session.run(tf.compat.v1.global_variables_initializer())
        tf.compat.v1.train.Saver(save_relative_paths=True).save(session, str(prefix), write_meta_graph=False)


def truth(prefix, folder, head, arrays):
    config = transformers.BertConfig.from_json_file(str(folder / "bert_config.json"))
    config.num_labels = 3
    classes = {"pretraining": transformers.BertForPreTraining,
               "classifier": transformers.BertForSequenceClassification}
    model = classes[head](config)
    if head == "pretraining":
        load_tf_weights_in_bert(model, config, str(prefix))
    else:
        # The loader looks for the classifier inside the encoder; its two tensors are copied here.
        load_tf_weights_in_bert_without_head(model, config, arrays)
    state = {name: tensor.clone().contiguous() for name, tensor in model.state_dict().items()}
    for tied in ["cls.predictions.decoder.weight", "cls.predictions.decoder.bias"]:
        state.pop(tied, None)
    (ROOT / "truth").mkdir(exist_ok=True)
    safetensors.torch.save_file(
        state, str(ROOT / "truth" / f"{folder.name}.safetensors"), metadata={"format": "pt"})


def load_tf_weights_in_bert_without_head(model, config, arrays):
    encoder = {name: value for name, value in arrays.items() if name.startswith("bert/")}
    scratch = ROOT / "scratch"
    scratch.mkdir()
    save(encoder, scratch / "model.ckpt")
    load_tf_weights_in_bert(model, config, str(scratch / "model.ckpt"))
    shutil.rmtree(scratch)
    with torch.no_grad():
        model.classifier.weight.copy_(torch.tensor(arrays["output_weights"]))
        model.classifier.bias.copy_(torch.tensor(arrays["output_bias"]))


# The index file, in as much detail as compressing its blocks needs.

CASTAGNOLI = []
for index in range(256):
    for _ in range(8):
        index = index >> 1 ^ (0x82F63B78 if index & 1 else 0)
    CASTAGNOLI.append(index)


def masked_check(data):
    register = 0xFFFFFFFF
    for byte in data:
        register = register >> 8 ^ CASTAGNOLI[(register ^ byte) & 0xFF]
    register ^= 0xFFFFFFFF
    return ((register >> 15 | register << 17) + 0xA282EAD8) & 0xFFFFFFFF


def varint(value):
    result = b""
    while value >= 0x80:
        result += bytes([value & 0x7F | 0x80])
        value >>= 7
    return result + bytes([value])


def read_varint(data, position):
    value = shift = 0
    while True:
        byte = data[position]
        position += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return value, position


def entries(block):
    restarts = struct.unpack("<I", block[-4:])[0]
    end = len(block) - 4 - 4 * restarts
    position, key = 0, b""
    while position < end:
        shared, position = read_varint(block, position)
        fresh, position = read_varint(block, position)
        size, position = read_varint(block, position)
        key = key[:shared] + block[position:position + fresh]
        yield key, block[position + fresh:position + fresh + size]
        position += fresh + size


def block_of(pairs):
    """Entries that share nothing, each a place to begin at."""
    body, restarts = b"", []
    for key, value in pairs:
        restarts.append(len(body))
        body += varint(0) + varint(len(key)) + varint(len(value)) + key + value
    restarts = restarts or [0]
    return body + b"".join(struct.pack("<I", r) for r in restarts) + struct.pack("<I", len(restarts))


def compress_index(source, target):
    """The same entries in Snappy's blocks of at most twenty, so that there are several."""
    data = source.read_bytes()
    footer, position = data[-48:], 0
    for _ in range(2):
        _, position = read_varint(footer, position)
    offset, position = read_varint(footer, position)
    size, position = read_varint(footer, position)
    pairs = []
    for _, handle in entries(data[offset:offset + size]):
        start, place = read_varint(handle, 0)
        count, _ = read_varint(handle, place)
        assert data[start + count] == 0, "TensorFlow 2.19 does not compress"
        pairs += entries(data[start:start + count])
    output = b""

    def add(block):
        nonlocal output
        packed = bytes(cramjam.snappy.compress_raw(block))
        handle = varint(len(output)) + varint(len(packed))
        output += packed + b"\x01" + struct.pack("<I", masked_check(packed + b"\x01"))
        return handle

    index = []
    for start in range(0, len(pairs), 20):
        part = pairs[start:start + 20]
        index.append((part[-1][0], add(block_of(part))))
    empty = block_of([])
    meta = varint(len(output)) + varint(len(empty))
    output += empty + b"\x00" + struct.pack("<I", masked_check(empty + b"\x00"))
    handle = add(block_of(index))
    output += (meta + handle).ljust(40, b"\x00") + footer[40:]
    target.write_bytes(output)


def shards(arrays, prefix):
    names = sorted(arrays)
    parts = []
    for number in range(3):
        part = f"{prefix}_temp/part-{number:05d}-of-00003"
        os.makedirs(os.path.dirname(part), exist_ok=True)
        chosen = names[number::3]
        tf.raw_ops.SaveV2(
            prefix=part, tensor_names=chosen, shape_and_slices=[""] * len(chosen),
            tensors=[tf.constant(arrays[name]) for name in chosen])
        parts.append(part)
    tf.raw_ops.MergeV2Checkpoints(
        checkpoint_prefixes=parts, destination_prefix=str(prefix), delete_old_dirs=True)


def objects(arrays, prefix):
    """The tree of an official model: numbered layers, attention kernels with their heads apart."""
    split = WIDTH // HEADS

    def node(**variables):
        result = tf.Module()
        for name, value in variables.items():
            setattr(result, name, value if isinstance(value, tf.Module) else tf.Variable(value))
        return result

    def dense(name, kernel=None, bias=None):
        weights = arrays[f"{name}/kernel"]
        offset = arrays[f"{name}/bias"]
        return node(kernel=weights if kernel is None else weights.reshape(kernel),
                    bias=offset if bias is None else offset.reshape(bias))

    def norm(name):
        return node(gamma=arrays[f"{name}/LayerNorm/gamma"], beta=arrays[f"{name}/LayerNorm/beta"])

    layers = [
        node(embeddings=arrays["bert/embeddings/word_embeddings"]),
        node(embeddings=arrays["bert/embeddings/position_embeddings"]),
        node(embeddings=arrays["bert/embeddings/token_type_embeddings"]),
        norm("bert/embeddings"),
    ]
    for layer in range(LAYERS):
        prefix_ = f"bert/encoder/layer_{layer}"
        attention = node(**{
            f"_{part}_dense": dense(
                f"{prefix_}/attention/self/{part}", (WIDTH, HEADS, split), (HEADS, split))
            for part in ["query", "key", "value"]})
        layers.append(node(
            _attention_layer=attention,
            _attention_output_dense=dense(
                f"{prefix_}/attention/output/dense", (HEADS, split, WIDTH)),
            _attention_layer_norm=norm(f"{prefix_}/attention/output"),
            _intermediate_dense=dense(f"{prefix_}/intermediate/dense"),
            _output_dense=dense(f"{prefix_}/output/dense"),
            _output_layer_norm=norm(f"{prefix_}/output")))
    layers.append(dense("bert/pooler/dense"))
    model = tf.Module()
    for index, layer in enumerate(layers):
        setattr(model, f"layer_with_weights-{index}", layer)
    tf.train.Checkpoint(model=model).save(str(prefix))


if __name__ == "__main__":
    shutil.rmtree(ROOT, ignore_errors=True)
    ROOT.mkdir()
    assert len(PIECES) == VOCABULARY, len(PIECES)

    google = folder_with_words("google")
    arrays = numbers(google_shapes("pretraining"), 1)
    save(arrays, google / "bert_model.ckpt")
    truth(google / "bert_model.ckpt", google, "pretraining", arrays)

    classifier = folder_with_words("google_classifier")
    fine_tuned = numbers(google_shapes("classifier"), 2)
    save(fine_tuned, classifier / "model.ckpt-1234")
    truth(classifier / "model.ckpt-1234", classifier, "classifier", fine_tuned)

    snappy = folder_with_words("google_snappy")
    compress_index(google / "bert_model.ckpt.index", snappy / "bert_model.ckpt.index")
    shutil.copy(google / "bert_model.ckpt.data-00000-of-00001", snappy)
    reader = tf.train.load_checkpoint(str(snappy / "bert_model.ckpt"))
    assert all(np.array_equal(reader.get_tensor(name), value) for name, value in arrays.items())

    sharded = folder_with_words("google_shards")
    shards(arrays, sharded / "bert_model.ckpt")

    tree = folder_with_words("objects")
    encoder = {name: value for name, value in arrays.items() if name.startswith("bert/")}
    objects(encoder, tree / "bert_model.ckpt")
