"""Writes Sources/Tokenizers/Pipeline/PipelineTables.swift.

Byte-level tokenizers cut text by the classes of a regular expression, SentencePiece's normalisation
looks at grapheme clusters, accents are stripped by Unicode's categories: each by the tables of another
library and another version of Unicode. To give the same token ids on every character this script asks
the reference what it does with each of the 1,112,064 scalars and writes the answers down.

Pins: tokenizers==0.23.3. Run from the root of the repository; the build does not run it:

    python Tests/Fixtures/generate_pipeline_tables.py
"""

import struct

import tokenizers
from tokenizers import normalizers, pre_tokenizers

assert tokenizers.__version__ == "0.23.3"
SCALARS = [c for c in range(0x110000) if not 0xD800 <= c <= 0xDFFF]


def ranges(scalars):
    """`41-5A 61` for a sorted list of scalars."""
    runs = []
    for c in scalars:
        if runs and runs[-1][1] == c - 1:
            runs[-1][1] = c
        else:
            runs.append([c, c])
    return [f"{a:X}" if a == b else f"{a:X}-{b:X}" for a, b in runs]


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


def lead_byte_map():
    """A character map whose keys are the single bytes 1 to 255, each of which becomes X.

    It shows which characters are one grapheme cluster: the reference replaces a cluster of fewer than
    six bytes as a whole by what its shortest prefix becomes.
    """
    units = [0] * 1024
    units[0] = 256 << 10  # the root's children lie at 256 ^ byte
    for byte in range(1, 256):
        child, leaf = 256 ^ byte, 512 + byte
        units[child] = byte | 1 << 8 | (child ^ leaf) << 10
        units[leaf] = 1 << 31
    return struct.pack("<I", 4 * len(units)) + struct.pack(f"<{len(units)}I", *units) + b"X\0"


def main():
    split = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True).pre_tokenize_str
    letters = [c for c in SCALARS if len(split("a" + chr(c))) == 1]
    numbers = [c for c in SCALARS if len(split("1" + chr(c))) == 1]
    others = {c for c in SCALARS if len(split("!" + chr(c))) == 1}
    spaces = [c for c in SCALARS if c not in others and c not in set(letters) and c not in set(numbers)]
    assert spaces == [c for c in SCALARS if len(pre_tokenizers.WhitespaceSplit().pre_tokenize_str(chr(c))) == 0]
    clusters = normalizers.Precompiled(lead_byte_map()).normalize_str
    joining = [c for c in SCALARS if c and clusters("a" + chr(c)) == "X" and chr(c) != "a"]
    leading = [c for c in SCALARS if c > 0x7F and clusters(chr(c) + "a") == "X"]
    # A cluster that begins with four bytes has six with its first mark; of those scalars the standard
    # (UAX 29, Grapheme_Cluster_Break=Control) says which stand alone.
    alone = [c for c in SCALARS if c < 0x10000 and clusters(chr(c) + "\u0301") != "X"]
    for first, last in [
        (0x13430, 0x1343F), (0x1BCA0, 0x1BCA3), (0x1D173, 0x1D17A), (0xE0000, 0xE001F),
        (0xE0080, 0xE00FF), (0xE01F0, 0xE0FFF),
    ]:
        alone += range(first, last + 1)
    marks = [c for c in SCALARS if normalizers.StripAccents().normalize_str(chr(c)) == ""]
    with open("Sources/Tokenizers/Pipeline/PipelineTables.swift", "w") as file:
        file.write("// Written by Tests/Fixtures/generate_pipeline_tables.py, which says why; not by hand.\n\n")
        file.write("/// What tokenizers other than BERT's do with each character, in hexadecimal: `A-B` a range.\n")
        file.write("enum PipelineTables {\n")
        tables = [
            ("letters", "What `\\\\p{L}` matches in the splitting pattern of GPT-2.", letters),
            ("numbers", "What `\\\\p{N}` matches there.", numbers),
            ("marks", "What StripAccents removes.", marks),
            ("joining", "What belongs to the grapheme cluster of the character in front.", joining),
            ("leading", "What takes the next character into its grapheme cluster.", leading),
            ("alone", "What is a grapheme cluster of its own, whatever follows.", alone),
        ]
        file.write("\n".join(literal(n, s.replace("\\\\", "\\"), ranges(t)) for n, s, t in tables))
        file.write("}\n")
    for name, _, table in tables:
        print(f"{name}: {len(table)} scalars, {len(ranges(table))} ranges")


main()
