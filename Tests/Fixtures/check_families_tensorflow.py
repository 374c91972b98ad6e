"""Opens what `rmt export --layout tensorflow` writes of BERT's relatives with TensorFlow's classes of transformers.

    python Tests/Fixtures/check_families_tensorflow.py .build/release/rmt

Run with Python 3.11 in an environment made by

    pip install transformers==4.57.6 tensorflow-cpu==2.19.1 safetensors==0.8.0
    pip install --no-deps tf-keras==2.19.0

People run it after a change that matters; neither the build nor the tests do. For each model with a classifier of the
folder families it prints how far the logits are from those in families.safetensors, and holds them to 2e-5.
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile

os.environ["CUDA_VISIBLE_DEVICES"] = ""
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["TF_USE_LEGACY_KERAS"] = "1"
HERE = pathlib.Path(__file__).resolve().parent
# The folder tensorflow beside this script is no module.
sys.path[:] = [path for path in sys.path if pathlib.Path(path or ".").resolve() != HERE]

import numpy as np
import transformers
from safetensors.numpy import load_file

TOLERANCE = 2e-5

arrays = load_file(HERE / "families.safetensors")
for name, facts in json.loads((HERE / "families.json").read_text())["models"].items():
    if "recurrence" not in facts:
        continue  # An encoder without a classifier.
    with tempfile.TemporaryDirectory() as work:
        for arguments in [["convert", HERE / "families" / name, "-o", f"{work}/m.rmtw"],
                          ["export", f"{work}/m.rmtw", "-o", f"{work}/out", "--layout", "tensorflow"]]:
            subprocess.run([sys.argv[1], *map(str, arguments)], check=True, capture_output=True)
        model = transformers.TFAutoModelForSequenceClassification.from_pretrained(f"{work}/out", use_safetensors=False)
        worst = 0
        for ids in facts["ids"]:
            logits = model(np.array([ids]), attention_mask=np.ones([1, len(ids)], np.int32)).logits.numpy()[0]
            worst = max(worst, np.abs(logits - arrays[f"{name}.{len(ids)}.logits"]).max())
        print(f"{name}: {worst:.1e}")
        assert worst <= TOLERANCE
