"""Compares converted Keras checkpoints with what keras-hub, keras-bert and bert4keras compute.

For each NAME of Tests/Fixtures/keras:

    rmt convert Tests/Fixtures/keras/NAME -o NAME.rmtw
    rmt export NAME.rmtw -o out/NAME --layout huggingface
    python check_keras.py out

Run with Python 3.11 in an environment made by `pip install -r requirements.txt`. transformers runs the
exported encoder on the ids of generate_keras.py; the hidden states beside each fixture must agree to
2e-5, which is asked of every conversion, and to 2e-2 where keras-hub computed in bfloat16.
"""

import pathlib
import sys

import torch
import transformers
from safetensors.torch import load_file

FIXTURES = pathlib.Path(__file__).resolve().parent / "keras"
IDS = torch.tensor([[2, 5, 9, 40, 3], [2, 7, 8, 11, 3]])
TYPES = torch.tensor([[0, 0, 0, 1, 1], [0, 0, 0, 0, 1]])


def main(folder):
    for truth_path in sorted(FIXTURES.glob("*.safetensors")):
        truth = load_file(truth_path)
        model = transformers.BertModel.from_pretrained(
            pathlib.Path(folder) / truth_path.stem, dtype=torch.float32).eval()
        with torch.no_grad():
            output = model(IDS, token_type_ids=TYPES)
        hidden = (output.last_hidden_state - truth["hidden_states"]).abs().max().item()
        pooled = (output.pooler_output - truth["pooled"]).abs().max().item()
        print(f"{truth_path.stem}: hidden states differ by {hidden:.1e}, pooled by {pooled:.1e}")
        assert max(hidden, pooled) < (2e-2 if "bfloat16" in truth_path.stem else 2e-5)


if __name__ == "__main__":
    main(sys.argv[1])
