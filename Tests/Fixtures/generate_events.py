"""Makes events.tfevents: the bytes that TensorBoard's own writer gives to a few events.

    python3.11 -m venv ../tensorboard && ../tensorboard/bin/pip install tensorboard==2.21.0
    ../tensorboard/bin/python Tests/Fixtures/generate_events.py

People run it when the golden changes; neither the build nor the tests do. The events are those of
Tests/TrainingRecordsTests/TensorBoardLogTests.swift.
"""

import pathlib

from tensorboard.compat.proto.event_pb2 import Event, SessionLog
from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.summary.writer.record_writer import RecordWriter

HERE = pathlib.Path(__file__).resolve().parent


def scalars(time, step, **values):
    summary = Summary(value=[Summary.Value(tag=tag.replace("__", "/"), simple_value=value) for tag, value in values.items()])
    return Event(wall_time=time, step=step, summary=summary)


EVENTS = [
    Event(wall_time=1700000000.25, file_version="brain.Event:2"),
    Event(wall_time=1700000000.25, step=1, session_log=SessionLog(status=SessionLog.START)),
    scalars(
        1700000000.25, 300, train__loss=0.5, train__accuracy=0.75, train__learning_rate=0.0001,
        train__gradient_norm=1.25, train__tokens_per_second=2000, train__stage=2,
    ),
    scalars(1700000000.25, 300, evaluation__loss=0.125, evaluation__accuracy=1),
]

if __name__ == "__main__":
    with open(HERE / "events.tfevents", "wb") as file:
        writer = RecordWriter(file)
        for event in EVENTS:
            writer.write(event.SerializeToString(deterministic=True))
        writer.flush()
