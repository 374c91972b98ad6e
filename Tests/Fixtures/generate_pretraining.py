"""Makes masked.safetensors and masked.json: loss and gradients of transformers' BertForMaskedLM.

    python3.11 -m venv ../goldens && ../goldens/bin/pip install -r Tests/Fixtures/requirements.txt
    ../goldens/bin/python Tests/Fixtures/generate_pretraining.py

The encoder is that of bert-tiny/, the head is drawn here from a fixed seed. Two sequences of different
lengths are read apart, so that no padding is involved; the loss is the mean over all hidden tokens of
both. Arithmetic is float64 on float32 weights, without dropout. Names are transformers' without `bert.`;
the head's weights are `parameter.NAME`, the gradients `gradient.NAME`.
"""

import json
import pathlib

import torch
from safetensors.torch import save_file
from transformers import BertForMaskedLM

HERE = pathlib.Path(__file__).resolve().parent
MASK = 4


def load():
    model = BertForMaskedLM.from_pretrained(HERE / "bert-tiny", attn_implementation="eager")
    generator = torch.Generator().manual_seed(3)
    with torch.no_grad():
        for name, parameter in sorted(model.cls.named_parameters()):
            if name != "predictions.decoder.weight":
                noise = 0.2 * torch.randn(parameter.shape, generator=generator)
                parameter.copy_(1 + noise if "LayerNorm.weight" in name else noise)
    return model.double().eval()


def main():
    model = load()
    generator = torch.Generator().manual_seed(4)
    sequences, loss, count = [], 0.0, 0
    for length in (23, 9):
        ids = torch.randint(5, 100, (length,), generator=generator)
        ids[0], ids[-1] = 2, 3
        rows = sorted((1 + torch.randperm(length - 2, generator=generator)[: length // 4]).tolist())
        labels = ids[rows].tolist()
        # As masking does it: most are [MASK], one is another token, one stays.
        ids[rows[1:]] = MASK
        if len(rows) > 2:
            ids[rows[1]] = 77
        sequences.append(dict(ids=ids.tolist(), rows=rows, labels=labels))
        logits = model(input_ids=ids[None]).logits[0, rows]
        loss = loss + torch.nn.functional.cross_entropy(logits, torch.tensor(labels), reduction="sum")
        count += len(rows)
    loss = loss / count
    loss.backward()
    tensors = {}
    for name, parameter in model.named_parameters():
        name = name.removeprefix("bert.")
        # transformers keeps one bias under two names, and ties the decoder to the word embeddings.
        if name == "cls.predictions.decoder.bias":
            name = "cls.predictions.bias"
        tensors[f"gradient.{name}"] = parameter.grad.contiguous()
        if name.startswith("cls."):
            tensors[f"parameter.{name}"] = parameter.detach().float().contiguous()
    save_file(tensors, HERE / "masked.safetensors")
    text = json.dumps(dict(sequences=sequences, loss=loss.item()), indent=1)
    (HERE / "masked.json").write_text(text + "\n", encoding="utf-8")
    print(loss.item(), sorted(name for name in tensors if "cls." in name))


main()
