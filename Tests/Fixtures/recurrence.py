"""The Recurrent Memory Transformer for a BERT encoder, written plainly so that autograd can be the oracle.

Source of the algorithm: "Scaling Transformer to 1M tokens and beyond with RMT", arXiv 2304.11062.
A document is computed alone and without padding; a batch is the mean over its documents. Whatever
padding, masking or batching an implementation adds must not change the numbers.
"""

import torch

CLASSIFICATION, SEPARATOR = 2, 3


def pieces(ids, size):
    """Cuts a document into pieces of `size`, aligned right: the first piece is the short one."""
    first = len(ids) % size or size
    return [ids[:first]] + [ids[start : start + size] for start in range(first, len(ids), size)]


def run(model, initial_memory, ids, size, truncation=None):
    """Runs the recurrence over one document.

    Each segment is [CLS] memory [SEP] tokens [SEP], the memory standing where word embeddings
    stand. The next memory is the last layer's output at the memory's positions.

    With N segments and truncation k, the memory that enters segment N - k (counted from 0) is
    detached when N > k: gradients flow through the last k segments alone. A document of at most k
    segments is not cut, so its gradient reaches the initial memory.

    Returns the logits and the outgoing memory of every segment.
    """
    words = model.bert.embeddings.word_embeddings
    count = initial_memory.shape[0]
    segments = pieces(ids, size)
    memory, logits, memories = initial_memory, [], []
    for index, segment in enumerate(segments):
        if truncation is not None and index > 0 and index == len(segments) - truncation:
            memory = memory.detach()
        head = words(torch.tensor([CLASSIFICATION]))
        tail = words(torch.tensor([SEPARATOR] + list(segment) + [SEPARATOR]))
        inputs = torch.cat([head, memory, tail]).unsqueeze(0)
        output = model.bert(inputs_embeds=inputs)
        memory = output.last_hidden_state[0, 1 : 1 + count]
        logits.append(model.classifier(output.pooler_output)[0])
        memories.append(memory)
    return logits, memories


def batch_loss(model, initial_memory, documents, labels, size, truncation=None, every_segment=False):
    """The mean cross-entropy over a batch, from the last segment or as the mean over a document's segments."""
    losses = []
    for ids, label in zip(documents, labels):
        logits, _ = run(model, initial_memory, ids, size, truncation)
        counted = logits if every_segment else logits[-1:]
        target = torch.tensor([label])
        losses.append(
            torch.stack([torch.nn.functional.cross_entropy(row.unsqueeze(0), target) for row in counted]).mean()
        )
    return torch.stack(losses).mean()
