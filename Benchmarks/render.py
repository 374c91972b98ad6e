"""Results of compare.py as a table in Markdown and a chart in SVG."""

import math
import re
from xml.sax.saxutils import escape

MARKS = "<!-- {name}:begin -->", "<!-- {name}:end -->"


def median(values):
    ordered = sorted(values)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


def shape_name(shape):
    layers, width, heads, inner = shape
    return f"L{layers}-H{width}-A{heads}-I{inner}"


def number(value):
    """Three digits that count: 0.123, 1.23, 12.3, 123."""
    if value == 0:
        return "0"
    return f"{value:.{max(0, 2 - math.floor(math.log10(abs(value))))}f}"


def capital(text):
    return text[0].upper() + text[1:]


# The table.

def table(results, whole=True):
    """What was measured, a line a peer, and what the numbers mean; the whole has each product too."""
    lines = [
        f"{results['date']}, {results['cpu']}, {results['cores']} cores, "
        f"{results['rmt']} at {results['revision']}; {results['pairs']} pairs, medians. "
        "The ratio is the median of the paired ratios: how many times as long the peer takes.",
        "",
        "| | threads | peer | rmt | peer | ratio | goal | memory: rmt | peer |",
        "| --- | --: | --- | --: | --: | --: | --: | --: | --: |",
    ]
    for comparison in results["comparisons"]:
        title = capital(comparison["title"])
        for peer in comparison["peers"]:
            lines.append("| " + " | ".join(row(title, comparison, peer)) + " |")
            title = ""
    notes = [note for c in results["comparisons"] for note in notes_on(c)]
    lines += [""] + [f"- {note}" for note in notes + [versions(results)]]
    return "\n".join(lines + flatness(results) + (parts(results) if whole else []))


def flatness(results):
    """Resident memory by the length of the document, where it was measured."""
    memory = results.get("memory")
    if not memory:
        return []
    lines = ["", "| the most resident memory | segments | rmt | to the shortest |",
             "| --- | --: | --: | --: |"]
    for key, title in [("reading", "Reading with BERT-base"),
                       ("replay", "Training L6-H384 with replay, batch 1")]:
        first = memory[key][0]["peakResidentBytes"]
        for answer in memory[key]:
            lines.append(
                f"| {title}, {answer['positions']} positions | {answer['segments']} | "
                f"{answer['peakResidentBytes'] / 1e6:.1f} MB | "
                f"{100 * (answer['peakResidentBytes'] / first - 1):+.2f} % |")
    return lines


def row(title, comparison, peer):
    start = [title, str(comparison["threads"]), peer["peer"]]
    if peer["status"] != "measured":
        return start + [f"missing: {peer['reason'].replace('|', '/')}", "", "", "", "", ""]
    unit = comparison["unit"].split()[0]
    times = ["", ""] if "parts" in peer else [
        f"{number(peer[side])} {unit}" for side in ("ours", "theirs")]
    memory = [megabytes(peer[side + "Kept"]) for side in ("ours", "theirs")]
    return start + times + [
        f"**{number(peer['ratio'])}**", number(comparison["goal"]), *memory]


def megabytes(kept):
    return f"{kept['peakResidentBytes'] / 1e6:.0f} MB" if "peakResidentBytes" in kept else ""


def notes_on(comparison):
    """What an answer says beside its time."""
    for peer in comparison["peers"]:
        if peer["status"] != "measured":
            continue
        ours, theirs = peer["oursKept"], peer["theirsKept"]
        if "idsChecksum" in theirs:
            same = ours["idsChecksum"] == theirs["idsChecksum"]
            yield (
                f"{ours['tokenCount']:,} tokens, "
                + ("the same ids from both." if same else "and the ids DIFFER.")
                + f" {ours['tokenCount'] / peer['ours'] * 1e-3:.1f} against "
                + f"{theirs['tokenCount'] / peer['theirs'] * 1e-3:.2f} million tokens a second.")
        if "ratioToCopy" in ours and "openMilliseconds" in theirs:
            yield (
                "In one process, with read() and write() of 1 MiB, conversion takes "
                f"{number(ours['ratioToCopy'])} times as long as a copy and "
                f"{number(ours['ratioToSynchronizedCopy'])} times as long as a copy that waits "
                "for the disk, as conversion does.")
            small, large = ours["openings"]
            yield (
                f"Opening {large['byteCount'] / 1e6:.0f} MB takes rmt "
                f"{number(large['milliseconds'])} ms, {small['byteCount'] / 1e6:.1f} MB in as many "
                f"tensors {number(small['milliseconds'])} ms; safetensors' `safe_open` opens the "
                f"large one in {number(theirs['openMilliseconds'])} ms.")


def versions(results):
    found = {}
    for comparison in results["comparisons"]:
        for peer in comparison["peers"]:
            found.update(peer.get("versions", {}))
    found["Python"] = results["python"]
    return ", ".join(f"{name} {version}" for name, version in sorted(found.items())) + "."


def parts(results):
    """The matrix products one by one."""
    lines = []
    for comparison in results["comparisons"]:
        products = comparison["last"].get("products")
        measured = [p for p in comparison["peers"] if "parts" in p]
        if not products or not measured:
            continue
        peak = comparison["last"]["peakGigaflopsPerSecond"]
        lines += [
            "", f"Matrix products on one core, GFLOP/s; its peak is {peak:.0f}:", "",
            "| M×N×K | layout | rmt | of the peak | "
            + " | ".join(f"{p['peer']} | ratio" for p in measured) + " |",
            "| --- | --- | --: | --: |" + " --: | --: |" * len(measured)]
        for place, product in enumerate(products):
            m, n, k = (product[key] for key in ("rows", "columns", "depth"))
            found = [
                next((q for q in p["parts"] if q["part"] == place), None) for p in measured]
            ours = next(q["ours"] for q in found if q)
            rate = 2e-6 * m * n * k
            cells = [f"{m}×{n}×{k}", product["layout"], f"{rate / ours:.0f}",
                     f"{rate / ours / peak:.0%}"]
            for q in found:
                cells += [f"{rate / q['theirs']:.0f}", number(q["ratio"])] if q else ["", ""]
            lines.append("| " + " | ".join(cells) + " |")
    return lines


# The chart.

STYLE = """
    text { font: 13px system-ui, -apple-system, "Segoe UI", Helvetica, Arial, sans-serif;
           fill: #1f2328 }
    .title { font-weight: 600 } .quiet { fill: #59636e; font-size: 11px }
    .bar { fill: #1a7f64 } .slow { fill: #b35900 } .grid { stroke: #d1d9e0 }
    .one { stroke: #59636e; stroke-width: 1.5 } .goal { stroke: #1f2328; stroke-width: 2 }
    @media (prefers-color-scheme: dark) {
      text { fill: #e6edf3 } .quiet { fill: #9198a1 } .bar { fill: #3fb68b }
      .slow { fill: #e08a3c } .grid { stroke: #30363d } .one { stroke: #9198a1 }
      .goal { stroke: #e6edf3 }
    }"""
WIDTH, LEFT, RIGHT, ROW, HEAD = 860, 290, 70, 20, 26


def chart(results):
    """Bars of ratios on a logarithmic axis: to the right of 1 rmt is the faster one."""
    groups = [
        (c, [p for p in c["peers"] if p["status"] == "measured"]) for c in results["comparisons"]]
    groups = [(c, peers) for c, peers in groups if peers]
    shown = [p["ratio"] for _, peers in groups for p in peers] + [c["goal"] for c, _ in groups]
    low, high = min(0.7, min(shown) * 0.8), max(2.5, max(shown) * 1.15)

    def x(ratio):
        share = math.log(ratio / low) / math.log(high / low)
        return round(LEFT + share * (WIDTH - LEFT - RIGHT), 1)

    ticks = [t for t in (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200) if low <= t <= high]
    body, y = [], 52
    for tick in ticks:
        body.append(
            f'<text class="quiet" x="{x(tick)}" y="44" text-anchor="middle">{tick}×</text>')
    for comparison, peers in groups:
        body.append(
            f'<text class="title" x="12" y="{y + 17}">{escape(capital(comparison["title"]))}</text>')
        y += HEAD
        for tick in ticks:
            kind = "one" if tick == 1 else "grid"
            body.append(
                f'<line class="{kind}" x1="{x(tick)}" x2="{x(tick)}" y1="{y - 2}" '
                f'y2="{y + ROW * len(peers)}"/>')
        for peer in peers:
            body += bar(x, y, peer, comparison["goal"])
            y += ROW
        y += 6
    height = y + 28
    foot = (f"{results['cpu']}, {results['threads']} threads (products and tokenizing: one); "
            f"{results['date']}, medians of {results['pairs']} paired ratios; | is the goal")
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" '
        f'viewBox="0 0 {WIDTH} {height}" role="img" '
        'aria-label="How many times as fast as its peers rmt is">',
        f"<style>{STYLE}\n</style>",
        '<text class="title" x="12" y="22">How many times as long the peer takes</text>',
        *body,
        f'<text class="quiet" x="12" y="{height - 10}">{escape(foot)}</text>', "</svg>"]) + "\n"


def bar(x, y, peer, goal):
    ratio = peer["ratio"]
    start, end = sorted((x(1), x(ratio)))
    kind = "bar" if ratio >= 1 else "slow"
    # The number stands behind the bar, and behind a goal's mark that it would run into.
    mark = x(goal)
    place = (mark if 0 <= mark - end < 44 else end) + 6
    return [
        f'<text x="{LEFT - 10}" y="{y + 14}" text-anchor="end">{escape(peer["peer"])}</text>',
        f'<rect class="{kind}" x="{start}" y="{y + 3}" width="{max(1, round(end - start, 1))}" '
        f'height="{ROW - 6}" rx="2"/>',
        f'<line class="goal" x1="{mark}" x2="{mark}" y1="{y + 1}" y2="{y + ROW - 1}"/>',
        f'<text x="{round(place, 1)}" y="{y + 14}">{number(ratio)}×</text>']


# The roofline: what the arithmetic alone would take.

def roofline(results):
    """The floor of each kind of segment, who comes how near it, and by how much."""
    lines = [
        "| | GFLOP a segment | peak, GFLOP/s | floor | rmt | of the peak | best peer | of the peak |",
        "| --- | --: | --: | --: | --: | --: | --: | --: |"]
    for comparison in results["comparisons"]:
        last, measured = comparison["last"], [p for p in comparison["peers"] if "pairs" in p]
        if "millisecondsPerSegment" not in last or not measured:
            continue
        operations = last["gigaflopsPerSecond"] * last["millisecondsPerSegment"] / 1000
        floor = operations / last["peakGigaflopsPerSecond"] * 1000
        ours = median([a for p in measured for a, _ in p["pairs"]])
        best = min(measured, key=lambda p: p["ratio"])
        lines.append(
            f"| {capital(comparison['title'])} | {operations:.1f} | "
            f"{last['peakGigaflopsPerSecond']:.0f} | {number(floor)} ms | {number(ours)} ms | "
            f"{floor / ours:.0%} | {best['peer']}, {number(best['theirs'])} ms | "
            f"{floor / best['theirs']:.0%} |")
    return "\n".join(lines)


# All of it into its places.

def between_marks(name, text, middle):
    """The text with what stands between the marks of that name replaced, if it has them."""
    begin, end = (mark.format(name=name) for mark in MARKS)
    pattern = re.compile(re.escape(begin) + ".*?" + re.escape(end), re.DOTALL)
    return pattern.sub(lambda _: f"{begin}\n{middle}\n{end}", text)


def render(results, folder, writes=True):
    """Prints the table; puts it between the marks of the READMEs, and the chart beside them."""
    text = table(results)
    print(text)
    if not writes:
        return
    picture = folder / "compare.svg"
    picture.write_text(chart(results), encoding="utf-8")
    for readme in (folder / "README.md", folder.parent / "README.md"):
        if not readme.exists():
            continue
        old = readme.read_text(encoding="utf-8")
        image = f"![How many times as fast as its peers]({picture.relative_to(readme.parent)})"
        shown = text if readme.parent == folder else table(results, whole=False)
        new = between_marks("compare", old, f"{image}\n\n{shown}")
        new = between_marks("roofline", new, roofline(results))
        if new != old:
            readme.write_text(new, encoding="utf-8")
