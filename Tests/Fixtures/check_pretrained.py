"""Holds a real checkpoint's way through `rmt` against transformers.

    ../goldens/bin/python Tests/Fixtures/check_pretrained.py .build/release/rmt CHECKPOINT TEXTS

CHECKPOINT is a BERT folder in Hugging Face's form, TEXTS a folder of English text. People run it after a
change that matters; neither the build nor the tests do. The requirements are those of generate.py.
It prints one line for each of these, and fails when one is above its bound:

    token ids of every text           equal
    hidden states of 512 tokens       2e-5
    logits of the exported model      1e-4, on a document of 5 segments with 10 memory tokens
    state dict in the reference layout   the names, shapes and types of the authors' encoder class
"""

import json
import pathlib
import subprocess
import sys
import tempfile

import torch
from safetensors.torch import load_file
from transformers import AutoModel, AutoModelForSequenceClassification, AutoTokenizer
from transformers.utils import logging

logging.set_verbosity_error()
logging.disable_progress_bar()
rmt, checkpoint, texts = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3])
work = pathlib.Path(tempfile.mkdtemp(prefix="rmt-check-"))
LABELS = ["bathroom", "hallway", "garden", "office", "bedroom", "kitchen"]


def run(*arguments):
    return subprocess.run([rmt, *map(str, arguments)], check=True, capture_output=True, text=True).stdout


def read(path):
    data = path.read_bytes()
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def report(what, found, bound):
    print(f"{what:<36} {found}")
    assert bound is None or found <= bound, f"above {bound}"


def check_tokens(tokenizer):
    paths = sorted(path for path in texts.rglob("*.txt"))
    lines = run("tokenize", work / "bert.rmtw", *paths, "--quiet").splitlines()
    different = count = 0
    for path, line in zip(paths, lines, strict=True):
        expected = tokenizer(read(path), add_special_tokens=False)["input_ids"]
        different += line != " ".join(map(str, expected))
        count += len(expected)
    report(f"texts with other token ids, of {len(paths)}", different, 0)
    report("tokens in them", count, None)
    return paths


def check_hidden_states(tokenizer, text):
    ids = tokenizer(text, truncation=True, max_length=512)["input_ids"]
    run("encode", work / "bert.rmtw", "--ids", ",".join(map(str, ids)), "-o", work / "states.safetensors")
    found = load_file(work / "states.safetensors")["last_hidden_state"].double()
    with torch.no_grad():
        expected = AutoModel.from_pretrained(checkpoint).double().eval()(torch.tensor([ids])).last_hidden_state
    report(f"hidden states of {len(ids)} tokens", (found - expected).abs().max().item(), 2e-5)


def check_exported_logits(tokenizer, text):
    run("attach", work / "bert.rmtw", "-o", work / "memory.rmtw", "--memory-tokens", 10, "--segment-positions", 64,
        "--labels", ",".join(LABELS), "--seed", 1)
    run("export", work / "memory.rmtw", "-o", work / "huggingface", "--layout", "huggingface")
    tokens = tokenizer(text, add_special_tokens=False)["input_ids"][: 4 * 51 + 20]
    (work / "document.txt").write_text(tokenizer.decode(tokens))
    tokens = tokenizer((work / "document.txt").read_text(), add_special_tokens=False)["input_ids"]
    result = json.loads(run("run", work / "memory.rmtw", work / "document.txt", "--json"))
    found = torch.tensor([result["probabilities"][label] for label in LABELS]).double().log()
    model = AutoModelForSequenceClassification.from_pretrained(work / "huggingface", trust_remote_code=True).eval()
    with torch.no_grad():
        logits = model(input_ids=torch.tensor([tokens])).logits[0].double()
    # Probabilities fix the logits but for a constant.
    difference = (found - found.mean()) - (logits - logits.mean())
    report(f"logits over {result['segments']} segments", difference.abs().max().item(), 1e-4)


def check_reference_layout():
    run("export", work / "memory.rmtw", "-o", work / "reference", "--layout", "reference")
    plain = AutoModel.from_pretrained(checkpoint)
    expected = {f"model.bert.{name}": tensor for name, tensor in plain.state_dict().items() if "position_ids" not in name}
    rows = expected["model.bert.embeddings.word_embeddings.weight"].shape[0]
    d, m = plain.config.hidden_size, 10
    shapes = {name: (tuple(tensor.shape), torch.float32) for name, tensor in expected.items()}
    for name in ("model.bert.embeddings.word_embeddings.weight", "model.embeddings.weight"):
        shapes[name] = ((rows + m, d), torch.float32)
    shapes |= {"model.classifier.weight": ((len(LABELS), d), torch.float32),
               "model.classifier.bias": ((len(LABELS),), torch.float32),
               "cls_token": ((1,), torch.int64), "sep_token": ((1,), torch.int64), "mem_token_ids": ((m,), torch.int64)}
    for state in (load_file(work / "reference" / "model.safetensors"),
                  torch.load(work / "reference" / "pytorch_model.bin", weights_only=True)):
        assert {name: (tuple(tensor.shape), tensor.dtype) for name, tensor in state.items()} == shapes
        for name, tensor in expected.items():
            assert torch.equal(state[name][: tensor.shape[0]], tensor), name
    report("reference layout, entries", len(shapes), None)


run("convert", checkpoint, "-o", work / "bert.rmtw")
tokenizer = AutoTokenizer.from_pretrained(checkpoint)
text = read(check_tokens(tokenizer)[0])
check_hidden_states(tokenizer, text)
check_exported_logits(tokenizer, text)
check_reference_layout()
