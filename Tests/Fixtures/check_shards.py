"""Opens what `rmt export` divides, unties and writes as PyTorch's files with transformers.

    python Tests/Fixtures/check_shards.py .build/release/rmt

People run it after a change that matters; neither the build nor the tests do. The requirements are those
of generate.py. For bert-tiny and each model of the folder families it exports the layouts huggingface and
pytorch, whole and in shards, and holds to it that transformers takes every number as it was saved, that the
shards and their index are those that transformers saves itself, and for a pretrained BERT that the head has
the numbers of the exported file, tied and untied.
"""

import json
import pathlib
import subprocess
import sys
import tempfile

import torch
from safetensors.torch import load_file
from transformers import AutoModelForMaskedLM, AutoModelForSequenceClassification
from transformers.utils import logging

logging.set_verbosity_error()
logging.disable_progress_bar()
rmt, here = sys.argv[1], pathlib.Path(__file__).resolve().parent
LIMIT = 1000


def run(*arguments):
    subprocess.run([rmt, *map(str, arguments)], check=True, capture_output=True, text=True)


def check(folder, work):
    original = AutoModelForSequenceClassification.from_pretrained(folder)
    run("convert", folder, "-o", work / "m.rmtw")
    for layout in ("huggingface", "pytorch"):
        for name, options in (("whole", ()), ("shards", ("--max-shard-size", LIMIT))):
            out = work / layout / name
            out.parent.mkdir(exist_ok=True)
            run("export", work / "m.rmtw", "-o", out, "--layout", layout, *options)
            found = AutoModelForSequenceClassification.from_pretrained(out).state_dict()
            for key, value in original.state_dict().items():
                assert torch.equal(found[key], value), (out, key)
    original.save_pretrained(work / "saved", max_shard_size=LIMIT)
    ours, theirs = (
        json.loads((at / "model.safetensors.index.json").read_text())
        for at in (work / "huggingface" / "shards", work / "saved"))
    assert ours == theirs, (ours, theirs)
    print(f"{folder.name:<16} {type(original).__name__:<38} {len(set(ours['weight_map'].values()))} shards")


def check_head(work):
    (work / "text.txt").write_text("mary went to the garden in the long hallway of the office " * 40)
    run("create", "--vocabulary-from", work / "text.txt", "--vocabulary-size", 60, "--hidden-size", 16,
        "--layers", 2, "--heads", 2, "--positions", 16, "-o", work / "random.rmtw")
    run("pretrain", work / "random.rmtw", "--text", work / "text.txt", "-o", work / "head.rmtw", "--steps", 2,
        "--batch", 2)
    for layout in ("huggingface", "pytorch"):
        for options in ((), ("--untie",), ("--untie", "--max-shard-size", LIMIT)):
            out = work / f"{layout}{len(options)}"
            run("export", work / "head.rmtw", "-o", out, "--layout", layout, *options)
            model = AutoModelForMaskedLM.from_pretrained(out)
            state = model.state_dict()
            if not options and layout == "huggingface":
                truth = load_file(out / "model.safetensors")
            for key, value in truth.items():
                assert "pooler" in key or torch.equal(state[key], value), (out, key)
            assert torch.equal(
                state["cls.predictions.decoder.weight"], truth["bert.embeddings.word_embeddings.weight"])
            assert torch.equal(state["cls.predictions.decoder.bias"], truth["cls.predictions.bias"])
    print(f"{type(model).__name__}, tied and untied")


with tempfile.TemporaryDirectory(prefix="rmt-check-") as root:
    for folder in [here / "bert-tiny", *sorted((here / "families").iterdir())]:
        (pathlib.Path(root) / folder.name).mkdir()
        check(folder, pathlib.Path(root) / folder.name)
    check_head(pathlib.Path(root))
