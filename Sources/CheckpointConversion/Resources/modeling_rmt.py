# SPDX-License-Identifier: Apache-2.0
"""A classifier with recurrent memory: reads documents of any length, segment by segment.

Written by `rmt export --layout huggingface` beside the weights it belongs to. Open the folder with

    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = AutoModelForSequenceClassification.from_pretrained(folder, trust_remote_code=True)
    ids = tokenizer(text)["input_ids"]            # any length; special tokens are dropped
    logits = model([ids]).logits                  # or a padded batch with its attention mask

One segment of n <= S tokens, S = segment_positions - memory_tokens - 3:

    position   0      1 .. m       m+1    m+2 .. m+1+n   m+2+n
    content   [CLS]   memory      [SEP]   the n tokens   [SEP]

Memory enters where the word embedding would be; positions, token type 0, LayerNorm and dropout
apply to it as to any token. The first memory is the last m rows of the word-embedding table. In a
model that projects its embeddings to the width of its hidden states, memory has that width: it takes
the place of the projection's output, and the first memory is a parameter of its own.

The new memory is the last layer's output at positions 1 .. m. The logits come from the last segment.

Source: "Scaling Transformer to 1M tokens and beyond with RMT", arXiv 2304.11062.
"""

from dataclasses import dataclass
from typing import Optional, Sequence, Union

import torch
from torch import nn
from transformers import BertForSequenceClassification
from transformers.modeling_outputs import SequenceClassifierOutput

Documents = Union[torch.Tensor, Sequence[Sequence[int]], Sequence[torch.Tensor]]


@dataclass
class RMTSequenceClassifierOutput(SequenceClassifierOutput):
    """A classifier's output and the memory [batch, m, hidden] after the last segment."""

    memory: Optional[torch.FloatTensor] = None


class RMTForSequenceClassification(BertForSequenceClassification):
    """The classifier with m memory tokens that are carried from segment to segment.

    The settings are `config.rmt`:

    - memory_tokens: m
    - segment_positions: positions the encoder sees in a full segment
    - alignment: "right" (the first segment is the short one), "left" or "center"
    - cls_token_id, sep_token_id: ids that frame a segment
    - special_token_ids: ids that are dropped from a document before it is cut
    - memory_enters_behind: the projection whose output memory replaces; absent where memory tokens
      are the last m rows of the word embeddings
    """

    def __init__(self, config):
        super().__init__(config)
        settings = config.rmt
        self.memory_tokens = settings["memory_tokens"]
        self.segment_size = settings["segment_positions"] - self.memory_tokens - 3
        self.alignment = settings["alignment"]
        self.cls_token_id = settings["cls_token_id"]
        self.sep_token_id = settings["sep_token_id"]
        self.special_token_ids = frozenset(settings["special_token_ids"])
        self.projection = settings.get("memory_enters_behind")
        if self.segment_size < 1:
            raise ValueError(f"no room for tokens in a segment: {settings}")
        if self.alignment not in ("right", "left", "center"):
            raise ValueError(f"unknown alignment {self.alignment!r}")
        if self.projection is not None:
            self.initial_memory = nn.Parameter(torch.zeros(self.memory_tokens, config.hidden_size))

    def first_memory(self) -> torch.Tensor:
        """The memory [m, hidden] before the first segment."""
        if self.projection is not None:
            return self.initial_memory
        return self.get_input_embeddings().weight[-self.memory_tokens :]

    def documents(
        self, input_ids: Documents, attention_mask: Optional[torch.Tensor] = None
    ) -> list[list[int]]:
        """The documents' own token ids: no padding, no special tokens."""
        rows = [row.tolist() if torch.is_tensor(row) else list(row) for row in input_ids]
        if attention_mask is not None:
            masks = attention_mask.tolist()
            rows = [
                [token for token, real in zip(row, mask, strict=True) if real]
                for row, mask in zip(rows, masks, strict=True)
            ]
        documents = [[token for token in row if token not in self.special_token_ids] for row in rows]
        for index, document in enumerate(documents):
            if not document:
                raise ValueError(f"document {index} holds no token besides special ones")
        return documents

    def segments(self, document: list[int]) -> list[list[int]]:
        """A document in pieces of at most S tokens, in reading order."""
        size, length = self.segment_size, len(document)
        count = (length + size - 1) // size
        gap = count * size - length
        missing_in_front = {"right": gap, "left": 0, "center": gap // 2}[self.alignment]
        bounds = [max(0, index * size - missing_in_front) for index in range(count)]
        if count == 1:
            return [document]
        return [document[start:end] for start, end in zip(bounds, bounds[1:] + [length])]

    def read_segment(self, segments: list[list[int]], memory: torch.Tensor):
        """One segment of each document: its logits, and the new memory [len(segments), m, hidden].

        `memory` is [len(segments), m, hidden]. Shorter segments are padded and masked.
        """
        device = memory.device
        padding = self.config.pad_token_id or 0
        frame = self.memory_tokens + 3
        width = frame + max(len(segment) for segment in segments)
        ids = torch.full((len(segments), width), padding, dtype=torch.long)
        mask = torch.zeros((len(segments), width), dtype=torch.long)
        for row, segment in enumerate(segments):
            end = frame - 1 + len(segment)
            ids[row, 0] = self.cls_token_id
            ids[row, self.memory_tokens + 1] = self.sep_token_id
            ids[row, frame - 1 : end] = torch.tensor(segment, dtype=torch.long)
            ids[row, end] = self.sep_token_id
            mask[row, : end + 1] = 1
        embeddings = self.get_input_embeddings()(ids.to(device))

        def enter(states: torch.Tensor) -> torch.Tensor:
            behind = self.memory_tokens + 1
            return torch.cat((states[:, :1], memory, states[:, behind:]), dim=1)

        handle = None
        if self.projection is None:
            embeddings = enter(embeddings)
        else:
            handle = self.get_submodule(self.projection).register_forward_hook(
                lambda module, inputs, output: enter(output)
            )
        try:
            output = super().forward(
                inputs_embeds=embeddings, attention_mask=mask.to(device), output_hidden_states=True
            )
        finally:
            if handle is not None:
                handle.remove()
        return output.logits, output.hidden_states[-1][:, 1 : self.memory_tokens + 1]

    def forward(
        self,
        input_ids: Documents,
        attention_mask: Optional[torch.Tensor] = None,
        labels: Optional[torch.Tensor] = None,
        memory: Optional[torch.Tensor] = None,
        return_dict: Optional[bool] = None,
        **kwargs,
    ):
        """Classifies documents of any length.

        Args:
            input_ids: a list of documents, each a list of ids, or a padded batch [batch, tokens].
            attention_mask: 0 where `input_ids` is padding.
            labels: class indices [batch]; with them the output has a cross-entropy loss.
            memory: [batch, m, hidden], to go on where an earlier call stopped.

        A document with fewer segments than the longest starts later: its memory is left alone
        until its first segment, and every document's last segment comes in the last round.
        """
        cut = [self.segments(row) for row in self.documents(input_ids, attention_mask)]
        rounds = max(len(segments) for segments in cut)
        if memory is None:
            memory = self.first_memory().expand(len(cut), -1, -1)
        memories = list(memory.to(self.device, self.dtype))

        logits = None
        for index in range(rounds):
            active = [row for row, own in enumerate(cut) if rounds - len(own) <= index]
            pieces = [cut[row][index - rounds + len(cut[row])] for row in active]
            logits, new_memory = self.read_segment(pieces, torch.stack([memories[row] for row in active]))
            for position, row in enumerate(active):
                memories[row] = new_memory[position]

        loss = None
        if labels is not None:
            loss = nn.functional.cross_entropy(logits.float(), labels.to(logits.device))
        result = RMTSequenceClassifierOutput(loss=loss, logits=logits, memory=torch.stack(memories))
        if return_dict is None:
            return_dict = getattr(self.config, "return_dict", True)
        return result if return_dict else result.to_tuple()
