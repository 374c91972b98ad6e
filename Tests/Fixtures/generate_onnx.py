"""Makes Tests/Fixtures/onnx: one tiny BERT as torch's exporters write it, and its state dict.

Run with Python 3.11 in an environment made by

    pip install -r requirements.txt onnx==1.23.2 onnxscript==0.7.2

The results are committed; neither the build nor the tests run this script.

    folded      TorchScript exporter; matrices are transposed and lose their names
    unfolded    the same without constant folding
    dynamic     torch.export, sizes left open; matrices are called val_1 …, data in a file beside
    static      torch.export, sizes fixed: the position table is folded away
    merged      folded, with two layers of the same numbers whose initializers are one
    numbered    folded, with names of nodes and of unnamed initializers taken away
    typed       folded, with the numbers in typed fields in place of raw bytes
"""

import pathlib
import shutil

import numpy as np
import onnx
import torch
import transformers
from safetensors.torch import save_file

ROOT = pathlib.Path(__file__).resolve().parent / "onnx"
NAMES = ["input_ids", "attention_mask", "token_type_ids"]


def model(twins=False):
    config = transformers.BertConfig(
        vocab_size=40, hidden_size=8, num_hidden_layers=2, num_attention_heads=2,
        intermediate_size=12, max_position_embeddings=16, type_vocab_size=2, num_labels=3,
        architectures=["BertForSequenceClassification"], attn_implementation="eager")
    result = transformers.BertForSequenceClassification(config).eval()
    generator = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for name, parameter in result.named_parameters():
            mean = 1.0 if "LayerNorm.weight" in name else 0.0
            parameter.copy_(mean + 0.05 * torch.randn(parameter.shape, generator=generator))
        if twins:
            first, second = result.bert.encoder.layer
            second.load_state_dict(first.state_dict())
    return result


def inputs():
    ids = torch.tensor([[2, 5, 9, 30, 3]])
    return ids, torch.ones_like(ids), torch.zeros_like(ids)


def script(target, network, **options):
    sizes = {name: {0: "batch", 1: "length"} for name in NAMES}
    torch.onnx.export(network, inputs(), str(target), dynamo=False, input_names=NAMES,
                      dynamic_axes=sizes, **options)


def strip_traces(path):
    """The exporter notes lines of source with the paths of the machine; only the scopes matter."""
    proto = onnx.load(path, load_external_data=False)
    for item in list(proto.graph.node) + list(proto.graph.initializer) + list(proto.graph.value_info):
        kept = [p for p in item.metadata_props if p.key == "pkg.torch.onnx.name_scopes"]
        del item.metadata_props[:]
        item.metadata_props.extend(kept)
    del proto.graph.metadata_props[:]
    del proto.metadata_props[:]
    del proto.graph.value_info[:]
    del proto.functions[:]
    path.write_bytes(proto.SerializeToString())


def numbered(source, target):
    proto = onnx.load(source)
    names = {}
    for tensor in proto.graph.initializer:
        if tensor.name.startswith("onnx::"):
            names[tensor.name] = str(200 + len(names))
            tensor.name = names[tensor.name]
    for index, node in enumerate(proto.graph.node):
        node.name = f"{node.op_type}_{index}"
        for position, name in enumerate(node.input):
            node.input[position] = names.get(name, name)
    onnx.save(proto, target)


def typed(source, target):
    proto = onnx.load(source)
    for index, tensor in enumerate(proto.graph.initializer):
        if tensor.data_type != onnx.TensorProto.FLOAT:
            continue
        values = onnx.numpy_helper.to_array(tensor)
        kind = onnx.TensorProto.FLOAT
        if index % 3 == 1:
            kind, values = onnx.TensorProto.DOUBLE, values.astype(np.float64)
        tensor.CopyFrom(onnx.helper.make_tensor(tensor.name, kind, values.shape, values.flatten()))
    onnx.save(proto, target)


def folder(name, network):
    path = ROOT / name
    path.mkdir(parents=True)
    network.config.save_pretrained(path)
    return path / "model.onnx"


if __name__ == "__main__":
    shutil.rmtree(ROOT, ignore_errors=True)
    network, twins = model(), model(twins=True)
    script(folder("folded", network), network)
    script(folder("unfolded", network), network, do_constant_folding=False)
    script(folder("merged", twins), twins)
    shape = {0: torch.export.Dim("batch"), 1: torch.export.Dim("length", max=16)}
    torch.onnx.export(network, inputs(), str(folder("dynamic", network)), dynamo=True,
                      external_data=True, dynamic_shapes=[shape] * 3)
    torch.onnx.export(network, inputs(), str(folder("static", network)), dynamo=True,
                      external_data=False)
    for name in ["dynamic", "static"]:
        strip_traces(ROOT / name / "model.onnx")
    numbered(ROOT / "folded/model.onnx", folder("numbered", network))
    typed(ROOT / "folded/model.onnx", folder("typed", network))
    (ROOT / "truth").mkdir()
    for name, source in [("model", network), ("merged", twins)]:
        save_file(source.state_dict(), ROOT / "truth" / f"{name}.safetensors", metadata={"format": "pt"})
