"""Writes Sources/Tokenizers/CharacterTables.swift.

BERT's tokenizer treats each character by tables of Unicode. Those of the reference (the Rust crate
`tokenizers`) come from several versions of Unicode at once: categories from version 8, lower case
from version 17. To give the same token ids on every character this script asks the reference what it
does with each of the 1,112,064 scalars and writes the answers down.

Pins: tokenizers==0.23.3. Run from the root of the repository; the build does not run it:

    python Tests/Fixtures/generate_character_tables.py
"""

import tokenizers
from tokenizers import normalizers, pre_tokenizers

assert tokenizers.__version__ == "0.23.3"
SCALARS = [c for c in range(0x110000) if not 0xD800 <= c <= 0xDFFF]
HANGUL = range(0xAC00, 0xD7A4)


def normalizer(clean=False, chinese=False, strip=False, lower=False):
    return normalizers.BertNormalizer(
        clean_text=clean, handle_chinese_chars=chinese, strip_accents=strip, lowercase=lower
    ).normalize_str


def ranges(scalars):
    """`41-5A 61` for a sorted list of scalars."""
    runs = []
    for c in scalars:
        if runs and runs[-1][1] == c - 1:
            runs[-1][1] = c
        else:
            runs.append([c, c])
    return [f"{a:X}" if a == b else f"{a:X}-{b:X}" for a, b in runs]


def mappings(table):
    """`C0-C5=41` where all map to one, `41-5A+20` or `100-12E/2+1` where all move by one distance."""
    items, entries = [], sorted(table.items())
    i = 0
    while i < len(entries):
        first, target = entries[i]
        candidates = []
        for step in (1, 2):
            for constant in (True, False):
                j = i
                while j + 1 < len(entries) and len(target) == 1:
                    c, other = entries[j + 1]
                    moved = target[0] if constant else target[0] - first + c
                    if c != entries[j][0] + step or other != [moved]:
                        break
                    j += 1
                candidates.append((j - i + 1, -step, constant))
        count, step, constant = max(candidates)
        item = f"{first:X}"
        if count > 1:
            item += f"-{entries[i + count - 1][0]:X}" + ("/2" if step == -2 else "")
        delta = target[0] - first
        if constant or len(target) > 1:
            item += "=" + ".".join(f"{c:X}" for c in target)
        else:
            item += f"{'-' if delta < 0 else '+'}{abs(delta):X}"
        items.append(item)
        i += count
    return items


def literal(name, summary, items):
    lines, line = [], "   "
    for item in items:
        if len(line) + 1 + len(item) > 99:
            lines.append(line)
            line = "   "
        line += " " + item
    lines.append(line)
    body = "\n".join(lines)
    return f'  /// {summary}\n  static let {name} = """\n{body}\n    """\n'


def main():
    clean, strip = normalizer(clean=True), normalizer(strip=True)
    chinese, lower = normalizer(chinese=True), normalizer(lower=True)
    split = pre_tokenizers.BertPreTokenizer().pre_tokenize_str
    removed, spaced, marks, whitespace, punctuation = [], [], [], [], []
    decomposed, lowered = {}, {}
    for c in SCALARS:
        s = chr(c)
        pieces = len(split(f"a{s}b"))
        if pieces == 2:
            whitespace.append(c)
        elif pieces == 3:
            punctuation.append(c)
        cleaned = clean(s)
        if cleaned == "":
            removed.append(c)
        elif cleaned != s:
            assert cleaned == " " and pieces == 2
        if chinese(s) != s:
            assert chinese(s) == f" {s} "
            spaced.append(c)
        stripped = strip(s)
        if stripped == "":
            marks.append(c)
        elif stripped != s and c not in HANGUL:
            decomposed[c] = [ord(x) for x in stripped]
        if lower(s) != s:
            lowered[c] = [ord(x) for x in lower(s)]
    text = (
        "// Written by Tests/Fixtures/generate_character_tables.py, which says why; not by hand.\n\n"
        "/// What BERT's tokenizer does with each character, in hexadecimal: `A-B` a range, `A-B/2`\n"
        "/// every second, `=X.Y` becomes X Y, `+N` or `-N` moves by N.\n"
        "enum CharacterTables {\n"
        + "\n".join(
            [
                literal("removed", "Control, format and private-use characters.", ranges(removed)),
                literal("whitespace", "What separates words.", ranges(whitespace)),
                literal("chinese", "Ideographs that are words of their own.", ranges(spaced)),
                literal("punctuation", "What is a word of its own.", ranges(punctuation)),
                literal("marks", "Nonspacing marks, which accent stripping removes.", ranges(marks)),
                literal(
                    "decompositions",
                    "Canonical decompositions without their nonspacing marks; Hangul apart.",
                    mappings(decomposed),
                ),
                literal("lowercase", "Lower case.", mappings(lowered)),
            ]
        )
        + "}\n"
    )
    with open("Sources/Tokenizers/CharacterTables.swift", "w", encoding="utf-8") as file:
        file.write(text)


main()
