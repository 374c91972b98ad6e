"""Makes the goldens of this folder from the reference tools: torch and transformers.

    python3.11 -m venv ../goldens && ../goldens/bin/pip install -r Tests/Fixtures/requirements.txt
    ../goldens/bin/python Tests/Fixtures/generate.py

People run it when a golden changes; neither the build nor the tests do. Seeds are fixed, so the
same versions on the same kind of processor write the same files. All numbers come from float64
arithmetic on float32 weights: what a test measures against them is the error of the code under test.

    bert-tiny/           a random BertForSequenceClassification as transformers saves it
    encoder.safetensors  hidden states of every layer, pooled output and logits; encoder.json
    rmt.safetensors      the recurrence over five documents: logits, memories, gradients; rmt.json
    steps.json           losses of ten optimizer steps

Parameters carry transformers' names without the prefix `bert.`; the initial memory is
`memory.initial`. The `.json` beside a golden says what each array is.
"""

import json
import math
import pathlib

import torch
from safetensors.torch import save_file
from transformers import BertConfig, BertForSequenceClassification, BertTokenizer
from transformers import get_linear_schedule_with_warmup

from recurrence import batch_loss, pieces, run

HERE = pathlib.Path(__file__).resolve().parent
FOLDER = HERE / "bert-tiny"
LABELS = ["yes", "no", "maybe"]
MEMORY_TOKENS, SEGMENT_POSITIONS = 4, 20
SEGMENT_SIZE = SEGMENT_POSITIONS - MEMORY_TOKENS - 3
SPECIALS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]


def vocabulary():
    letters = "abcdefghijklmnopqrstuvwxyz"
    pieces_ = SPECIALS + list(letters) + ["##" + letter for letter in letters] + list("0123456789.,?!'-")
    words = "the is of and to in where mary john went back garden office kitchen ##ing ##ed ##er ##al ##ly memory"
    pieces_ += words.split() + ["long", "document", "##ment", "##tion", "question", "中", "##中"]
    assert len(pieces_) == len(set(pieces_)) == 100, len(pieces_)
    return pieces_


def write_model():
    """A random model whose every parameter matters: weights, biases and norms all far from their usual start."""
    config = BertConfig(
        vocab_size=100, hidden_size=32, num_hidden_layers=3, num_attention_heads=4, intermediate_size=64,
        max_position_embeddings=40, type_vocab_size=2, hidden_act="gelu", layer_norm_eps=1e-12,
        initializer_range=0.2, id2label=dict(enumerate(LABELS)), label2id={name: i for i, name in enumerate(LABELS)},
    )
    torch.manual_seed(1)
    model = BertForSequenceClassification(config)
    generator = torch.Generator().manual_seed(2)
    with torch.no_grad():
        for name, parameter in sorted(model.named_parameters()):
            noise = torch.randn(parameter.shape, generator=generator)
            if "LayerNorm.weight" in name:
                parameter.copy_(1 + 0.2 * noise)
            else:
                parameter.copy_(0.2 * noise)
    model.save_pretrained(FOLDER)
    lines = vocabulary()
    (FOLDER / "vocab.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    tokenizer = BertTokenizer(vocab=str(FOLDER / "vocab.txt"), do_lower_case=True)
    tokenizer.save_pretrained(FOLDER)
    assert tokenizer.convert_tokens_to_ids(lines) == list(range(100))


def load_model(activation="gelu"):
    model = BertForSequenceClassification.from_pretrained(FOLDER, hidden_act=activation, attn_implementation="eager")
    return model.double().eval()


def native(name):
    return name.removeprefix("bert.")


def random_ids(count, generator):
    """Ids of ordinary pieces: a document holds no special token."""
    return torch.randint(len(SPECIALS), 100, (count,), generator=generator).tolist()


def write_encoder():
    arrays, cases = {}, []
    for activation in ["gelu", "gelu_new"]:
        model = load_model(activation)
        generator = torch.Generator().manual_seed(3)
        for length in [1, 2, 17, 40]:
            ids = ([2] + random_ids(length - 2, generator) + [3]) if length > 1 else [2]
            with torch.no_grad():
                output = model.bert(torch.tensor([ids]), output_hidden_states=True)
                logits = model.classifier(output.pooler_output)[0]
            name = f"{activation}.{length}"
            for layer, hidden in enumerate(output.hidden_states):
                arrays[f"{name}.hidden.{layer}"] = hidden[0]
            arrays[f"{name}.pooler_output"] = output.pooler_output[0]
            arrays[f"{name}.logits"] = logits
            cases.append({"name": name, "hidden_act": activation, "ids": ids})
    save(arrays, "encoder.safetensors")
    write_json("encoder.json", {
        "model": "bert-tiny",
        "arrays": {
            "<case>.hidden.<i>": "[positions, 32] f64; 0 is the embeddings' output, i the output of layer i",
            "<case>.pooler_output": "[32] f64", "<case>.logits": "[3] f64",
        },
        "cases": cases,
    })


def documents():
    generator = torch.Generator().manual_seed(4)
    lengths = [1, SEGMENT_SIZE, SEGMENT_SIZE + 1, 2 * SEGMENT_SIZE + 5, 3 * SEGMENT_SIZE + 7]
    return [random_ids(length, generator) for length in lengths], [0, 2, 1, 0, 2]


def initial_memory():
    generator = torch.Generator().manual_seed(5)
    return 0.5 * torch.randn(MEMORY_TOKENS, 32, generator=generator)


def trainable(model, memory):
    """Every parameter under its native name, the initial memory among them."""
    return {native(name): parameter for name, parameter in model.named_parameters()} | {"memory.initial": memory}


def write_recurrence():
    texts, labels = documents()
    start = initial_memory()
    arrays = {"memory.initial": start}
    model = load_model()
    cases = []
    for index, ids in enumerate(texts):
        with torch.no_grad():
            logits, memories = run(model, start.double(), ids, SEGMENT_SIZE)
        arrays[f"document.{index}.logits"] = torch.stack(logits)
        arrays[f"document.{index}.memory"] = torch.stack(memories)
        cases.append({"ids": ids, "label": labels[index], "segments": [len(p) for p in pieces(ids, SEGMENT_SIZE)]})

    variants = {"full": {}, "truncated1": {"truncation": 1}, "truncated2": {"truncation": 2},
                "everySegment": {"every_segment": True}}
    losses = {}
    for name, options in variants.items():
        model = load_model()
        memory = start.double().requires_grad_()
        loss = batch_loss(model, memory, texts, labels, SEGMENT_SIZE, **options)
        loss.backward()
        losses[name] = loss.item()
        for parameter, value in trainable(model, memory).items():
            arrays[f"{name}.gradient.{parameter}"] = value.grad.float()
    save(arrays, "rmt.safetensors")
    write_json("rmt.json", {
        "model": "bert-tiny",
        "memoryTokens": MEMORY_TOKENS, "segmentPositions": SEGMENT_POSITIONS, "segmentSize": SEGMENT_SIZE,
        "alignment": "right",
        "arrays": {
            "memory.initial": "[4, 32] f32, the memory that enters segment 0",
            "document.<i>.logits": "[segments, 3] f64, the logits of every segment",
            "document.<i>.memory": "[segments, 4, 32] f64, the memory that leaves every segment",
            "<variant>.gradient.<parameter>": "f32, the derivative of the variant's loss",
        },
        "variants": {
            "full": "cross-entropy of the last segment, mean over the batch, backpropagated through all segments",
            "truncated1": "the same loss; the memory that enters a document's last segment is detached "
                          "when the document has more than 1 segment",
            "truncated2": "the same loss; the memory that enters a document's last segment but one is detached "
                          "when the document has more than 2 segments",
            "everySegment": "cross-entropy as the mean over a document's segments, then over the batch; "
                            "backpropagated through all segments",
        },
        "losses": losses,
        "documents": cases,
    })


def decays(name, everywhere):
    return everywhere or not (name.endswith(".bias") or "LayerNorm" in name)


def train(clip, decay_everywhere, step_count=10, warmup=2):
    texts, labels = documents()
    model = load_model()
    memory = initial_memory().double().requires_grad_()
    parameters = trainable(model, memory)
    groups = [
        {"params": [p for n, p in parameters.items() if decays(n, decay_everywhere)], "weight_decay": 0.001},
        {"params": [p for n, p in parameters.items() if not decays(n, decay_everywhere)], "weight_decay": 0.0},
    ]
    optimizer = torch.optim.AdamW([g for g in groups if g["params"]], lr=1e-3, betas=(0.9, 0.999), eps=1e-8)
    schedule = get_linear_schedule_with_warmup(optimizer, warmup, step_count)
    steps = []
    for step in range(step_count):
        batch = [(step + offset) % len(texts) for offset in range(3)]
        loss = batch_loss(model, memory, [texts[i] for i in batch], [labels[i] for i in batch], SEGMENT_SIZE)
        optimizer.zero_grad()
        loss.backward()
        everything = list(parameters.values())
        largest = max(p.grad.abs().max().item() for p in everything)
        norm = math.sqrt(sum(p.grad.square().sum().item() for p in everything))
        if "value" in clip:
            torch.nn.utils.clip_grad_value_(everything, clip["value"])
        else:
            torch.nn.utils.clip_grad_norm_(everything, clip["norm"])
        steps.append({"batch": batch, "learningRate": schedule.get_last_lr()[0], "loss": loss.item(),
                      "largestGradient": largest, "gradientNorm": norm})
        optimizer.step()
        schedule.step()
    with torch.no_grad():
        final = batch_loss(model, memory, texts, labels, SEGMENT_SIZE).item()
    samples = [
        {"parameter": name, "index": index, "value": value.detach().flatten()[index].item()}
        for name, value in parameters.items()
        # A key's bias moves every score of a query alike, softmax cancels it: its gradient is
        # rounding noise alone, which Adam then divides by itself.
        if not name.endswith("self.key.bias")
        for index in sorted({0, value.numel() // 3, value.numel() - 1})
    ]
    return {"steps": steps, "finalLossOfAllDocuments": final, "finalParameters": samples}


def write_steps():
    variants = {
        "paper": ({"value": 5.0}, True),
        "clipByValue": ({"value": 0.02}, True),
        "clipByNorm": ({"norm": 1.0}, False),
    }
    write_json("steps.json", {
        "model": "bert-tiny with the memory and the documents of rmt.json",
        "optimizer": {"name": "AdamW", "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8, "decay": 0.001},
        "schedule": {"name": "linear", "learningRate": 1e-3, "warmupSteps": 2, "steps": 10},
        "dropout": 0,
        "fields": {
            "batch": "indices into rmt.json's documents",
            "learningRate": "the rate of this step; transformers' linear schedule starts from 0",
            "loss": "of the batch before the step: last segment, mean over the batch",
            "largestGradient, gradientNorm": "before clipping, over all parameters together",
            "finalLossOfAllDocuments": "after the last step, mean over the five documents",
            "finalParameters": "values after the last step; index into the row-major elements",
        },
        "variants": {
            name: {"clip": clip, "decaysBiasAndNorms": everywhere} | train(clip, everywhere)
            for name, (clip, everywhere) in variants.items()
        },
    })


def save(arrays, name):
    save_file({key: value.detach().contiguous() for key, value in sorted(arrays.items())}, HERE / name)


def write_json(name, content):
    # One line an entry of the outer levels, so that a change reads well in a diff.
    (HERE / name).write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    write_model()
    write_encoder()
    write_recurrence()
    write_steps()
    for path in sorted(HERE.rglob("*")):
        if path.is_file() and path.suffix in {".json", ".safetensors", ".txt"}:
            print(f"{path.stat().st_size:>9} {path.relative_to(HERE)}")
