"""Writes Tests/Fixtures/sentencepiece/: folders whose tokenizer is SentencePiece's own file alone, and the ids that the
reference gives for the strings of Tests/Fixtures/subword/.

Pins: transformers==5.23.0, tokenizers==0.23.3, sentencepiece==0.2.3, protobuf==7.36.2. Run from the root of the
repository, after generate_subword.py; neither the build nor the tests run it:

    python Tests/Fixtures/generate_sentencepiece.py

SentencePiece learns the models here, with the options that ALBERT and fairseq trained theirs with. The ids are those of
the tokenizer.json that lies beside such files in their releases: the classes' own pipelines of transformers, around the
pieces and scores that its converters make, with the tokens that have a role added and nothing else. What SentencePiece
itself says of the text that these pipelines hand to it is compared here; both must agree wherever its own treatment of
characters does nothing.
"""

import importlib.util
import io
import json
import os
import re
import shutil

os.environ["HF_HUB_OFFLINE"] = "1"

import sentencepiece
import tokenizers
import transformers
from sentencepiece import sentencepiece_model_pb2
from tokenizers import AddedToken
from transformers.convert_slow_tokenizer import AlbertConverter, CamembertConverter, XLMRobertaConverter

assert transformers.__version__ == "5.23.0" and tokenizers.__version__ == "0.23.3"
assert sentencepiece.__version__ == "0.2.3"
FOLDER = "Tests/Fixtures/sentencepiece"
SUBWORD = open("Tests/Fixtures/generate_subword.py", encoding="utf-8").read()


def subword():
    """generate_subword.py without its last line, which runs it."""
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("subword", None))
    exec(compile(SUBWORD.rsplit("main()", 1)[0], "generate_subword.py", "exec"), module.__dict__)
    return module


def train(lines, rules, **options):
    """A model that SentencePiece learns, as the bytes of its file."""
    with open("rules.tsv", "w", encoding="utf-8") as file:
        for source, target in sorted(rules.items()):
            file.write(" ".join(f"{ord(c):X}" for c in source) + "\t" + " ".join(f"{ord(c):X}" for c in target) + "\n")
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(lines), model_writer=model, vocab_size=700, hard_vocab_limit=False,
        character_coverage=0.98, normalization_rule_tsv="rules.tsv", minloglevel=2, max_sentencepiece_length=12, **options)
    os.remove("rules.tsv")
    proto = sentencepiece_model_pb2.ModelProto.FromString(model.getvalue())
    # The options of the training hold nothing that is read, but for these.
    kept = sentencepiece_model_pb2.TrainerSpec(model_type=proto.trainer_spec.model_type, unk_id=proto.trainer_spec.unk_id)
    proto.trainer_spec.CopyFrom(kept)
    return proto


def write(name, proto, files, tokenizer, strings):
    """Writes the folder, and what the reference makes of the strings."""
    folder = f"{FOLDER}/{name}"
    os.makedirs(folder)
    files = dict(files)
    with open(f"{folder}/{files.pop('model')}", "wb") as file:
        file.write(proto.SerializeToString(deterministic=True))
    for file_name, value in files.items():
        with open(f"{folder}/{file_name}", "w") as file:
            json.dump(value, file)
            file.write("\n")
    rows = [tokenizer.encode(text, add_special_tokens=False).ids for text in strings]
    with open(f"{folder}/ids.json", "w") as file:
        file.write("[\n" + ",\n".join(json.dumps(row, separators=(",", ":")) for row in rows) + "\n]\n")
    processor = sentencepiece.SentencePieceProcessor(model_proto=proto.SerializeToString())
    tokens = [piece.piece for piece in proto.pieces]
    literal = [t.content for t in tokenizer.get_added_tokens_decoder().values()]
    same = count = 0
    for text, row in zip(strings, rows):
        if not text.isascii() or any(t in text for t in literal) or any(c < " " for c in text):
            continue
        count += 1
        normalized = tokenizer.normalizer.normalize_str(text)
        theirs = [tokens[i] for i in processor.encode(normalized)]
        # An unknown character is one token of both, of different spelling.
        ours = [t if t != "<unk>" else None for t in map(tokenizer.id_to_token, row)]
        theirs = [t if t != "<unk>" else None for t in theirs]
        same += ours == theirs
        # Where ALBERT's program cuts a digit from a comma, SentencePiece does not.
        assert ours == theirs or "albert" in name and any(re.search(r"\d,$", t or "") for t in theirs), text
    found = {i for row in rows for i in row}
    print(f"{name}: {tokenizer.get_vocab_size()} pieces, {len(found)} occur, {sum(map(len, rows))} ids;",
          f"SentencePiece agrees on {same} of {count} plain strings; {os.path.getsize(folder + '/ids.json')} bytes")
    # And what transformers itself makes of the folder. It cuts out control and user-defined symbols before its pipeline
    # runs, which it did not when the tokenizer.json of ALBERT's releases were made: those are followed, not it.
    loaded = transformers.AutoTokenizer.from_pretrained(folder)
    same = sum(loaded(text, add_special_tokens=False)["input_ids"] == row for text, row in zip(strings, rows))
    print(f"{name}: AutoTokenizer agrees on {same} of {len(strings)}")


def main():
    shutil.rmtree(FOLDER, ignore_errors=True)
    os.makedirs(FOLDER)
    made = subword()
    strings, rules = made.strings(), made.nfkc_rules()
    assert strings == json.load(open("Tests/Fixtures/subword/strings.json"))
    # Numbers before commas, often enough that ALBERT's gets pieces that end in them.
    lines = made.corpus() + [f"in {n % 7}, {n % 5}, {n % 3}, and {n % 4}5, (or so)" for n in range(300)]

    mask = AddedToken("[MASK]", lstrip=True, special=True)
    small = {k: v for k, v in rules.items() if ord(k[0]) < 0x3000}
    proto = train([line.lower() for line in lines], small, pad_id=0, unk_id=1, bos_id=-1, eos_id=-1,
                  control_symbols="[CLS],[SEP],[MASK]", user_defined_symbols=list('()"-.–£€'), split_by_number=False,
                  split_by_unicode_script=False)
    # The converter's scores are asked of its own rule, with a stand-in for the tokenizer that it starts from.
    scores = AlbertConverter.vocab(None, proto)
    lowered = sum(b != (a.piece, a.score) for a, b in zip(proto.pieces, scores))
    assert lowered > 2, "no piece ends in a digit and a comma"
    charsmap = proto.normalizer_spec.precompiled_charsmap
    for name, keeps in (("albert", False), ("albert-cased", True)):
        tokenizer = transformers.AlbertTokenizer(
            vocab=scores, _spm_precompiled_charsmap=charsmap, mask_token=mask, do_lower_case=not keeps,
            keep_accents=keeps).backend_tokenizer
        config = {"do_lower_case": False, "keep_accents": True, "tokenizer_class": "AlbertTokenizer"}
        files = {"model": "spiece.model", "tokenizer_config.json": config} if keeps else {
            "model": "spiece.model", "config.json": {"model_type": "albert"}}
        write(name, proto, files, tokenizer, strings)
    print(f"albert: {lowered} scores lowered")

    proto = train(lines, rules)
    mask = AddedToken("<mask>", lstrip=True, special=True)
    charsmap = proto.normalizer_spec.precompiled_charsmap
    for name, convert, make in (
        ("xlm-roberta", XLMRobertaConverter, transformers.XLMRobertaTokenizer),
        ("camembert", CamembertConverter, transformers.CamembertTokenizer)):
        tokenizer = make(vocab=convert.vocab(None, proto), _spm_precompiled_charsmap=charsmap, mask_token=mask,
                         additional_special_tokens=[]).backend_tokenizer
        files = {"model": "sentencepiece.bpe.model", "config.json": {"model_type": name}}
        if name == "camembert":
            files = {"model": "sentencepiece.bpe.model", "tokenizer_config.json": {"tokenizer_class": "CamembertTokenizer"}}
        write(name, proto, files, tokenizer, strings)


main()
