"""Has the event files of `rmt finetune --tensorboard` read by TensorBoard itself.

    ../tensorboard/bin/python Tests/Fixtures/check_events.py .build/release/rmt

The requirements are those of generate_events.py. It trains the small model of this folder, kills the run
some steps after its last saving, lets it go on, and holds what TensorBoard's reader makes of the folder against the JSON lines of the
same run: every step once, every number equal to a float's precision. People run it after a change of the
format; neither the build nor the tests do.
"""

import json
import pathlib
import subprocess
import sys
import tempfile
import time

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

HERE = pathlib.Path(__file__).resolve().parent
rmt = pathlib.Path(sys.argv[1]).resolve()
work = pathlib.Path(tempfile.mkdtemp(prefix="rmt-events-"))
TAGS = {
    "train/loss": "loss", "train/accuracy": "accuracy", "train/learning_rate": "learningRate",
    "train/gradient_norm": "gradientNorm", "train/stage": "stage",
    "evaluation/loss": "evaluationLoss", "evaluation/accuracy": "evaluationAccuracy",
}


def run(*arguments):
    subprocess.run([rmt, *arguments], check=True, cwd=work, capture_output=True)


def train():
    run("convert", HERE / "bert-tiny", "-o", "bert.rmtw")
    run("attach", "bert.rmtw", "-o", "memory.rmtw", "--memory-tokens", "4", "--segment-positions", "16",
        "--labels", "yes,no")
    lines = [json.dumps({"text": f"{word} the document is long", "label": label})
             for word, label in [("mary", "yes"), ("john", "no")] * 8]
    (work / "data.jsonl").write_text("\n".join(lines))
    command = [rmt, "finetune", "memory.rmtw", "--train", "data.jsonl", "--eval", "data.jsonl", "-o", "tuned.rmtw",
               "--segments", "1,2", "--batch", "4", "--steps", "400", "--evaluate-every", "50", "--log", "log.jsonl",
               "--tensorboard", "events", "--save-every", "50"]
    process = subprocess.Popen(command, cwd=work, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    log = work / "log.jsonl"
    while not log.exists() or log.read_text().count("\n") < 120:
        assert process.poll() is None, "the run ended before it was interrupted"
        time.sleep(0.005)
    process.kill()
    process.wait()
    assert (work / "tuned.rmtw.training").exists(), "the run was killed before its first saving"
    subprocess.run(command + ["--resume"], check=True, cwd=work, capture_output=True)


if __name__ == "__main__":
    train()
    records = [json.loads(line) for line in (work / "log.jsonl").read_text().splitlines()]
    assert len(list((work / "events").iterdir())) == 2
    events = EventAccumulator(str(work / "events"), size_guidance={"scalars": 0}).Reload()
    assert set(events.Tags()["scalars"]) == set(TAGS) | {"train/tokens_per_second"}, events.Tags()["scalars"]
    for tag, member in TAGS.items():
        expected = [(record["runStep"], record[member]) for record in records if member in record
                    and record["event"] == tag.split("/")[0].replace("train", "step")]
        # An evaluation at the very step from which the run went on is there twice, with one value.
        found = list(dict.fromkeys((event.step, event.value) for event in events.Scalars(tag)))
        assert [step for step, _ in found] == [step for step, _ in expected], tag
        worst = max(abs(one - other) / max(1e-30, abs(other)) for (_, one), (_, other) in zip(found, expected)
                    if other != 0)
        assert worst < 1e-6, (tag, worst)
        print(f"{tag:<24} {len(found):>5} points, as in the JSON lines to {worst:.0e}")
