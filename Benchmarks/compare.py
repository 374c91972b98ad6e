#!/usr/bin/env python3
"""Compares `rmt` with its peers, side by side on one machine.

    make build && Benchmarks/compare.py                   all peers; about a quarter of an hour
    Benchmarks/compare.py --only segment-mini,tokenize    some of it
    Benchmarks/compare.py --add-memory Benchmarks/results/2026-01-31-some-cpu.json
    Benchmarks/compare.py --render Benchmarks/results/2026-01-31-some-cpu.json

`rmt` and a peer take turns, A B A B …, each in a process that stays alive, so that set-up is not
measured and what slows the machine down slows both down. The number that counts is the median of
the ratios of neighbours. A peer that cannot run is reported as missing, with the reason.
"""

import argparse
import datetime
import json
import os
import pathlib
import platform
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import render

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent
SHAPES = {"base": (12, 768, 12, 3072), "mini": (6, 384, 12, 1536)}
POSITIONS = 512
# Thread pools of peers go on spinning for a while after their work; nobody begins before that.
PAUSE_SECONDS = 0.3
# A result has at least so many pairs.
LEAST_PAIRS = 7
# How memory stays flat: documents of so many segments are read, and replayed to train.
READ_SEGMENTS = [16, 256, 4096]
REPLAYED_SEGMENTS = [8, 256]


class Missing(Exception):
    """A contestant that cannot run, with the reason."""


class OursEnded(Exception):
    """`rmt` itself cannot run, with the reason."""


class Contestant:
    """A process that measures once for each line that it is sent."""

    def __init__(self, command, environment):
        self.errors = tempfile.TemporaryFile()
        self.process = subprocess.Popen(
            [str(part) for part in command], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=self.errors, env=environment, text=True)
        try:
            self.versions = self.answer().get("versions", {})
        except BaseException:
            self.close()
            raise

    def answer(self):
        line = self.process.stdout.readline()
        if line:
            return json.loads(line)
        self.process.wait()
        self.errors.seek(0)
        said = self.errors.read().decode(errors="replace").strip().split("\n")
        raise Missing(said[-1][:300] or f"ended with {self.process.returncode}")

    def measure(self):
        time.sleep(PAUSE_SECONDS)
        try:
            self.process.stdin.write("measure\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            pass  # it has ended, and what it said last tells why
        return self.answer()

    def close(self):
        self.process.stdin.close()
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()
        self.errors.close()


class Comparison:
    """One thing that `rmt` does, and the peers that do it too.

    `value` takes the measured number out of an answer, smaller is better; `keep` names what else
    of the answers goes into the results.
    """

    def __init__(self, name, title, unit, goal, ours, peers, value, keep=(), threads=None,
                 writes=False):
        self.name, self.title, self.unit, self.goal = name, title, unit, goal
        self.ours, self.peers, self.value, self.keep = ours, peers, value, keep
        self.threads, self.writes = threads, writes


def geometric_mean(values):
    product = 1.0
    for value in values:
        product *= value
    return product ** (1 / len(values))


def environment(threads):
    """The environment of every contestant: so many threads, whatever the library asks."""
    names = ["OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "RAYON_NUM_THREADS"]
    return {
        **os.environ, **{name: str(threads) for name in names},
        "TOKENIZERS_PARALLELISM": "false", "HF_HUB_OFFLINE": "1"}


def take_turns(ours, peer, comparison, pair_count):
    """Measures A B A B … after one turn of each that does not count."""
    def turn(contestant):
        if comparison.writes:
            os.sync()  # or the disk would still be busy with what the other one wrote
        try:
            return contestant.measure()
        except Missing as reason:
            if contestant is ours:
                raise OursEnded(str(reason)) from None
            raise

    turn(ours), turn(peer)
    pairs = [(turn(ours), turn(peer)) for _ in range(pair_count)]
    mine = [comparison.value(a) for a, _ in pairs]
    theirs = [comparison.value(b) for _, b in pairs]
    result = {"status": "measured", "versions": peer.versions}
    if isinstance(mine[0], list):
        # Several numbers a turn: each is compared alone, and their mean ratio stands for them.
        places = [i for i, value in enumerate(theirs[0]) if value is not None]
        result["parts"] = [
            {"part": i, **compare([row[i] for row in mine], [row[i] for row in theirs])}
            for i in places]
        ratios = [
            geometric_mean([b[i] / a[i] for i in places]) for a, b in zip(mine, theirs)]
        result.update(ratio=render.median(ratios), ratios=ratios)
    else:
        result.update(compare(mine, theirs))
    for side, answer in (("ours", pairs[-1][0]), ("theirs", pairs[-1][1])):
        result[side + "Kept"] = {key: answer[key] for key in comparison.keep if key in answer}
    return result


def compare(mine, theirs):
    """Times of both sides, and the median of how many times as long the peer took."""
    ratios = [b / a for a, b in zip(mine, theirs)]
    return {
        "ours": render.median(mine), "theirs": render.median(theirs),
        "ratio": render.median(ratios), "ratios": ratios, "pairs": list(zip(mine, theirs))}


def run_comparison(comparison, options):
    say(f"{comparison.name}: {comparison.title}")
    threads = comparison.threads or options.threads
    result = {
        "name": comparison.name, "title": comparison.title, "unit": comparison.unit,
        "goal": comparison.goal, "threads": threads, "peers": []}
    try:
        ours = Contestant([options.rmt, "bench", *comparison.ours, "--on-request"],
                          environment(threads))
    except Missing as reason:
        raise OursEnded(str(reason)) from None
    try:
        for name, kind, arguments in comparison.peers:
            try:
                command = [sys.executable, HERE / "peers.py", kind, json.dumps(arguments)]
                peer = Contestant(command, environment(threads))
                try:
                    answer = take_turns(ours, peer, comparison, options.pairs)
                finally:
                    peer.close()
                say(f"  {name}: rmt is {answer['ratio']:.2f} times as fast")
            except Missing as reason:
                answer = {"status": "missing", "reason": str(reason)}
                say(f"  {name}: missing: {reason}")
            result["peers"].append({"peer": name, **answer})
        result["last"] = ours.measure()
    finally:
        ours.close()
    return result


def gemm(options):
    # The products that `rmt bench gemm` has by itself, in its order.
    answer = subprocess.run(
        [options.rmt, "bench", "gemm", "--repetitions", "1", "--json"], check=True,
        capture_output=True, text=True)
    keys = ("rows", "columns", "depth", "layout")
    products = [{key: p[key] for key in keys} for p in json.loads(answer.stdout)["products"]]
    arguments = {"threads": 1, "products": products}
    return Comparison(
        "gemm", "matrix products of BERT, one core, geometric mean", "ms", 1.1,
        ["gemm", "--threads", "1"],
        [("torch mm (MKL)", "gemm", {"engine": "mm", **arguments}),
         ("torch linear (oneDNN), packed weights", "gemm", {"engine": "onednn", **arguments})],
        value=lambda a: [p and p["milliseconds"] for p in a["products"]], threads=1)


def segment(size, options):
    shape = SHAPES[size]
    count = 4 if size == "base" else 8
    arguments = {
        "shape": shape, "positions": POSITIONS, "threads": options.threads, "count": count}
    return Comparison(
        f"segment-{size}", f"a segment of {POSITIONS} positions, {render.shape_name(shape)}",
        "ms a segment", 1.25,
        ["segment", "--shape", size, "--positions", POSITIONS, "--segments", count,
         "--threads", options.threads],
        [("PyTorch eager", "segment", {"engine": "eager", **arguments}),
         ("PyTorch compile", "segment", {"engine": "compile", **arguments}),
         ("ONNX Runtime", "exportedSegment", {"engine": "onnxruntime", **arguments}),
         ("OpenVINO", "exportedSegment", {"engine": "openvino", **arguments})],
        value=lambda a: a["millisecondsPerSegment"], keep=("peakResidentBytes",))


def train(size, dropout, options):
    shape = SHAPES[size]
    batch = 4
    arguments = {
        "shape": shape, "positions": POSITIONS, "segments": 2, "batch": batch,
        "dropout": dropout, "threads": options.threads}
    title = (f"training through 2 segments, {render.shape_name(shape)}, batch {batch}, "
             f"dropout {dropout}")
    return Comparison(
        f"train-{size}" + ("" if dropout else "-nodropout"), title, "ms a segment",
        5 if dropout else 2.2,
        ["train", "--shape", size, "--positions", POSITIONS, "--segments", 2, "--batch", batch,
         "--dropout", dropout, "--threads", options.threads],
        [("PyTorch", "train", arguments)],
        value=lambda a: a["millisecondsPerSegment"], keep=("peakResidentBytes",))


def tokenize(options):
    path = options.scratch / "text.txt"
    files = english_text(options.text)
    text = "\n".join(file.read_text(encoding="utf-8", errors="replace") for file in files)
    path.write_text(text * (1 + (4 << 20) // max(1, len(text))), encoding="utf-8")
    size = path.stat().st_size / 1e6
    return Comparison(
        "tokenize", f"tokenizing {size:.1f} MB of English text, one thread", "ms", 8,
        ["tokenize", path, "--vocabulary", options.vocabulary],
        [("Hugging Face tokenizers", "tokenize",
          {"path": str(path), "vocabulary": str(options.vocabulary)})],
        value=lambda a: a["milliseconds"], keep=("tokenCount", "idsChecksum"), threads=1)


def english_text(folder):
    """The text files under a folder; of this package, what it says of itself."""
    if folder.is_file():
        return [folder]
    endings = (".md", ".txt", "") if folder != ROOT else (".md",)
    files = sorted(
        file for file in folder.rglob("*")
        if file.suffix in endings and file.is_file()
        and not any(part.startswith(".") for part in file.relative_to(folder).parts))
    if not files:
        raise SystemExit(f"compare.py: {folder} holds no text: no .txt, no .md")
    return files


def convert(options):
    checkpoint = options.checkpoint or make_checkpoint(options)
    weights = checkpoint / "model.safetensors"
    size = weights.stat().st_size / 1e6
    arguments = {"path": str(weights), "folder": str(options.scratch)}
    return Comparison(
        "convert", f"converting a checkpoint of {size:.0f} MB", "s", round(1 / 1.3, 3),
        ["convert", checkpoint],
        [("cp", "copy", {"synchronizes": False, **arguments}),
         ("cp, then fsync as rmt does", "copy", {"synchronizes": True, **arguments}),
         ("safetensors + torch, load and save", "loadAndSave",
          {"threads": options.threads, **arguments})],
        value=lambda a: a["seconds"],
        keep=("openings", "openMilliseconds", "ratioToCopy", "ratioToSynchronizedCopy"),
        writes=True)


def make_checkpoint(options):
    """A checkpoint of BERT-base's shape with random numbers, by `rmt` itself."""
    folder = options.scratch
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"] + [f"word{i}" for i in range(30517)]
    (folder / "vocab.txt").write_text("\n".join(words) + "\n")
    layers, width, heads, inner = SHAPES["base"]
    for command in (
        ["create", "-o", folder / "random.rmtw", "--vocabulary", folder / "vocab.txt",
         "--layers", layers, "--hidden-size", width, "--heads", heads,
         "--intermediate-size", inner, "--positions", 512],
        ["export", folder / "random.rmtw", "-o", folder / "checkpoint", "--layout",
         "huggingface"]):
        subprocess.run(
            [str(part) for part in [options.rmt, *command]], check=True,
            stdout=subprocess.DEVNULL)
    (folder / "random.rmtw").unlink()
    return folder / "checkpoint"


COMPARISONS = {
    "gemm": gemm,
    "segment-mini": lambda options: segment("mini", options),
    "segment-base": lambda options: segment("base", options),
    "train-mini": lambda options: train("mini", 0.1, options),
    "train-mini-nodropout": lambda options: train("mini", 0.0, options),
    "train-base": lambda options: train("base", 0.1, options),
    "train-base-nodropout": lambda options: train("base", 0.0, options),
    "tokenize": tokenize,
    "convert": convert,
}
QUICK = ["gemm", "segment-mini", "train-mini", "tokenize"]


def memory(options):
    """Resident memory of `rmt` by the length of the document, reading and training with replay."""
    def run(*arguments):
        answer = json.loads(subprocess.run(
            [options.rmt, "bench", *map(str, arguments), "--repetitions", "1", "--threads",
             str(options.threads), "--json"], check=True, capture_output=True, text=True).stdout)
        say(f"memory: {' '.join(map(str, arguments))}: {answer['peakResidentBytes']} bytes")
        return {key: answer[key] for key in
                ("segments", "positions", "peakResidentBytes", "millisecondsPerSegment")}

    return {
        "reading": [run("segment", "--shape", "base", "--positions", options.memory_positions,
                        "--segments", count) for count in READ_SEGMENTS],
        "replay": [run("train", "--shape", "mini", "--positions", POSITIONS, "--batch", 1,
                       "--bptt", "replay", "--segments", count) for count in REPLAYED_SEGMENTS]}


def cpu_name():
    with open("/proc/cpuinfo") as file:
        for line in file:
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()


def machine(options):
    revision = subprocess.run(
        ["git", "-C", str(ROOT), "describe", "--always", "--dirty"], capture_output=True,
        text=True).stdout.strip()
    version = subprocess.run([options.rmt, "--version"], capture_output=True, text=True)
    return {
        "cpu": cpu_name(), "cores": os.cpu_count(), "system": platform.platform(),
        "python": platform.python_version(), "rmt": version.stdout.strip(),
        "revision": revision, "threads": options.threads, "pairs": options.pairs}


def say(text):
    print(text, file=sys.stderr, flush=True)


def chosen(only):
    """The comparisons that a name is, or is the beginning of."""
    names = []
    for wanted in only:
        found = [n for n in COMPARISONS if n == wanted or n.startswith(wanted + "-")]
        if not found:
            raise SystemExit(
                f"compare.py: there is no comparison {wanted}; there are {', '.join(COMPARISONS)}")
        names += [name for name in found if name not in names]
    return names


def arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rmt", type=pathlib.Path, default=ROOT / ".build/release/rmt",
                        help="the command; .build/release/rmt unless given")
    parser.add_argument("--only", help="comparisons, separated by commas: "
                        + ", ".join(COMPARISONS))
    parser.add_argument("--pairs", type=int, default=7, help="turns of each; 7 unless given")
    parser.add_argument("--quick", action="store_true",
                        help="3 pairs of the comparisons that take seconds")
    parser.add_argument("--threads", type=int, default=2, help="threads; 2 unless given")
    parser.add_argument("--text", type=pathlib.Path, default=ROOT,
                        help="a text file, or a folder of them; this package's own unless given")
    parser.add_argument("--vocabulary", type=pathlib.Path, default=ROOT / "Weights/bert-nano",
                        help="a folder with tokenizer.json; bert-nano's unless given")
    parser.add_argument("--checkpoint", type=pathlib.Path,
                        help="a folder with model.safetensors; a random BERT-base unless given")
    parser.add_argument("--output", type=pathlib.Path, help="the file of results")
    parser.add_argument("--add-memory", type=pathlib.Path,
                        help="measure no peer; add resident memory by length to a file of results")
    parser.add_argument("--memory-positions", type=int, default=POSITIONS,
                        help="positions of the segments that are read for that")
    parser.add_argument("--render", type=pathlib.Path,
                        help="measure nothing; make table and chart from a file of results")
    options = parser.parse_args()
    if options.quick:
        options.pairs = min(options.pairs, 3)
    if options.pairs < 1 or options.threads < 1:
        parser.error("--pairs and --threads begin at 1")
    return options


def main():
    options = arguments()
    if options.add_memory:
        results = json.loads(options.add_memory.read_text())
        results["memory"] = memory(options)
        options.add_memory.write_text(json.dumps(results, indent=1) + "\n")
        return render.render(results, HERE)
    if options.render:
        return render.render(json.loads(options.render.read_text()), HERE)
    names = chosen(options.only.split(",")) if options.only else (
        QUICK if options.quick else list(COMPARISONS))
    if not shutil.which(options.rmt):
        raise SystemExit(f"compare.py: there is no {options.rmt}; build it with make build")
    today = datetime.date.today().isoformat()
    load = os.getloadavg()[0]
    if load > 0.5:
        say(f"compare.py: warning: the load is {load:.1f}; thread pools that wait actively suffer "
            "more from strangers than others, so the ratios may mislead")
    results = {"date": today, **machine(options), "loadBefore": load, "comparisons": []}
    slug = "-".join("".join(c if c.isalnum() else " " for c in results["cpu"].lower()).split())
    # Only a whole run is a result: a part of the comparisons, or fewer pairs, goes where it is asked to.
    whole = len(names) == len(COMPARISONS) and options.pairs >= LEAST_PAIRS
    output = options.output or (HERE / "results" / f"{today}-{slug}.json" if whole else None)
    # SIGTERM as Ctrl-C: contestants are stopped, and the scratch folder goes.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with tempfile.TemporaryDirectory(prefix="rmt-compare-") as scratch:
        options.scratch = pathlib.Path(scratch)
        for name in names:
            try:
                results["comparisons"].append(run_comparison(COMPARISONS[name](options), options))
            except OursEnded as reason:
                say(f"  rmt itself ended: {reason}")
                whole = False
            if output:  # after each, so that what was measured stays whatever comes
                output.parent.mkdir(exist_ok=True)
                output.write_text(json.dumps(results, indent=1) + "\n")
    if output:
        say(f"results: {output}")
    # A part of the comparisons would take the whole's place in the README.
    render.render(results, HERE, writes=whole)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        raise SystemExit(130) from None
