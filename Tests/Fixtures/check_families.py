"""Holds what `rmt export` writes of BERT and its relatives against transformers.

    ../goldens/bin/python Tests/Fixtures/check_families.py .build/release/rmt

People run it after a change that matters; neither the build nor the tests do. The requirements are those
of generate.py. For bert-tiny and each model of the folder families it prints, and holds to a bound:

    plain     logits of the exported classifier against the original's       exact
    memory    logits after `rmt run` over several segments against the exported class that carries
              memory, alone and in a padded batch; the memory after them        1e-5
"""

import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

import torch
from safetensors.torch import load_file
from transformers import AutoModelForSequenceClassification, AutoTokenizer
from transformers.utils import logging

logging.set_verbosity_error()
logging.disable_progress_bar()
rmt, here = sys.argv[1], pathlib.Path(__file__).resolve().parent
LABELS = ["yes", "no", "maybe"]
TOKENS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"] + [f"w{number}" for number in range(19)]


def run(*arguments):
    return subprocess.run([rmt, *map(str, arguments)], check=True, capture_output=True, text=True).stdout


def open_model(folder, **options):
    return AutoModelForSequenceClassification.from_pretrained(folder, **options).eval()


def checkpoint(folder, work):
    """A copy with a vocabulary, without which a model has no memory."""
    shutil.copytree(folder, work / "source", dirs_exist_ok=True)
    if not (work / "source" / "vocab.txt").exists():
        (work / "source" / "vocab.txt").write_text("".join(f"{token}\n" for token in TOKENS))
    return work / "source"


def check(folder):
    work = pathlib.Path(tempfile.mkdtemp(prefix="rmt-check-"))
    source = checkpoint(folder, work)
    run("convert", source, "-o", work / "plain.rmtw")
    run("verify", work / "plain.rmtw")
    run("export", work / "plain.rmtw", "-o", work / "plain", "--layout", "huggingface")
    words = ["w3", "w11", "w0", "w18", "w7", "w7", "w2", "w14", "w5", "w9", "w12", "w1", "w16"]
    if folder.name == "bert-tiny":
        words = "the garden is in the long hallway and mary went to the office".split()
    tokenizer = AutoTokenizer.from_pretrained(work / "plain")
    ids = torch.tensor([tokenizer(" ".join(words[:6]))["input_ids"]])
    with torch.no_grad():
        assert torch.equal(open_model(source)(ids).logits, open_model(work / "plain")(ids).logits)

    run("attach", work / "plain.rmtw", "-o", work / "memory.rmtw", "--memory-tokens", 2, "--segment-positions", 10,
        "--labels", ",".join(LABELS), "--seed", 1)
    run("export", work / "memory.rmtw", "-o", work / "memory", "--layout", "huggingface")
    (work / "document.txt").write_text(" ".join(words))
    result = json.loads(run("run", work / "memory.rmtw", work / "document.txt", "--json"))
    assert result["segments"] >= 3, result
    run("encode", work / "memory.rmtw", "--file", work / "document.txt", "-o", work / "states.safetensors")
    states = load_file(work / "states.safetensors")
    model = open_model(work / "memory", trust_remote_code=True)
    document = tokenizer(" ".join(words), add_special_tokens=False)["input_ids"]
    with torch.no_grad():
        alone = model([document])
        together = model([document[:1], document])
    found = torch.tensor([result["probabilities"][label] for label in LABELS]).double().log()
    logits = alone.logits[0].double()
    differences = [
        # Probabilities fix the logits but for a constant.
        (found - found.mean() - logits + logits.mean()).abs().max().item(),
        (states["logits"][0] - alone.logits[0]).abs().max().item(),
        (states["memory"][-1] - alone.memory[0]).abs().max().item(),
        (alone.logits[0] - together.logits[1]).abs().max().item(),
    ]
    print(f"{folder.name:<16} {type(model).__mro__[1].__name__:<38} {max(differences):.1e}")
    assert max(differences) < 1e-5, differences
    shutil.rmtree(work)


for folder in [here / "bert-tiny", *sorted((here / "families").iterdir())]:
    check(folder)
