"""Writes Tests/Fixtures/tokenizer/: two small vocabularies and the ids that the reference gives.

Pins: transformers==5.23.0, tokenizers==0.23.3. Run from the root of the repository; neither the
build nor the tests run it:

    python Tests/Fixtures/generate_tokenizer.py

The vocabularies are made here, from pieces of the test strings drawn with a fixed seed, so that whole
words, continuations, single characters and unknown words all occur.
"""

import json
import os
import random
import shutil

os.environ["HF_HUB_OFFLINE"] = "1"

import tokenizers
import transformers
from tokenizers import normalizers, pre_tokenizers
from transformers import AutoTokenizer

assert transformers.__version__ == "5.23.0" and tokenizers.__version__ == "0.23.3"
FOLDER = "Tests/Fixtures/tokenizer"
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]

PLAIN = """
The quick brown fox jumps over the lazy dog.
UNAFFABLE unaffable Unaffable uNaFfAbLe
He said: "don't, can't, won't; it's John's!" (really?) [maybe] {sure} <ok>
pi=3.14159, e=2.71828; 1,000,000.00 10^6 6.02e23 -273.15 0x1F 50% $9.99 £5 €7 ¥8 #9 @10
https://example.org/path?q=1&r=two#frag user.name+tag@example.co.uk C:\\Temp\\file.txt ~/x_y-z
snake_case camelCase kebab-case SCREAMING_CASE a.b.c a,b,c a/b/c a|b|c a`b'c
hello,world hello , world hello,,world ...!!!??? --- ___ *** ^^^ ~~~ ``` === +++ <<< >>>
It was the best of times, it was the worst of times, it was the age of wisdom
Mr. O'Neill's état-major résumé naïve façade coöperate Ångström Çedilla ñandú žluťoučký kůň
ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖ×ØÙÚÛÜÝÞß àáâãäåæçèéêëìíîïðñòóôõö÷øùúûüýþÿ
İstanbul Iğdır ısı IĞDIR istanbul İİ iİı Diyarbakır'ın ŞÇĞÜÖ
Straße STRASSE straẞe ẞ ß Fußgängerübergänge Großmaß
ΟΔΥΣΣΕΥΣ Ὀδυσσεύς σίσυφος ΣΊΣΥΦΟΣ ς Σ σ άέήίόύώ ΐΰ ᾳῃῳ ἄνθρωπος Ἀχιλλεύς
Привет, мир! ПРИВЕТ ёлка ЁЛКА й Й щука Съешь ещё этих мягких французских булок
Tiếng Việt có dấu: Nguyễn Thị Ngọc Hằng, đường phố Hà Nội, ưu đãi ƯU ĐÃI ệ Ệ
Zażółć gęślą jaźń ZAŻÓŁĆ GĘŚLĄ JAŹŃ łŁ đĐ øØ æÆ œŒ ħĦ ŧŦ ŋŊ ðÐ þÞ ĸ ŀ ŉ ſ
中文字符测试 汉字漢字 我喜欢读书。你呢？「引号」『書名』、，！：；（）【】《》
mixed中文and英文words 12中34 a中b中c 中 中中 々 〇 〆 〻
日本語のテキスト ひらがなカタカナ ｶﾀｶﾅ ﾊﾞﾊﾟ がぎぐげご ガギグゲゴ パピプペポ ヴ ヷ ー・〜
한국어 텍스트 안녕하세요 세계 가각간갇 힣 뷁 ㄱㄴㄷ ㅏㅑ 각 ᄀ가
नमस्ते दुनिया हिन्दी में पाठ क़ ख़ ग़ क्षेत्र श्री ॐ । ॥ १२३
বাংলা ভাষা কো কৌ தமிழ் மொழி తెలుగు ಕನ್ನಡ മലയാളം ગુજરાતી ਪੰਜਾਬੀ ଓଡ଼ିଆ සිංහල
ภาษาไทย สวัสดีชาวโลก น้ำ ลาว ພາສາລາວ မြန်မာ ភាសាខ្មែរ བོད་ཡིག ཀྵ
العربية مرحبا بالعالم مُحَمَّد لا إله ﷺ ﻻ ﷲ ـــ ۱۲۳ ٤٥٦ ، ؛ ؟ آأإؤئ
עברית שלום עולם שָׁלוֹם בְּרֵאשִׁית ״׳ ־ יִ שׁ ﬡ ﭏ
فارسی گچپژ اردو ٹڈڑ ئۇيغۇر پښتو کوردی ۀ ۂ ے
ქართული ᲥᲐᲠᲗᲣᲚᲘ Ⴀⴀ Հայերեն ՀԱՅԵՐԵՆ և አማርኛ ፡ ። ᏣᎳᎩ ꮳꮃꭹ ᐃᓄᒃᑎᑐᑦ ᚠᚢᚦ
Ǆ ǅ ǆ Ǉ ǈ ǉ Ǌ ǋ ǌ Ǳ ǲ ǳ ǰ ȷ ﬀ ﬁ ﬂ ﬃ ﬄ ﬅ ﬆ ŉ ẖẗẘẙẚ
① ② ⑩ Ⓐ ⓐ ⅓ ½ ¼ ² ³ ₂ ⁿ Ⅷ ⅷ ℡ ™ ® © ℃ ℉ Å Ω K ℓ № ª º µ Μ
𝐀𝐁𝐂 𝒜𝒷 𝔄𝔟 𝟎𝟏 𐐀𐐨 𐓀 𞤀𞤢 𖹀 𝕳𝖊𝖑𝖑𝖔 ｆｕｌｌｗｉｄｔｈ ＦＵＬＬ １２３ ！＂＃ ￥ ￦
😀 😃😄 👍🏽 👨‍👩‍👧‍👦 🏳️‍🌈 🇩🇪🇫🇷 ❤️ ☺ ✌🏿 #️⃣ 1️⃣ 🤷🏻‍♀️ text😀text
– — ― ‖ ‗ ‘’ ‚‛ “” „‟ † ‡ • ‣ … ‰ ′ ″ ‹ › ※ ‼ ⁇ ⁈ ⁉ ⁊ ⁋ ⁌ ⁍ ⁎ ⁏
¡Hola! ¿Qué? «guillemets» ·middle· ¶ § ¦ ¬ ¯ ° ± ´ ¸ × ÷ ¤ ¢
∀x∈ℝ: ⌈x⌉ = −⌊−x⌋ ∑∏∫ ≤≥≠≈ ⇒⇔ ∞ √2 α→β a≠b ≢ ∄ ⊄
─│┌┐█▓▒░■□▲△◆◇○●★☆♠♣♥♦♪♫ ☎ ✓ ✗ ➜ ⟨a⟩ ⦅b⦆ ⸘ ⸮ ⹂ ⹃
[CLS] Hello [SEP] World [MASK] [PAD] [UNK]
[cls] [Sep] [ CLS ] [CLS [SEP]] [[SEP]] a[SEP]b [MASK][MASK] [UNK]ing [PAD]. ##[SEP]## [SEP
word[MASK]word [MASK]able un[MASK] ñ[SEP]ñ 中[CLS]文 [unused1] [unused99]
##ing ##s # ## ### a##b ##
""".strip("\n").split("\n")


def awkward_strings():
    strings = ["", " ", "\t", "\n", "\r\n", " \t\n\r ", "\u00a0", "\u3000", "a", ".", "..", "-"]
    strings += PLAIN
    for line in PLAIN[8:34]:
        strings += [" ".join(line.split()[:4]).upper(), " ".join(line.split()[-4:]).lower()]
    import unicodedata

    for line in PLAIN[8:31]:
        strings += [unicodedata.normalize("NFD", line), unicodedata.normalize("NFKC", line)]
    # Words around the limit of 100 characters, of one and of more bytes a character.
    for count in (98, 99, 100, 101, 102, 199, 200, 201, 1000):
        strings += ["a" * count, f"x {'ab' * (count // 2)}{'c' * (count % 2)} y"]
    for count in (33, 99, 100, 101):
        strings += ["é" * count, "e\u0301" * count, "中" * count, "가" * count, "😀" * count]
    strings += ["ﬀ" * 101, "İ" * 100, "İ" * 101, "\u0301" * 150, "a" + "\u0301" * 150, "." * 250]
    strings += [("a" * 100) + "." + ("b" * 101), ("a" * 100) + "\u200b" + "b", "a" * 99 + "\u0000b"]
    # Single characters between letters: every kind of control, format, space, mark and border.
    singles = (
        list(range(0x00, 0x21)) + [0x7E, 0x7F, 0x80, 0x85, 0x9F, 0xA0, 0xAD, 0x034F, 0x0378, 0x061C]
        + [0x0600, 0x06DD, 0x070F, 0x0890, 0x08E2, 0x0898, 0x115F, 0x1160, 0x1680, 0x17B4, 0x180B]
        + [0x180E, 0x2000, 0x2007, 0x200A, 0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x2028, 0x2029]
        + [0x202A, 0x202E, 0x202F, 0x205F, 0x2060, 0x2064, 0x2065, 0x2066, 0x206F, 0x20DD, 0x20E3]
        + [0x2E2F, 0x2E43, 0x2E52, 0x3000, 0x3099, 0x309A, 0x3164, 0x33FF, 0x3400, 0x4DBF, 0x4DC0]
        + [0x4DFF, 0x4E00, 0x9FFF, 0xA000, 0xA9B3, 0xAC00, 0xD7A3, 0xD7A4, 0xD7FF, 0xE000, 0xF8FF]
        + [0xF900, 0xFA0E, 0xFAD9, 0xFAFF, 0xFB00, 0xFB1D, 0xFDD0, 0xFE00, 0xFE0F, 0xFE10, 0xFE20]
        + [0xFEFF, 0xFFA0, 0xFFF9, 0xFFFB, 0xFFFC, 0xFFFD, 0xFFFE, 0xFFFF, 0x10000, 0x10100]
        + [0x101FD, 0x110BD, 0x110CD, 0x1107F, 0x11938, 0x13430, 0x1BCA0, 0x1D15E, 0x1D165, 0x1D167]
        + [0x1D173, 0x1E000, 0x1F1E6, 0x1F3FB, 0x1F600, 0x1FFFE, 0x20000, 0x2A6DF, 0x2A6E0, 0x2A700]
        + [0x2B820, 0x2B920, 0x2CEAF, 0x2CEB0, 0x2F800, 0x2FA1F, 0x2FA20, 0x30000, 0xE0001, 0xE0020]
        + [0xE007F, 0xE0100, 0xE01EF, 0xF0000, 0xFFFFD, 0xFFFFE, 0x100000, 0x10FFFD, 0x10FFFF]
    )
    for start in range(0, len(singles), 2):
        strings.append(" ".join(f"a{chr(c)}b {chr(c)}" for c in singles[start : start + 2]))
    # Marks in and out of canonical order, alone, doubled, on spaces and on punctuation.
    strings += ["a\u0301\u0323", "a\u0323\u0301", "ệ e\u0323\u0302 e\u0302\u0323", "\u0301", " \u0301 ", ".\u0301."]
    strings += ["\u0301abc", "A\u030A \u212B \u00C5", "q\u0307\u0323", "i\u0307", "I\u0307", "\u0130", "\u0345", "α\u0345"]
    # Mixtures of everything.
    generator = random.Random(2)
    words = [word for line in PLAIN for word in line.split()]
    joints = [" ", " ", " ", "", ",", "\u00a0", "\u200d", "\t", "\u00ad", "\u2009", "[SEP]", "中", "\u0301", "\ufffd", "\u0000"]
    for _ in range(60):
        text = ""
        for _ in range(generator.randint(2, 14)):
            text += generator.choice(words) + generator.choice(joints)
        strings.append(text)
    assert len(strings) >= 300
    return strings


def vocabulary(strings, lowercase, seed):
    """At most 2,000 pieces: most single characters, some words, some beginnings and continuations."""
    generator = random.Random(seed)
    normalize = normalizers.BertNormalizer(lowercase=lowercase).normalize_str
    split = pre_tokenizers.BertPreTokenizer().pre_tokenize_str
    words = sorted({word for s in strings for word, _ in split(normalize(s)) if len(word) <= 40})
    characters = sorted({c for word in words for c in word})
    pieces = set()
    for c in characters:
        chance = 0.95 if ord(c) < 0x250 else 0.5
        if generator.random() < chance:
            pieces.add(c)
        if generator.random() < chance - 0.15:
            pieces.add("##" + c)
    for word in words:
        draw = generator.random()
        if draw < 0.25:
            pieces.add(word)
        elif draw < 0.8 and len(word) > 2:
            cut = generator.randint(1, len(word) - 1)
            pieces.add(word[:cut])
            pieces.add("##" + word[cut:])
            pieces.add("##" + word[cut : generator.randint(cut + 1, len(word))])
    pieces |= {"a" * 30, "##" + "a" * 30, "##" + "a" * 7, "aa", "##ab", "##abab", "[unused1]"}
    pieces = sorted(pieces)
    generator.shuffle(pieces)
    pieces = pieces[: 2000 - len(SPECIAL)]
    at = 7 if lowercase else 0
    return pieces[:at] + SPECIAL + pieces[at:]


def write_folder(name, tokens, form, config):
    folder = f"{FOLDER}/{name}"
    os.makedirs(folder)
    with open(f"{folder}/vocab.txt", "w", encoding="utf-8", newline="\n") as file:
        file.writelines(token + "\n" for token in tokens)
    config = {"tokenizer_class": "BertTokenizer", **config}
    with open(f"{folder}/tokenizer_config.json", "w") as file:
        json.dump(config, file, indent=2, sort_keys=True)
        file.write("\n")
    tokenizer = AutoTokenizer.from_pretrained(folder)
    if form == "tokenizer.json":
        tokenizer.save_pretrained(folder)
        os.remove(f"{folder}/vocab.txt")
        tokenizer = AutoTokenizer.from_pretrained(folder)
    return tokenizer


def main():
    shutil.rmtree(FOLDER, ignore_errors=True)
    strings = awkward_strings()
    goldens = {"strings": strings}
    cased = vocabulary(strings, lowercase=False, seed=3)
    uncased = vocabulary(strings, lowercase=True, seed=4)
    variants = {
        "cased": (cased, "vocab.txt", {"do_lower_case": False}),
        "uncased": (uncased, "tokenizer.json", {"do_lower_case": True}),
    }
    # Settings away from BERT's own; the tests take the vocabularies of the folders above.
    scratch = {
        "cased, accents stripped": (cased, {"do_lower_case": False, "strip_accents": True}),
        "uncased, accents kept": (uncased, {"do_lower_case": True, "strip_accents": False}),
        "uncased, ideographs joined": (uncased, {"do_lower_case": True, "tokenize_chinese_chars": False}),
    }
    ids = {}
    for name, (tokens, form, config) in variants.items():
        tokenizer = write_folder(name, tokens, form, config)
        ids[name] = [tokenizer(s, add_special_tokens=False)["input_ids"] for s in strings]
        found = {i for row in ids[name] for i in row}
        unknown = sum(row.count(tokenizer.unk_token_id) for row in ids[name])
        total = sum(map(len, ids[name]))
        print(f"{name}: {len(tokens)} pieces, {len(found)} of them occur, {unknown} of {total} ids unknown")
        normalizer = tokenizer.backend_tokenizer.normalizer
        goldens[f"{name}, normalized"] = [normalizer.normalize_str(s) for s in strings]
    for name, (tokens, config) in scratch.items():
        tokenizer = write_folder("scratch", tokens, "vocab.txt", config)
        ids[name] = [tokenizer(s, add_special_tokens=False)["input_ids"] for s in strings]
        shutil.rmtree(f"{FOLDER}/scratch")
    # Added tokens: one normalised, one not, one that the vocabulary holds already.
    tokenizer = AutoTokenizer.from_pretrained(f"{FOLDER}/uncased")
    tokenizer.add_tokens([tokenizers.AddedToken("Émile", normalized=True)])
    tokenizer.add_tokens([tokenizers.AddedToken("<E>", normalized=False, special=True)])
    tokenizer.save_pretrained(f"{FOLDER}/added")
    tokenizer = AutoTokenizer.from_pretrained(f"{FOLDER}/added")
    goldens["added strings"] = [
        "Émile emile EMILE e\u0301mile", "<E> <e> a<E>b", "émiles xémile", "E\u0301mile<E>[SEP]", "<E", "<E><E>Émile",
    ]
    ids["added"] = [tokenizer(s, add_special_tokens=False)["input_ids"] for s in goldens["added strings"]]
    goldens["ids"] = ids
    with open(f"{FOLDER}/goldens.json", "w") as file:
        file.write("{\n")
        rows = []
        for name, value in goldens.items():
            if name == "ids":
                inner = ",\n".join(
                    f" {json.dumps(k)}: [\n" + ",\n".join(json.dumps(r, separators=(",", ":")) for r in v) + "\n ]"
                    for k, v in value.items()
                )
                rows.append(f'"ids": {{\n{inner}\n}}')
            else:
                rows.append(f"{json.dumps(name)}: [\n" + ",\n".join(map(json.dumps, value)) + "\n]")
        file.write(",\n".join(rows) + "\n}\n")
    print(f"{len(strings)} strings")


main()
