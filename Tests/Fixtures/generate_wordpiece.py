"""Writes Tests/Fixtures/tokenizer/trained.json: vocabularies that the reference learns.

Pins: tokenizers==0.23.3. Run from the root of the repository; neither the build nor the tests run it:

    python Tests/Fixtures/generate_wordpiece.py

The library walks through hash tables, so of equally frequent pairs it merges now one and now another
first. Here words of random letters occur random numbers of times, drawn with a fixed seed, which leaves no
such pairs above the frequency at which training ends; every case is trained twenty times and must come
out the same. The pieces of a golden are in the order in which they were learned; the characters in
front of them, whose order the library leaves to chance as well, are sorted.
"""

import json
import pathlib
import random

import tokenizers
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, trainers

assert tokenizers.__version__ == "0.23.3"
PATH = pathlib.Path("Tests/Fixtures/tokenizer/trained.json")
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
LETTERS = "abcdéF"


def corpus():
    """Words of random letters: two pairs of natural words that occur in the same words alone are too common."""
    generator = random.Random(7)
    words = {"".join(generator.choices(LETTERS, k=generator.randint(1, 7))) for _ in range(500)}
    return {word: generator.randint(1, 400) for word in sorted(words)}


def train(counts, size, frequency, lowercase):
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=lowercase)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    trainer = trainers.WordPieceTrainer(
        vocab_size=size, min_frequency=frequency, special_tokens=SPECIAL, show_progress=False,
    )
    tokenizer.train_from_iterator([" ".join([word] * count) for word, count in counts.items()], trainer)
    vocabulary = tokenizer.get_vocab()
    tokens = sorted(vocabulary, key=vocabulary.get)
    assert tokens[:5] == SPECIAL
    characters = [token for token in tokens[5:] if len(token.removeprefix("##")) == 1]
    learned = [token for token in tokens[5:] if len(token.removeprefix("##")) > 1]
    return dict(characters=sorted(characters), learned=learned)


def main():
    counts = corpus()
    cases = []
    for lowercase in (True, False):
        for size, frequency in [(40, 1), (100, 1), (10_000, 700)]:
            result = train(counts, size, frequency, lowercase)
            assert all(train(counts, size, frequency, lowercase) == result for _ in range(20)), (size, frequency)
            cases.append(dict(lowercase=lowercase, size=size, frequency=frequency, **result))
    PATH.write_text(json.dumps(dict(counts=counts, cases=cases), ensure_ascii=False) + "\n", encoding="utf-8")
    print([(case["lowercase"], case["size"], len(case["characters"]), len(case["learned"])) for case in cases])


main()
