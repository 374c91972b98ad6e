"""Makes Tests/Fixtures/pytorch: small files of every form that torch.save writes, and their truth.

Run with Python 3.11 in an environment made by

    pip install torch==2.13.0 --index-url https://download.pytorch.org/whl/cpu
    pip install safetensors==0.8.0 numpy==2.4.6

The results are committed; neither the build nor the tests run this script. Each NAME.pt has its
tensors, made contiguous, in NAME.safetensors; save checks that torch.load reads the same. Files in
the stream form name storages by their addresses, so they differ from run to run.
"""

import json
import os
import pathlib
import shutil
import sys
from collections import OrderedDict

import numpy as np
import torch
from safetensors.torch import save_file

ROOT = pathlib.Path(__file__).resolve().parent / "pytorch"


def numbers(*shape, dtype=torch.float32, start=0.0):
    count = 1
    for size in shape:
        count *= size
    return (torch.arange(count, dtype=torch.float64) * 0.25 + start).to(dtype).reshape(shape)


def truth(name, tensors):
    """What torch.load makes of the file; shared storages are written out for each name."""
    save_file({key: value.contiguous().clone() for key, value in tensors.items()},
              ROOT / f"{name}.safetensors")


def save(name, content, tensors=None, **options):
    path = ROOT / f"{name}.pt"
    torch.save(content, path, **options)
    loaded = torch.load(path, weights_only=False)
    for key in ("model", "model_state_dict", "state_dict"):
        loaded = loaded[key] if tensors is not None and key in loaded else loaded
    tensors = content if tensors is None else tensors
    for key, value in tensors.items():
        assert value.dtype == loaded[key].dtype
        assert torch.equal(value.reshape(-1).contiguous().view(torch.uint8),
                           loaded[key].reshape(-1).contiguous().view(torch.uint8)), key
    return tensors


STREAM = {"_use_new_zipfile_serialization": False}


def plain():
    return OrderedDict(
        weight=numbers(3, 5), bias=numbers(3, start=7), scalar=torch.tensor(2.5),
        half=numbers(2, 3, dtype=torch.float16), brain=numbers(2, 2, dtype=torch.bfloat16),
        double=numbers(2, dtype=torch.float64), ids=torch.arange(5).reshape(1, 5),
        int32=torch.tensor([-1, 2], dtype=torch.int32),
        int16=torch.tensor([-300], dtype=torch.int16), int8=torch.tensor([-3], dtype=torch.int8),
        uint8=torch.tensor([200], dtype=torch.uint8), mask=torch.tensor([True, False, True]),
        complex=torch.tensor([1 + 2j, 3 - 4j], dtype=torch.complex64))


def views():
    matrix, cube = numbers(6, 4), numbers(2, 3, 4, start=50)
    vector = numbers(5, start=100)
    return OrderedDict(
        matrix=matrix, transposed=matrix.T, rows=matrix[1:4], columns=matrix[:, 1:3],
        every_second=matrix[::2, ::3], element=matrix[2, 3], permuted=cube.permute(2, 0, 1),
        inner=cube[1, :, 2], expanded=vector.expand(3, 5), expanded_column=vector[:, None].expand(5, 2),
        empty=torch.empty(0, 4), empty_slice=matrix[3:3], diagonal=matrix.diagonal(),
        parameter=torch.nn.Parameter(matrix.T), strided=torch.as_strided(vector, (3, 3), (1, 1)))


def exotic():
    return OrderedDict(
        e4m3=numbers(4, dtype=torch.float8_e4m3fn), e5m2=numbers(4, dtype=torch.float8_e5m2),
        uint16=torch.tensor([1, 65535], dtype=torch.uint16),
        uint32=torch.tensor([1, 2**32 - 1], dtype=torch.uint32),
        uint64=torch.tensor([1, 2**63], dtype=torch.uint64),
        transposed=torch.tensor([[1, 2, 3], [4, 5, 6]], dtype=torch.uint16).T)


def forms():
    truth("plain", save("plain", plain()))
    save("plain_protocol4", plain(), pickle_protocol=4)
    save("plain_protocol5", plain(), pickle_protocol=5)
    save("plain_stream", plain(), **STREAM)
    save("plain_stream_protocol4", plain(), pickle_protocol=4, **STREAM)
    save("plain_stream_protocol5", plain(), pickle_protocol=5, **STREAM)
    torch.serialization.set_crc32_options(False)
    save("plain_without_checksums", plain())
    torch.serialization.set_crc32_options(True)
    truth("views", save("views", views()))
    save("views_stream", views(), **STREAM)
    truth("exotic", save("exotic", exotic()))
    # torch.save writes this one, and torch.load does not read it back.
    torch.save(exotic(), ROOT / "exotic_stream.pt", **STREAM)


def numbers_of_numpy():
    """What a trainer keeps of its validation: means by numpy, beside the state dict."""
    state = OrderedDict(weight=numbers(2, 3), bias=numbers(2, start=9))
    metrics = {"f1": np.mean([0.25, 0.5]), "loss": np.float32(1.5), "count": np.int64(7), "best": np.bool_(True)}
    truth("numpy", state)
    for protocol in [2, 4]:
        content = {"model_state_dict": state, "metrics": metrics, "epoch": 3}
        torch.save(content, ROOT / f"numpy_protocol{protocol}.pt", pickle_protocol=protocol)


def big_endian():
    """As a machine of the other byte order saves: its elements turned, and the mark."""
    turned = plain()
    for value in turned.values():
        value.untyped_storage().byteswap(value.dtype)
    order = sys.byteorder
    sys.byteorder = "big"
    torch.save(turned, ROOT / "plain_big_endian.pt")
    sys.byteorder = order
    loaded = torch.load(ROOT / "plain_big_endian.pt")
    for key, value in plain().items():
        assert torch.equal(loaded[key], value), key


def tied():
    layer = torch.nn.Linear(4, 3)
    torch.nn.init.normal_(layer.weight, generator=torch.Generator().manual_seed(1))
    torch.nn.init.zeros_(layer.bias)
    table = layer.weight
    truth("tied", save("tied", OrderedDict(
        table=table, decoder=table, parts=table.detach()[1:], bias=layer.bias)))


def wrappers():
    """What trainers save around a state dict: epochs, options, an optimizer that has made a step."""
    model = torch.nn.Linear(3, 2)
    with torch.no_grad():
        model.weight.copy_(numbers(2, 3))
        model.bias.copy_(numbers(2, start=9))
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.1)
    model(torch.ones(1, 3)).sum().backward()
    optimizer.step()
    state = model.state_dict()
    trained = {"optimizer_state_dict": optimizer.state_dict(), "iteration": 5, "loss": 0.25,
               "best": None, "names": ["a", "b"], "model_state_dict": state}
    truth("wrapper", save("wrapper", trained, state))
    save("wrapper_stream", trained, state, **STREAM)
    save("wrapper_state_dict", {"epoch": 3, "state_dict": state}, state)
    save("wrapper_nested", {"model": {"state_dict": state}, "ema": {"x": torch.ones(1)}}, state)
    torch.save({"epoch": 3, "network": state}, ROOT / "wrapper_unnamed.pt")
    module = OrderedDict((f"module.{key}", value) for key, value in state.items())
    truth("module_prefix", save("module_prefix", module))


class Command:
    """An object that runs a command wherever it is unpickled by a reader that runs things."""

    def __reduce__(self):
        return os.mkdir, ("a-pickle-was-run",)


def hostile():
    content = {"state_dict": plain(), "extra": Command()}
    torch.save(content, ROOT / "hostile.pt")
    torch.save(content, ROOT / "hostile_stream.pt", **STREAM)


def script():
    torch.jit.save(torch.jit.script(torch.nn.Linear(2, 2)), str(ROOT / "torchscript.pt"))


def sharded():
    folder = ROOT / "sharded"
    folder.mkdir()
    tensors = plain()
    del tensors["complex"]
    names = list(tensors)
    shards = [names[0::2], names[1::2]]
    weight_map = {}
    for index, part in enumerate(shards):
        file = f"pytorch_model-{index + 1:05d}-of-{len(shards):05d}.bin"
        torch.save({key: tensors[key] for key in part}, folder / file)
        weight_map.update({key: file for key in part})
    total = sum(value.numel() * value.element_size() for value in tensors.values())
    (folder / "pytorch_model.bin.index.json").write_text(json.dumps(
        {"metadata": {"total_size": total}, "weight_map": weight_map}, indent=2, sort_keys=True))
    save_file(tensors, folder / "truth.safetensors")


def recurrent_state(memory=3, layers=2, hidden=16, vocabulary=60, inner=24, positions=32):
    """A state dict with the names of a trained recurrent classifier, in random numbers."""
    generator = torch.Generator().manual_seed(7)

    def normal(*shape):
        return torch.randn(*shape, generator=generator) * 0.1

    state = OrderedDict(
        cls_token=torch.tensor([2]), sep_token=torch.tensor([3]),
        mem_token_ids=torch.arange(vocabulary, vocabulary + memory))
    bert = "model.bert."
    table = normal(vocabulary + memory, hidden)
    state[bert + "embeddings.word_embeddings.weight"] = table
    state[bert + "embeddings.position_ids"] = torch.arange(positions).expand((1, -1))
    state[bert + "embeddings.position_embeddings.weight"] = normal(positions, hidden)
    state[bert + "embeddings.token_type_embeddings.weight"] = normal(2, hidden)

    def norm(name):
        state[name + ".weight"] = 1 + normal(hidden)
        state[name + ".bias"] = normal(hidden)

    def linear(name, outputs, inputs):
        state[name + ".weight"] = normal(outputs, inputs)
        state[name + ".bias"] = normal(outputs)

    norm(bert + "embeddings.LayerNorm")
    for index in range(layers):
        layer = f"{bert}encoder.layer.{index}."
        for part in ("query", "key", "value"):
            linear(layer + "attention.self." + part, hidden, hidden)
        linear(layer + "attention.output.dense", hidden, hidden)
        norm(layer + "attention.output.LayerNorm")
        linear(layer + "intermediate.dense", inner, hidden)
        linear(layer + "output.dense", hidden, inner)
        norm(layer + "output.LayerNorm")
    linear(bert + "pooler.dense", hidden, hidden)
    linear("model.classifier", 6, hidden)
    state["model.embeddings.weight"] = table
    return state


def recurrent():
    folder = ROOT / "recurrent"
    folder.mkdir()
    state = recurrent_state()
    parameters = [value for value in state.values() if value.is_floating_point()]
    trained = {
        "model_state_dict": state, "iteration": 1000,
        "optimizer_state_dict": {
            "state": {index: {"step": torch.tensor(1000.0), "exp_avg": torch.zeros(2)}
                      for index in range(2)},
            "param_groups": [{"lr": 1e-5, "params": list(range(len(parameters)))}]}}
    torch.save(trained, folder / "model_best.pth")
    torch.save(trained, folder / "stream.pth", pickle_protocol=4, **STREAM)
    save_file({key: value.contiguous().clone() for key, value in state.items()},
              folder / "truth.safetensors")
    config = {
        "model_type": "bert", "vocab_size": 60, "hidden_size": 16, "num_hidden_layers": 2,
        "num_attention_heads": 2, "intermediate_size": 24, "hidden_act": "gelu",
        "hidden_dropout_prob": 0.1, "attention_probs_dropout_prob": 0.1,
        "max_position_embeddings": 32, "type_vocab_size": 2, "initializer_range": 0.02,
        "layer_norm_eps": 1e-12, "pad_token_id": 0}
    (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n")
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"] + [f"word{i}" for i in range(55)]
    (folder / "vocab.txt").write_text("\n".join(words) + "\n")


if __name__ == "__main__":
    shutil.rmtree(ROOT, ignore_errors=True)
    ROOT.mkdir()
    torch.manual_seed(0)
    forms()
    numbers_of_numpy()
    big_endian()
    tied()
    wrappers()
    hostile()
    script()
    sharded()
    recurrent()
