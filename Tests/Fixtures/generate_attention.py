"""Makes attention.safetensors: who attends to whom in every segment of a document, by transformers.

    ../goldens/bin/python Tests/Fixtures/generate_attention.py

The model is bert-tiny with the memory of rmt.safetensors, the document the longest of rmt.json; run
generate.py first. The requirements are those of generate.py, and so is what is said there of who runs
it. `segment.<s>` is [layers, heads, T, T] f32, softmax(q k^T / sqrt a) in float64: queries, then keys.
"""

import json
import pathlib

import torch
from safetensors.torch import load_file, save_file
from transformers import BertForSequenceClassification

from recurrence import CLASSIFICATION, SEPARATOR, pieces

HERE = pathlib.Path(__file__).resolve().parent


def attentions(model, memory, ids, size):
    words = model.bert.embeddings.word_embeddings
    for segment in pieces(ids, size):
        head = words(torch.tensor([CLASSIFICATION]))
        tail = words(torch.tensor([SEPARATOR] + list(segment) + [SEPARATOR]))
        output = model.bert(inputs_embeds=torch.cat([head, memory, tail]).unsqueeze(0), output_attentions=True)
        memory = output.last_hidden_state[0, 1 : 1 + memory.shape[0]]
        yield torch.stack([layer[0] for layer in output.attentions])


if __name__ == "__main__":
    torch.set_num_threads(1)
    description = json.loads((HERE / "rmt.json").read_text())
    document = max(description["documents"], key=lambda document: len(document["ids"]))["ids"]
    memory = load_file(HERE / "rmt.safetensors")["memory.initial"].double()
    model = BertForSequenceClassification.from_pretrained(HERE / "bert-tiny", attn_implementation="eager")
    model = model.double().eval()
    with torch.no_grad():
        maps = list(attentions(model, memory, document, description["segmentSize"]))
    save_file(
        {f"segment.{index}": weights.float().contiguous() for index, weights in enumerate(maps)},
        HERE / "attention.safetensors",
    )
