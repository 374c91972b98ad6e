"""Makes the goldens of BERT's relatives from the reference tools: torch and transformers.

    python3.11 -m venv ../goldens && ../goldens/bin/pip install -r Tests/Fixtures/requirements.txt
    ../goldens/bin/python Tests/Fixtures/generate_families.py

People run it when a golden changes; neither the build nor the tests do. Pinned in requirements.txt:
torch 2.13.0, transformers 5.23.0. Seeds are fixed. Numbers come from float64 arithmetic on float32
weights.

    families/<model>/     a random model with a classifier, as transformers saves it
    families/minilm/      an encoder alone, in a folder as sentence-transformers saves it
    families.safetensors  hidden states of every layer and logits; the recurrence over one document:
                          logits of every segment, the gradient of every parameter
    families.json         what each array is, the ids, and the names of every class's state dict, of its
                          first layer alone

The recurrence is that of the Recurrent Memory Transformer (arXiv 2304.11062): each segment is
[CLS] memory [SEP] tokens [SEP], the next memory is the last layer's output at the memory's positions.
Memory stands where word embeddings stand. Where a model projects its embeddings to the width of its
hidden states, memory has that width and stands where the projection's output stands.
"""

import copy
import json
import pathlib
import re

import torch
import transformers as hf
from safetensors.torch import save_file

HERE = pathlib.Path(__file__).resolve().parent
LABELS = ["yes", "no", "maybe"]
CLASSIFICATION, SEPARATOR, VOCABULARY = 2, 3, 24
MEMORY_TOKENS, SEGMENT_POSITIONS, LABEL = 2, 10, 2
SEGMENT_SIZE = SEGMENT_POSITIONS - MEMORY_TOKENS - 3
POSITIONS = 14

SIZES = {"hidden_size": 8, "num_attention_heads": 2, "intermediate_size": 12, "num_hidden_layers": 3}
DISTILLED = {"dim": 8, "n_heads": 2, "hidden_dim": 12, "n_layers": 3}
LABEL_NAMES = {"id2label": dict(enumerate(LABELS)), "label2id": {name: i for i, name in enumerate(LABELS)}}
COMMON = {"vocab_size": VOCABULARY, "initializer_range": 0.2} | LABEL_NAMES

ROBERTA = COMMON | SIZES | {"max_position_embeddings": POSITIONS + 2, "type_vocab_size": 1, "layer_norm_eps": 1e-5}

# Each model: its configuration, and the module behind which memory enters, if not as embeddings.
MODELS = {
    "distilbert": (hf.DistilBertConfig(**COMMON, **DISTILLED, max_position_embeddings=POSITIONS), None),
    "roberta": (hf.RobertaConfig(**ROBERTA), None),
    "xlm-roberta": (hf.XLMRobertaConfig(**ROBERTA), None),
    "camembert": (hf.CamembertConfig(**ROBERTA), None),
    "electra": (
        hf.ElectraConfig(**COMMON, **SIZES, embedding_size=6, max_position_embeddings=POSITIONS),
        "electra.embeddings_project",
    ),
    "electra-wide": (hf.ElectraConfig(**COMMON, **SIZES, embedding_size=8, max_position_embeddings=POSITIONS), None),
    "albert": (
        hf.AlbertConfig(**COMMON, **SIZES, embedding_size=6, max_position_embeddings=POSITIONS),
        "albert.encoder.embedding_hidden_mapping_in",
    ),
    "albert-groups": (
        hf.AlbertConfig(
            **COMMON, **(SIZES | {"num_hidden_layers": 5}), num_hidden_groups=2, embedding_size=8,
            max_position_embeddings=POSITIONS,
        ),
        "albert.encoder.embedding_hidden_mapping_in",
    ),
}

# What sentence-transformers 5 writes beside the encoder; nothing of it concerns the encoder's numbers.
SENTENCE_FILES = {
    "modules.json": [
        {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
        {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
        {"idx": 2, "name": "2", "path": "2_Normalize", "type": "sentence_transformers.models.Normalize"},
    ],
    "sentence_bert_config.json": {"max_seq_length": POSITIONS, "do_lower_case": False},
    "1_Pooling/config.json": {"word_embedding_dimension": 8, "pooling_mode_mean_tokens": True},
}

LATER_LAYER = re.compile(r"\.layer(_groups)?\.[1-9]")
CLASSES = [
    "Model", "ForMaskedLM", "ForPreTraining", "ForSequenceClassification", "ForTokenClassification",
    "ForQuestionAnswering", "ForMultipleChoice",
]
PREFIXES = {
    "distilbert": "DistilBert", "roberta": "Roberta", "xlm-roberta": "XLMRoberta", "camembert": "Camembert",
    "electra": "Electra", "albert": "Albert",
}


def write_sentence_model(arrays):
    """MiniLM: BERT's encoder without a classifier, and files that concern sentences."""
    config = hf.BertConfig(**(COMMON | SIZES), max_position_embeddings=POSITIONS)
    write_model("minilm", config, hf.AutoModel)
    for path, content in SENTENCE_FILES.items():
        file = HERE / "families" / "minilm" / path
        file.parent.mkdir(exist_ok=True)
        file.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    return {"ids": write_states("minilm", arrays, hf.AutoModel)}


def write_model(name, config, kind=hf.AutoModelForSequenceClassification):
    """A random model whose every parameter matters."""
    torch.manual_seed(1)
    model = kind.from_config(config)
    generator = torch.Generator().manual_seed(2)
    with torch.no_grad():
        for key, parameter in sorted(model.named_parameters()):
            noise = torch.randn(parameter.shape, generator=generator)
            is_gain = "norm" in key.lower() and key.endswith("weight")
            parameter.copy_(1 + 0.2 * noise if is_gain else 0.3 * noise)
    model.save_pretrained(HERE / "families" / name)
    (HERE / "families" / name / "model.safetensors").chmod(0o644)


def load(name, kind=hf.AutoModelForSequenceClassification):
    model = kind.from_pretrained(HERE / "families" / name, attn_implementation="eager")
    return model.double().eval()


def random_ids(count, generator):
    """Ids that no model gives a role."""
    return torch.randint(5, VOCABULARY, (count,), generator=generator).tolist()


def states(model, **inputs):
    output = model(**inputs, output_hidden_states=True)
    logits = output.logits[0] if "logits" in output else None
    return logits, [hidden[0] for hidden in output.hidden_states]


def write_states(name, arrays, kind=hf.AutoModelForSequenceClassification):
    model = load(name, kind)
    generator = torch.Generator().manual_seed(3)
    cases = []
    for length in [1, 2, 9, POSITIONS]:
        ids = ([CLASSIFICATION] + random_ids(length - 2, generator) + [SEPARATOR]) if length > 1 else [CLASSIFICATION]
        with torch.no_grad():
            logits, hidden = states(model, input_ids=torch.tensor([ids]))
        if logits is not None:
            arrays[f"{name}.{length}.logits"] = logits
        for layer, rows in enumerate(hidden):
            arrays[f"{name}.{length}.hidden.{layer}"] = rows
        cases.append(ids)
    return cases


def segment(model, projection, ids, memory):
    """Logits and new memory of one segment."""
    words = model.get_input_embeddings()
    rows = slice(1, 1 + MEMORY_TOKENS)
    head, tail = [CLASSIFICATION], [SEPARATOR] + ids + [SEPARATOR]
    if projection is None:
        inputs = torch.cat([words(torch.tensor(head)), memory, words(torch.tensor(tail))])
        logits, hidden = states(model, inputs_embeds=inputs[None])
    else:
        inputs = words(torch.tensor(head + [SEPARATOR] * MEMORY_TOKENS + tail))

        def enter(module, arguments, output):
            return torch.cat([output[:, :1], memory[None], output[:, 1 + MEMORY_TOKENS :]], dim=1)

        handle = model.get_submodule(projection).register_forward_hook(enter)
        logits, hidden = states(model, inputs_embeds=inputs[None])
        handle.remove()
    return logits, hidden[-1][rows]


def write_recurrence(name, projection, arrays):
    model = load(name)
    generator = torch.Generator().manual_seed(4)
    ids = random_ids(2 * SEGMENT_SIZE + 2, generator)
    start = (0.5 * torch.randn(MEMORY_TOKENS, 8, generator=generator)).double().requires_grad_()
    arrays[f"{name}.memory.initial"] = start.detach().float()
    first = len(ids) % SEGMENT_SIZE
    pieces = [ids[:first]] + [ids[i : i + SEGMENT_SIZE] for i in range(first, len(ids), SEGMENT_SIZE)]
    memory, every_logits = start, []
    for piece in pieces:
        logits, memory = segment(model, projection, piece, memory)
        every_logits.append(logits)
    loss = torch.nn.functional.cross_entropy(every_logits[-1][None], torch.tensor([LABEL]))
    loss.backward()
    arrays[f"{name}.recurrence.logits"] = torch.stack(every_logits).detach()
    arrays[f"{name}.gradient.memory.initial"] = start.grad
    for key, parameter in model.named_parameters():
        arrays[f"{name}.gradient.{key}"] = torch.zeros_like(parameter) if parameter.grad is None else parameter.grad
    return {"ids": ids, "loss": loss.item()}


def state_dict_names():
    """Names of every class that a family has, as a file of it would hold them."""
    names = {}
    configs = {name: config for name, (config, _) in MODELS.items()}
    for family, prefix in PREFIXES.items():
        for kind in CLASSES:
            if model_class := getattr(hf, prefix + kind, None):
                config = copy.deepcopy(configs[family])
                config.num_labels = 2  # the only number with which every class can be made
                state = model_class(config).state_dict()
                kept = [name for name in sorted(state) if not LATER_LAYER.search(name)]
                names[prefix + kind] = {"family": family, "names": kept}
    return names


if __name__ == "__main__":
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    arrays, facts = {}, {}
    for name, (config, projection) in MODELS.items():
        write_model(name, config)
        facts[name] = {"ids": write_states(name, arrays), "recurrence": write_recurrence(name, projection, arrays)}
    facts["minilm"] = write_sentence_model(arrays)
    save_file({key: value.contiguous() for key, value in sorted(arrays.items())}, HERE / "families.safetensors")
    (HERE / "families.safetensors").chmod(0o644)
    content = {
        "arrays": {
            "<model>.<length>.hidden.<i>": "[positions, 8] f64; 0 is what the first layer reads, i the output of layer i",
            "<model>.<length>.logits": "[3] f64",
            "<model>.memory.initial": "[2, 8] f32, the memory that enters segment 0",
            "<model>.recurrence.logits": "[segments, 3] f64",
            "<model>.gradient.<name>": "f64, of the cross-entropy of the last segment's logits",
        },
        "memoryTokens": MEMORY_TOKENS, "segmentPositions": SEGMENT_POSITIONS, "label": LABEL,
        "models": facts, "classes": state_dict_names(),
    }
    (HERE / "families.json").write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
