"""Makes Tests/Fixtures/hdf5: tiny TensorFlow BERT checkpoints and the same weights for PyTorch.

Run with Python 3.11 in an environment made by

    pip install transformers==4.57.6 tensorflow-cpu==2.19.1 h5py==3.16.0 safetensors==0.8.0
    pip install --no-deps tf-keras==2.19.0
    pip install torch==2.13.0 --index-url https://download.pytorch.org/whl/cpu

and `apt-get install hdf5-tools` (1.10.8), whose h5repack the advice of errors names.

transformers 4.57.6 is the last release that writes tf_model.h5. The results are committed; neither
the build nor the tests run this script.

Every folder bert_* holds what TensorFlow wrote (tf_model.h5, config.json, vocab.txt) and, as
model.safetensors, what transformers itself makes of it for PyTorch: the truth for a conversion.
"""

import os
import pathlib
import shutil
import subprocess

os.environ["CUDA_VISIBLE_DEVICES"] = ""
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["TF_USE_LEGACY_KERAS"] = "1"

import h5py
import numpy as np
import tensorflow as tf
import transformers
from transformers.modeling_tf_pytorch_utils import load_tf2_checkpoint_in_pytorch_model

ROOT = pathlib.Path(__file__).resolve().parent / "hdf5"

SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
WORDS = ["the", "a", "is", "in", "mary", "went", "to", "kitchen", "where", "garden", "and", "."]
LETTERS = [chr(ord("a") + index) for index in range(1, 22)]
PIECES = ["##" + chr(ord("a") + index) for index in range(22)]
VOCABULARY = SPECIAL + WORDS + LETTERS + PIECES


def configuration(**changes):
    return transformers.BertConfig(
        vocab_size=60, hidden_size=16, num_hidden_layers=2, num_attention_heads=2,
        intermediate_size=24, max_position_embeddings=32, type_vocab_size=2, **changes)


def randomize(model, seed):
    """No parameter keeps an initial value that a mistake could reproduce (zeros, ones)."""
    generator = np.random.default_rng(seed)
    for variable in model.weights:
        value = generator.normal(0, 0.05, variable.shape).astype(np.float32)
        if "gamma" in variable.name:
            value += 1
        variable.assign(value)


def checkpoint(folder_name, tensorflow_class, pytorch_class, seed, **changes):
    assert len(VOCABULARY) == 60, len(VOCABULARY)
    folder = ROOT / folder_name
    folder.mkdir(parents=True)
    config = configuration(architectures=[pytorch_class.__name__], **changes)
    tf.keras.backend.clear_session()
    model = tensorflow_class(config)
    model.build_in_name_scope()
    randomize(model, seed)
    model.save_pretrained(folder, safe_serialization=False)
    (folder / "vocab.txt").write_text("\n".join(VOCABULARY) + "\n")
    truth = load_tf2_checkpoint_in_pytorch_model(
        pytorch_class(config), str(folder / "tf_model.h5"), allow_missing_keys=False)
    truth.save_pretrained(folder, safe_serialization=True)
    check(model, truth)
    return folder, model


def check(model, truth):
    """The two models are the same function, so the truth deserves its name."""
    import torch

    ids = np.array([[2, 5, 9, 40, 3], [2, 7, 8, 11, 3]])
    kinds = np.array([[0, 0, 0, 1, 1], [0, 0, 0, 0, 1]])
    left = model(tf.constant(ids), token_type_ids=tf.constant(kinds)).to_tuple()
    truth.eval()
    with torch.no_grad():
        right = truth(torch.tensor(ids), token_type_ids=torch.tensor(kinds)).to_tuple()
    for a, b in zip(left, right):
        difference = np.abs(a.numpy() - b.numpy()).max()
        assert difference < 1e-6, difference


def copy_group(source, target):
    for name, value in source.attrs.items():
        target.attrs[name] = value
    for name, member in source.items():
        if isinstance(member, h5py.Group):
            copy_group(member, target.create_group(name))
        else:
            target.create_dataset(name, data=member[()])


def write_in_pieces(group, name, values):
    """As Keras does when an attribute outgrows an object header: fixed-length ASCII, numbered."""
    values = [value.encode() if isinstance(value, str) else value for value in values]
    middle = len(values) // 2
    del group.attrs[name]
    group.attrs[name + "0"] = np.array(values[:middle])
    group.attrs[name + "1"] = np.array(values[middle:])


def split_attributes(source):
    folder = ROOT / "bert_split_attributes"
    shutil.copytree(source, folder)
    with h5py.File(source / "tf_model.h5", "r") as old, h5py.File(folder / "tf_model.h5", "w") as new:
        copy_group(old, new)
        for layer in list(old.attrs["layer_names"]):
            if len(old[layer].attrs["weight_names"]) > 1:
                write_in_pieces(new[layer], "weight_names", old[layer].attrs["weight_names"])
        write_in_pieces(new, "layer_names", old.attrs["layer_names"])


def whole_keras_model(source):
    folder = ROOT / "bert_whole_keras_model"
    shutil.copytree(source, folder)
    with h5py.File(source / "tf_model.h5", "r") as old, h5py.File(folder / "tf_model.h5", "w") as new:
        new.attrs["model_config"] = '{"class_name": "Functional"}'
        new.attrs["training_config"] = '{"loss": null}'
        copy_group(old, new.create_group("model_weights"))
        optimizer = new.create_group("optimizer_weights")
        optimizer.attrs["weight_names"] = [b"Adam/iter:0", b"Adam/m/kernel:0"]
        optimizer["Adam/iter:0"] = np.int64(12)
        optimizer["Adam/m/kernel:0"] = np.ones((2, 3), np.float32)


def tensorflow_safetensors(source, model):
    folder = ROOT / "bert_tensorflow_safetensors"
    folder.mkdir()
    for name in ["config.json", "vocab.txt"]:
        shutil.copy(source / name, folder / name)
    shutil.copy(source / "model.safetensors", folder / "truth.safetensors")
    model.save_pretrained(folder, safe_serialization=True)


def sharded(source):
    folder = ROOT / "bert_sharded"
    folder.mkdir()
    for name in ["config.json", "vocab.txt", "model.safetensors"]:
        shutil.copy(source / name, folder / name)
    tf.keras.backend.clear_session()
    model = transformers.TFBertForPreTraining.from_pretrained(source, use_safetensors=False)
    model.save_pretrained(folder, safe_serialization=False, max_shard_size="12KB")


def newest():
    """What libhdf5 writes when it is asked for its newest format, as far as it is read."""
    with h5py.File(ROOT / "newest.h5", "w", libver="latest", userblock_size=512) as file:
        group = file.create_group("group")
        group.attrs["names"] = ["eins", "zwölf"]
        group.attrs["fixed"] = np.array([b"one", b"three"])
        group["numbers"] = np.arange(6, dtype=np.float32).reshape(2, 3)
        group.create_dataset("one_chunk", data=np.arange(20, dtype=np.int16).reshape(4, 5),
                             chunks=(4, 5), compression="gzip", shuffle=True, fletcher32=True)
        group.create_dataset("one_plain_chunk", data=np.arange(8, dtype=">f8"), chunks=(8,))
        early = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        early.set_chunk((2, 3))
        early.set_alloc_time(h5py.h5d.ALLOC_TIME_EARLY)
        space = h5py.h5s.create_simple((5, 4))
        h5py.h5d.create(group.id, b"implicit", h5py.h5t.IEEE_F32LE, space, dcpl=early).write(
            h5py.h5s.ALL, h5py.h5s.ALL, np.arange(20, dtype=np.float32).reshape(5, 4))
        compact = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        compact.set_layout(h5py.h5d.COMPACT)
        space = h5py.h5s.create_simple((3,))
        h5py.h5d.create(group.id, b"compact", h5py.h5t.STD_I32BE, space, dcpl=compact).write(
            h5py.h5s.ALL, h5py.h5s.ALL, np.array([1, -2, 3], np.int32))


def chunked():
    """Chunks in the older format: several axes, edges, holes with a fill value, a named type."""
    with h5py.File(ROOT / "chunked.h5", "w") as file:
        values = np.arange(7 * 5 * 3, dtype=np.float32).reshape(7, 5, 3)
        file.create_dataset("three_axes", data=values, chunks=(2, 2, 2))
        file.create_dataset("checked", data=values, chunks=(3, 5, 3), fletcher32=True)
        file.create_dataset("packed", data=values, chunks=(4, 3, 2), compression="gzip",
                            shuffle=True, fletcher32=True)
        holes = file.create_dataset("holes", (6, 4), np.int16, chunks=(2, 2), fillvalue=-7)
        holes[2:4, 0:2] = 5
        file.create_dataset("grown", data=values[:2], maxshape=(None, 5, 3), chunks=(2, 5, 3))
        file["grown"].resize(5, axis=0)
        file["type"] = np.dtype(np.float32)
        file.create_dataset("of_named_type", data=[1.5, 2.5], dtype=file["type"])
        file["again"] = file["three_axes"]


def refused():
    """Well-formed files that use what is not read; an error names it."""
    folder = ROOT / "refused"
    folder.mkdir()
    with h5py.File(folder / "dense_group.h5", "w", libver="latest") as file:
        for index in range(20):
            file[f"x{index}"] = np.float32(index)
    with h5py.File(folder / "dense_attributes.h5", "w", libver="latest") as file:
        for index in range(20):
            file.attrs[f"weight_names{index}"] = ["a"]
    with h5py.File(folder / "fixed_array.h5", "w", libver="latest") as file:
        file.create_dataset("x", data=np.zeros((8, 8), np.float32), chunks=(2, 2))
    with h5py.File(folder / "extensible_array.h5", "w", libver="latest") as file:
        file.create_dataset("x", data=np.zeros((8, 8), np.float32), chunks=(2, 2),
                            maxshape=(None, 8))
    with h5py.File(folder / "lzf.h5", "w") as file:
        file.create_dataset("x", data=np.zeros((8, 8), np.float32), compression="lzf")
    with h5py.File(folder / "scale_offset.h5", "w") as file:
        file.create_dataset("x", data=np.zeros((8, 8), np.int32), scaleoffset=True)


def repacked():
    """The same files as h5repack writes them; of LZF it has no filter."""
    folder = ROOT / "repacked"
    folder.mkdir()
    for source in sorted((ROOT / "refused").glob("*.h5")):
        if source.stem != "lzf":
            subprocess.run(["h5repack", "-l", "CONTI", "-f", "NONE", source, folder / source.name], check=True)


def various():
    """Every element type, layout and shape that a reader has to tell apart, in one file."""
    with h5py.File(ROOT / "various.h5", "w") as file:
        numbers = np.arange(6).reshape(2, 3)
        for name in ["float16", "float32", "float64", "int8", "int16", "int32", "int64",
                     "uint8", "uint16", "uint32", "uint64"]:
            file[name] = numbers.astype(name)
        file["big_endian_float32"] = numbers.astype(">f4") + np.float32(0.5)
        file["big_endian_int16"] = numbers.astype(">i2") * 300
        file["scalar"] = np.float32(7.5)
        file["no_rows"] = np.zeros((0, 3), np.float32)
        file["nothing"] = h5py.Empty("f4")
        file["text"] = "words"
        file["truth"] = np.array([True, False])
        file["bfloat16_as_bytes"] = np.array([1, 2], np.uint16).view("V2")
        file.create_dataset("group/compressed", data=np.arange(40, dtype=np.float32).reshape(10, 4),
                            chunks=(3, 4), compression="gzip", shuffle=True)
        file["group"].attrs["fixed"] = np.array([b"one", b"three"])
        file["group"].attrs["fixed_umlaut"] = np.array(["ä".encode(), b"b"])
        file["group"].attrs["variable"] = ["eins", "zwölf", ""]
        file["group"].attrs["one"] = "alone"
        file["group"].attrs["integers"] = np.array([3, -4], np.int32)
        file["group"].attrs["floats"] = np.array([0.5])
        file["group"].attrs["empty"] = np.array([], np.float64)
        file["group"].attrs["odd"] = np.array([1], dtype=[("a", "i4"), ("b", "i4")])


def hostile():
    folder = ROOT / "hostile"
    folder.mkdir()
    with h5py.File(folder / "soft_link.h5", "w") as file:
        file["real"] = np.zeros(3, np.float32)
        file["soft"] = h5py.SoftLink("/real")
    with h5py.File(folder / "external_link.h5", "w") as file:
        file["external"] = h5py.ExternalLink("other.h5", "/real")
    with h5py.File(folder / "external_storage.h5", "w") as file:
        file.create_dataset("outside", (4,), np.uint8, external=[("other.bin", 0, 4)])
    with h5py.File(folder / "virtual.h5", "w") as file:
        layout = h5py.VirtualLayout((4,), np.float32)
        layout[:] = h5py.VirtualSource("other.h5", "real", (4,))
        file.create_virtual_dataset("virtual", layout)
    with h5py.File(folder / "shape_bomb.h5", "w") as file:
        file.create_dataset("bomb", (1 << 20, 1 << 14), np.float32, chunks=(64, 64),
                            compression="gzip")[0, 0] = 1
    with h5py.File(folder / "chunk_bomb.h5", "w") as file:
        file.create_dataset("bomb", (1 << 14, 1 << 14), np.float32, chunks=(1 << 14, 1 << 14),
                            compression="gzip")
    with h5py.File(folder / "never_written.h5", "w") as file:
        file.create_dataset("hollow", (1 << 12, 1 << 12), np.float32)
    with h5py.File(folder / "cycle.h5", "w") as file:
        file.create_group("a")
        file["a/b"] = file["a"]


if __name__ == "__main__":
    shutil.rmtree(ROOT, ignore_errors=True)
    ROOT.mkdir()
    t = transformers
    plain, _ = checkpoint("bert_model", t.TFBertModel, t.BertModel, 1)
    _, pretraining = checkpoint(
        "bert_for_pretraining", t.TFBertForPreTraining, t.BertForPreTraining, 2)
    checkpoint("bert_for_masked_lm", t.TFBertForMaskedLM, t.BertForMaskedLM, 3)
    classifier, _ = checkpoint(
        "bert_for_sequence_classification", t.TFBertForSequenceClassification,
        t.BertForSequenceClassification, 4,
        id2label={0: "no", 1: "yes", 2: "maybe"}, label2id={"no": 0, "yes": 1, "maybe": 2})
    split_attributes(classifier)
    whole_keras_model(plain)
    tensorflow_safetensors(ROOT / "bert_for_pretraining", pretraining)
    sharded(ROOT / "bert_for_pretraining")
    various()
    newest()
    chunked()
    refused()
    repacked()
    hostile()
