"""Makes Tests/Fixtures/gguf: one tiny BERT in every type that is read, and the numbers it stands for.

Run with Python 3.11 in an environment made by

    pip install gguf==0.19.0 safetensors==0.8.0 numpy==2.1.3

The results are committed; neither the build nor the tests run this script.

Keys, names and types are those of llama.cpp's converter for BertModel: no pooler, vectors and small
tables in F32, matrices and the word embeddings in the type asked for. truth/*.safetensors holds what
gguf's own reader and its dequantisation make of each file, under Hugging Face's names.
"""

import pathlib
import shutil

import gguf
import numpy as np
from safetensors.numpy import save_file

ROOT = pathlib.Path(__file__).resolve().parent / "gguf"
WIDTH, INNER, HEADS, VOCABULARY, POSITIONS = 32, 64, 2, 40, 16
WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "the", "a", "went", "to", "kitchen"]
PIECES = WORDS + [chr(ord("a") + i) for i in range(1, 16)] + ["##" + chr(ord("a") + i) for i in range(15)]
TYPES = {
    "f32": gguf.GGMLQuantizationType.F32, "f16": gguf.GGMLQuantizationType.F16,
    "bf16": gguf.GGMLQuantizationType.BF16, "q8_0": gguf.GGMLQuantizationType.Q8_0,
}
FILE_TYPES = {"f32": 0, "f16": 1, "q8_0": 7, "bf16": 32}


def shapes():
    result = {
        "embeddings.word_embeddings.weight": (VOCABULARY, WIDTH),
        "embeddings.position_embeddings.weight": (POSITIONS, WIDTH),
        "embeddings.token_type_embeddings.weight": (2, WIDTH),
    }

    def norm(name):
        result[f"{name}.LayerNorm.weight"] = (WIDTH,)
        result[f"{name}.LayerNorm.bias"] = (WIDTH,)

    def dense(name, outputs, inputs):
        result[f"{name}.weight"] = (outputs, inputs)
        result[f"{name}.bias"] = (outputs,)

    norm("embeddings")
    layer = "encoder.layer.0"
    for part in ["query", "key", "value"]:
        dense(f"{layer}.attention.self.{part}", WIDTH, WIDTH)
    dense(f"{layer}.attention.output.dense", WIDTH, WIDTH)
    norm(f"{layer}.attention.output")
    dense(f"{layer}.intermediate.dense", INNER, WIDTH)
    dense(f"{layer}.output.dense", WIDTH, INNER)
    norm(f"{layer}.output")
    return result


def foreign(name):
    names = gguf.get_tensor_name_map(gguf.MODEL_ARCH.BERT, 1)
    return names.get_name(name, try_suffixes=(".weight", ".bias"))


def piece(token, kind):
    if kind == gguf.TokenType.CONTROL:
        return token
    return token[2:] if token.startswith("##") else "\u2581" + token


def write(kind, arrays):
    path = ROOT / f"{kind}.gguf"
    writer = gguf.GGUFWriter(path, "bert")
    writer.add_name("Tiny")
    writer.add_block_count(1)
    writer.add_context_length(POSITIONS)
    writer.add_embedding_length(WIDTH)
    writer.add_feed_forward_length(INNER)
    writer.add_head_count(HEADS)
    writer.add_layer_norm_eps(1e-12)
    writer.add_causal_attention(False)
    writer.add_pooling_type(gguf.PoolingType.MEAN)
    writer.add_file_type(FILE_TYPES[kind])
    kinds = [gguf.TokenType.CONTROL if i < 5 else gguf.TokenType.NORMAL for i in range(VOCABULARY)]
    writer.add_tokenizer_model("bert")
    writer.add_tokenizer_pre("default")
    writer.add_token_list([piece(*pair) for pair in zip(PIECES, kinds)])
    writer.add_token_types(kinds)
    writer.add_token_type_count(2)
    writer.add_unk_token_id(1)
    writer.add_sep_token_id(3)
    writer.add_pad_token_id(0)
    writer.add_mask_token_id(4)
    writer.add_quantization_version(gguf.GGML_QUANT_VERSION)
    for name, array in arrays.items():
        small = array.ndim == 1 or name.startswith("embeddings.p") or name.startswith("embeddings.token_t")
        quantised = gguf.quants.quantize(array, TYPES["f32" if small else kind])
        writer.add_tensor(foreign(name), quantised, raw_dtype=TYPES["f32" if small else kind])
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    stored = {tensor.name: tensor for tensor in gguf.GGUFReader(path).tensors}
    truth = {}
    for name, array in arrays.items():
        tensor = stored[foreign(name)]
        truth[name] = gguf.quants.dequantize(tensor.data, tensor.tensor_type).reshape(array.shape)
    save_file(truth, ROOT / "truth" / f"{kind}.safetensors", metadata={"format": "pt"})


if __name__ == "__main__":
    shutil.rmtree(ROOT, ignore_errors=True)
    (ROOT / "truth").mkdir(parents=True)
    generator = np.random.default_rng(1)
    arrays = {
        name: generator.normal(1 if "LayerNorm.weight" in name else 0, 0.05, shape).astype(np.float32)
        for name, shape in shapes().items()
    }
    for kind in TYPES:
        write(kind, arrays)
