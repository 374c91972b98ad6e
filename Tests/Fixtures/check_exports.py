"""Opens exported folders with the programs that they are written for, and compares the numbers.

    python check_exports.py NATIVE_SAFETENSORS TENSORFLOW_FOLDER GGUF_FOLDER

NATIVE_SAFETENSORS is the model.safetensors of `rmt export --layout huggingface --dtype f32` of the
same model without memory. Run in the environments of generate_tensorflow_checkpoints.py and
generate_gguf.py.
"""

import pathlib
import sys

import gguf
import numpy as np
import tensorflow as tf
import transformers
from safetensors.numpy import load_file
from transformers.models.bert.modeling_bert import load_tf_weights_in_bert


def check_tensorflow(truth, folder):
    reader = tf.train.load_checkpoint(str(folder / "bert_model.ckpt"))
    shapes = reader.get_variable_to_shape_map()
    for name in shapes:
        reader.get_tensor(name)
    config = transformers.BertConfig.from_json_file(str(folder / "bert_config.json"))
    model = transformers.BertModel(config)
    load_tf_weights_in_bert(model, config, str(folder / "bert_model.ckpt"))
    for name, value in model.state_dict().items():
        expected = truth.get(name, truth.get(f"bert.{name}"))
        assert np.array_equal(value.numpy(), expected), name
    print(f"TensorFlow {tf.__version__} reads {len(shapes)} variables; "
          f"transformers {transformers.__version__} takes the same numbers from them")


def check_gguf(truth, folder):
    reader = gguf.GGUFReader(folder / "model.gguf")
    names = gguf.get_tensor_name_map(gguf.MODEL_ARCH.BERT, 64)
    stored = {tensor.name: tensor for tensor in reader.tensors}
    largest = {}
    for name, expected in truth.items():
        foreign = names.get_name(name.removeprefix("bert."), try_suffixes=(".weight", ".bias"))
        if foreign not in stored or name.startswith("classifier"):
            continue
        tensor = stored[foreign]
        found = gguf.quants.dequantize(tensor.data, tensor.tensor_type).reshape(expected.shape)
        difference = float(np.abs(found - expected).max())
        largest[tensor.tensor_type.name] = max(largest.get(tensor.tensor_type.name, 0), difference)
        if tensor.tensor_type == gguf.GGMLQuantizationType.Q8_0:
            assert np.array_equal(tensor.data, gguf.quants.quantize(expected, tensor.tensor_type))
    print(f"gguf reads {len(stored)} tensors, {len(reader.fields)} values; "
          f"largest difference by type: {largest}")


if __name__ == "__main__":
    numbers = load_file(sys.argv[1])
    check_tensorflow(numbers, pathlib.Path(sys.argv[2]))
    check_gguf(numbers, pathlib.Path(sys.argv[3]))
