"""Makes the folders of BERT's relatives in Tests/Fixtures/onnx, as torch's exporters write them.

Run with Python 3.11 in an environment made by

    pip install -r requirements.txt onnx==1.23.2 onnxscript==0.7.2

The results are committed; neither the build nor the tests run this script. It exports the models of
families/, whose model.safetensors are the truth, and does so after generate_onnx.py, which begins with
an empty folder.

    <family>           TorchScript exporter; matrices are transposed and lose their names
    <family>-dynamic   torch.export, sizes left open
"""

import pathlib
import shutil

import torch
import transformers

from generate_onnx import strip_traces

HERE = pathlib.Path(__file__).resolve().parent
FAMILIES = ["distilbert", "roberta", "electra", "albert"]
NAMES = ["input_ids", "attention_mask"]


def folder(name, source):
    path = HERE / "onnx" / name
    shutil.rmtree(path, ignore_errors=True)
    path.mkdir()
    shutil.copyfile(source / "config.json", path / "config.json")
    return path / "model.onnx"


if __name__ == "__main__":
    ids = torch.tensor([[2, 5, 9, 20, 3]])
    inputs = (ids, torch.ones_like(ids))
    sizes = {0: "batch", 1: "length"}
    for name in FAMILIES:
        source = HERE / "families" / name
        network = transformers.AutoModelForSequenceClassification.from_pretrained(
            source, attn_implementation="eager").eval()
        torch.onnx.export(network, inputs, str(folder(name, source)), dynamo=False,
                          input_names=NAMES, dynamic_axes={key: sizes for key in NAMES})
    for name in ["distilbert", "roberta"]:
        source = HERE / "families" / name
        network = transformers.AutoModelForSequenceClassification.from_pretrained(
            source, attn_implementation="eager").eval()
        shape = {0: torch.export.Dim("batch"), 1: torch.export.Dim("length", max=12)}
        target = folder(f"{name}-dynamic", source)
        torch.onnx.export(network, inputs, str(target), dynamo=True, external_data=False,
                          dynamic_shapes={key: shape for key in NAMES})
        strip_traces(target)
