"""Writes Tests/Fixtures/subword/: small tokenizers of BERT's relatives and the ids that the reference gives.

Pins: transformers==5.23.0, tokenizers==0.23.3, sentencepiece==0.2.3. Run from the root of the
repository; neither the build nor the tests run it:

    python Tests/Fixtures/generate_subword.py

The vocabularies are learned here, from lines of this script and generate_tokenizer.py. The pipelines are
those of RoBERTa, ALBERT, XLM-R and CamemBERT: the classes of transformers build them, and `tokenizers`
alone says what the ids are. The maps of characters are made by SentencePiece's own compiler, from a few
rules of nmt_nfkc: the whole of it would be a quarter of a million bytes.
"""

import io
import json
import os
import random
import re
import shutil
import unicodedata

os.environ["HF_HUB_OFFLINE"] = "1"

import sentencepiece
import tokenizers
import transformers
from sentencepiece import sentencepiece_model_pb2
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

assert transformers.__version__ == "5.23.0" and tokenizers.__version__ == "0.23.3"
assert sentencepiece.__version__ == "0.2.3"
FOLDER = "Tests/Fixtures/subword"


def plain_lines():
    """The lines of text of generate_tokenizer.py."""
    source = open("Tests/Fixtures/generate_tokenizer.py", encoding="utf-8").read()
    return re.search(r'PLAIN = """\n(.*?)""".strip', source, re.S)[1].replace("\\\\", "\\").rstrip("\n").split("\n")


STORY = """
Mary moved to the bathroom. John went to the hallway. Daniel travelled back to the garden and picked up the
football there. Where is Mary? The office is north of the kitchen; what is south of the bedroom? It was the best
of times, it was the worst of times. She'd said that they've never seen it, and I'm sure we'll find what you're
looking for. Let's go! He isn't here. In 1984 there were 12,345 of them, or 99.5 percent. I don't know, they can't.
""".replace("\n", " ").strip()


def strings():
    lines = plain_lines()
    texts = ["", " ", "  ", "\t", "\n", "\r\n", " \t\n\r ", "\u00a0", "\u3000", "a", " a", "a ", "  a", "a  b", "a   b"]
    texts += ["▁", "▁a", "a▁b", "a ▁ b", "▁▁", " ▁", "Ġ", "ĠaĊ", "``quoted'' ``", "'''", "a''b``c", "`` ''"]
    texts += lines + [STORY] + STORY.split(". ")
    texts += ["'s 't 're 've 'm 'll 'd 'S 'T 'x ''s it's IT'S we'llx 'l 'r 'v", "a'b 's't", "x's. 'tis", " 's", "\n's", "5's"]
    texts += ["a\nb", "a \nb", "a\n b", "a\n\nb", "a\n \n b", "a\u00a0b", "a \u00a0 b", "a\u3000b", "tab\tb", "a\t\tb", "a\u2028b\u2029c\x85d"]
    texts += ["x    y", "x     y  ", "    x", "x\t y", "x \ty", "1  2", ".  .", " .", " 1", " é", "\u00a0é", "  é"]
    texts += ["abc123def", "123abc", "a1.b2,c3!", "½¼²³", "١٢٣", "Ⅷⅷ", "x²", "é1é", "_a_", "$5", "#a", "@b c"]
    texts += ["<s>", "</s>", "<mask>", " <mask>", "a <mask> b", "a   <mask>   b", "a<mask>b", "<mask><mask>", " \n<mask>\t "]
    texts += ["[CLS] a [SEP]", "[MASK]", "x [MASK] y", "<unk>", "a<unk>b", "<pad>", "<s>a</s>b", "< s >", "<ma sk>", "<s", "</s></s>"]
    texts += ["é <mask>é", "\u3000<mask>", "e\u0301", "E\u0301e\u0301", "a\u0301\u0301b", "\u0301", " \u0301 ", "a\u0301 b", "a \u0301b"]
    texts += ["\r\nx", "x\r\ny", "x\ry", "x\r", "\r\u0301", "\r\n\u0301", "a\u200bb", "a\u200b b", "\u200b", "a\u200db", "a\u200d", "\u00ad"]
    texts += ["\u0600a", "\u0600 a", "a\u0600", "\u06dd1", "\u110bda", "ক\u09cdষ", "\u0e33", "ก\u0e33", "a\u0e33", "a\u0903", "a\u0903\u0301"]
    texts += ["가각", "\u1100\u1161", "\u1100\u1161\u11a8", "가\u11a8", "\u1161\u0301", "\u11a8\u0301", "ﬁ\u0301", "①\u0301", "Ａ\u0301Ｂ", "ｶﾞｶﾞ"]
    texts += ["e\u0301\U0001d165", "\U0001d15e", "🇩🇪\u0301", "👍🏽a", "👨\u200d👩\u200d👧", "❤\ufe0f", "1\ufe0f\u20e3", "↔\u0338", "=\u0338", "a\u0338b"]
    texts += ["x" * n for n in (5, 24, 25, 26, 48, 49, 300)] + ["ab" * 150, "é" * 100, "中" * 100, "." * 99, "🙂" * 50, " " * 50]
    for form in ("NFC", "NFD", "NFKC", "NFKD"):
        texts += [unicodedata.normalize(form, line) for line in lines[8:31]]
    for c in list(range(0x21)) + [0x7F, 0x80, 0x85, 0x9F, 0xA0, 0xAD, 0x378, 0x61C, 0x600, 0x70F, 0x1680, 0x180E, 0x2007, 0x200A, 0x200B]:
        texts.append(f"a{chr(c)}b {chr(c)} c{chr(c)}")
    for c in [0x200E, 0x2028, 0x202F, 0x205F, 0x2060, 0x2066, 0x20DD, 0x3099, 0xFDFA, 0xFE0F, 0xFEFF, 0xFFFC, 0xFFFD, 0x1D15E, 0xE0001, 0xE0020]:
        texts.append(f"a{chr(c)}b {chr(c)} c{chr(c)}")
    generator = random.Random(5)
    words = [word for line in lines for word in line.split()] + STORY.split()
    joints = [" "] * 8 + ["", ",", "  ", "\u00a0", "\t", "\n", "<mask>", " <mask>", "</s>", "\u0301", "\u200d", "\u200b", "▁", "'s "]
    for _ in range(110):
        texts.append("".join(generator.choice(words) + generator.choice(joints) for _ in range(generator.randint(2, 16))))
    assert len(texts) >= 400
    return texts


def corpus():
    lines = plain_lines()
    return [STORY] * 4 + STORY.split(". ") * 2 + lines * 2 + [line.lower() for line in lines]


def character_map(rules):
    """A map that SentencePiece compiles from pairs of strings."""
    with open("rules.tsv", "w", encoding="utf-8") as file:
        for source, target in sorted(rules.items()):
            file.write(" ".join(f"{ord(c):X}" for c in source) + "\t" + " ".join(f"{ord(c):X}" for c in target) + "\n")
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(corpus()), model_writer=model, vocab_size=900, hard_vocab_limit=False, character_coverage=0.99,
        normalization_rule_tsv="rules.tsv", minloglevel=2)
    os.remove("rules.tsv")
    proto = sentencepiece_model_pb2.ModelProto.FromString(model.getvalue())
    return proto.normalizer_spec.precompiled_charsmap


def nfkc_rules():
    """Those rules of nmt_nfkc that concern characters of the test strings: compositions, compatibility,
    spaces, and controls that go."""
    rules = {}
    characters = sorted({c for text in strings() for c in text})
    for c in characters:
        for form in (c, unicodedata.normalize("NFD", c)):
            target = unicodedata.normalize("NFKC", form)
            if target != form and len(form.encode()) < 12:
                rules[form] = target
    for c in [*range(0x01, 0x09), 0x0B, *range(0x0E, 0x20), 0x7F, 0x8F, 0x9F]:
        rules[chr(c)] = ""
    for c in [0x09, 0x0A, 0x0C, 0x0D, 0x85, 0xA0, 0x1680, 0x2007, 0x200A, 0x200B, 0x200E, 0x2028, 0x2029, 0x202F, 0x205F, 0x2060, 0x3000, 0xFEFF, 0xFFFD]:
        rules[chr(c)] = " "
    return {k: v for k, v in rules.items() if not 0xAC00 <= ord(v[:1] or "a") <= 0xD7A3}


def pieces(normalizer, special, unknown, size):
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizer
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")])
    trainer = trainers.UnigramTrainer(
        vocab_size=size, special_tokens=special, unk_token=unknown, show_progress=False, max_piece_length=12)
    tokenizer.train_from_iterator(corpus(), trainer)
    return [tuple(entry) for entry in json.loads(tokenizer.to_str())["model"]["vocab"]]


def write(name, tokenizer, config):
    """The folder of a tokenizer, with the ids that the library gives for the file it wrote."""
    folder = f"{FOLDER}/{name}"
    os.makedirs(folder, exist_ok=True)
    tokenizer.save(f"{folder}/tokenizer.json", pretty=False)
    if config is not None:
        with open(f"{folder}/tokenizer_config.json", "w") as file:
            json.dump(config, file, indent=2, sort_keys=True)
            file.write("\n")
    loaded = Tokenizer.from_file(f"{folder}/tokenizer.json")
    ids = [loaded.encode(text, add_special_tokens=False).ids for text in strings()]
    found = {i for row in ids for i in row}
    print(f"{name}: {loaded.get_vocab_size()} pieces, {len(found)} occur, {sum(map(len, ids))} ids,",
          f"{os.path.getsize(folder + '/tokenizer.json')} bytes")
    return ids


def roberta(tokenizer):
    """RoBERTa's pipeline around a vocabulary and merges, by its class."""
    model = json.loads(tokenizer.to_str())["model"]
    made = transformers.RobertaTokenizer(
        vocab=model["vocab"], merges=[tuple(merge) for merge in model["merges"]],
        mask_token=AddedToken("<mask>", lstrip=True, special=True))
    return made.backend_tokenizer, model


def main():
    shutil.rmtree(FOLDER, ignore_errors=True)
    os.makedirs(FOLDER)
    ids = {}
    special = ["<s>", "<pad>", "</s>", "<unk>"]
    bytelevel = Tokenizer(models.BPE())
    bytelevel.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    bytelevel.train_from_iterator(corpus(), trainers.BpeTrainer(
        vocab_size=900, special_tokens=special, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False))
    bytelevel.add_special_tokens([AddedToken("<mask>", lstrip=True)])
    made, model = roberta(bytelevel)
    ids["roberta"] = write("roberta", made, {"tokenizer_class": "RobertaTokenizer"})

    # The same with merges in one string each, a space in front, and no unknown token in the model.
    older = json.loads(made.to_str())
    older["model"]["merges"] = [" ".join(merge) for merge in older["model"]["merges"]]
    older["pre_tokenizer"]["add_prefix_space"] = True
    ids["roberta-prefix"] = write("roberta-prefix", Tokenizer.from_str(json.dumps(older)), {})
    with open(f"{FOLDER}/roberta-prefix/tokenizer.json", "w") as file:
        json.dump(older, file, separators=(",", ":"))

    # RoBERTa's older files.
    os.makedirs(f"{FOLDER}/roberta-files")
    with open(f"{FOLDER}/roberta-files/vocab.json", "w") as file:
        json.dump(made.get_vocab(), file, separators=(",", ":"))
    with open(f"{FOLDER}/roberta-files/merges.txt", "w", encoding="utf-8") as file:
        file.write("#version: 0.2\n" + "".join(" ".join(merge) + "\n" for merge in model["merges"]))
    with open(f"{FOLDER}/roberta-files/tokenizer_config.json", "w") as file:
        json.dump({"tokenizer_class": "RobertaTokenizer"}, file)
    loaded = transformers.AutoTokenizer.from_pretrained(f"{FOLDER}/roberta-files")
    ids["roberta-files"] = [loaded(text, add_special_tokens=False)["input_ids"] for text in strings()]

    # A byte-level vocabulary with holes: bytes without a piece, an unknown token, merges that are skipped.
    holes = json.loads(bytelevel.to_str())
    gone = {"Ħ", "x", "Ċ"}
    holes["model"]["vocab"] = {k: v for k, v in holes["model"]["vocab"].items() if not gone & set(k)}
    holes["model"]["vocab"]["<mask>"] = 900
    holes["model"]["merges"] = [
        m for m in holes["model"]["merges"] if holes["model"]["vocab"].keys() >= {m[0], m[1], "".join(m)}]
    holes["model"]["unk_token"] = "<unk>"
    holes["model"]["fuse_unk"] = True
    holes["model"]["ignore_merges"] = True
    ids["holes"] = write("holes", Tokenizer.from_str(json.dumps(holes)), {"pad_token": "<pad>"})

    charsmap = character_map(nfkc_rules())
    print(f"map of characters: {len(charsmap)} bytes, {len(nfkc_rules())} rules")
    vocabulary = pieces(normalizers.Precompiled(charsmap), special, "<unk>", 900)
    made = transformers.XLMRobertaTokenizer(vocab=vocabulary, _spm_precompiled_charsmap=charsmap,
                                            mask_token=AddedToken("<mask>", lstrip=True, special=True)).backend_tokenizer
    ids["xlm-roberta"] = write("xlm-roberta", made, {"tokenizer_class": "XLMRobertaTokenizer"})

    # The pipeline that earlier converters wrote: the map, runs of spaces to one, and no cut at white space before.
    made.normalizer = normalizers.Sequence([
        normalizers.Precompiled(charsmap), normalizers.Strip(left=False, right=True), normalizers.Replace(Regex(" {2,}"), " ")])
    made.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="first")
    ids["metaspace"] = write("metaspace", made, None)

    albert_special = ["<pad>", "<unk>", "[CLS]", "[SEP]", "[MASK]"]
    small = character_map({k: v for k, v in nfkc_rules().items() if ord(k[0]) < 0x3000})
    steps = [normalizers.Replace("``", '"'), normalizers.Replace("''", '"'), normalizers.NFKD(),
             normalizers.StripAccents(), normalizers.Lowercase(), normalizers.Precompiled(small)]
    vocabulary = pieces(normalizers.Sequence(steps), albert_special, "<unk>", 700)
    made = transformers.AlbertTokenizer(vocab=vocabulary, _spm_precompiled_charsmap=small,
                                        mask_token=AddedToken("[MASK]", lstrip=True, special=True)).backend_tokenizer
    ids["albert"] = write("albert", made, {"tokenizer_class": "AlbertTokenizer"})

    # Forms of Unicode, tokens that are normalised or take the space behind them, no mark in front.
    forms = Tokenizer(models.Unigram(vocabulary, 1))
    forms.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Lowercase()])
    forms.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="never")
    forms.decoder = decoders.Metaspace(replacement="▁", prepend_scheme="never")
    forms.add_special_tokens([AddedToken(t) for t in albert_special[:4]] + [AddedToken("[MASK]", rstrip=True)])
    forms.add_tokens([AddedToken("Mary", normalized=True), AddedToken("ﬁn", normalized=True, lstrip=True)])
    ids["forms"] = write("forms", forms, {"cls_token": "[CLS]", "sep_token": "[SEP]", "pad_token": "<pad>", "mask_token": "[MASK]"})

    with open(f"{FOLDER}/strings.json", "w") as file:
        file.write("[\n" + ",\n".join(map(json.dumps, strings())) + "\n]\n")
    for name, rows in ids.items():
        with open(f"{FOLDER}/{name}/ids.json", "w") as file:
            file.write("[\n" + ",\n".join(json.dumps(row, separators=(",", ":")) for row in rows) + "\n]\n")
    print(f"{len(strings())} strings, {sum(len(row) for rows in ids.values() for row in rows)} ids")


main()
