"""Compares what `rmt export --layout tensorflow` wrote with the model that it was made from.

    rmt convert Tests/Fixtures/hdf5/bert_for_sequence_classification/tf_model.h5 -o bert.rmtw
    rmt export bert.rmtw -o out --layout tensorflow
    python check_tensorflow.py Tests/Fixtures/hdf5/bert_for_sequence_classification out

Run with Python 3.11 in an environment made by

    pip install transformers==4.57.6 tensorflow-cpu==2.19.1 h5py==3.16.0
    pip install --no-deps tf-keras==2.19.0

Both folders are opened with TFBertModel, TFBertForSequenceClassification and TFBertForMaskedLM; their
hidden states must agree to 2e-5, which is asked of every conversion. Every dataset is read with h5py.
"""

import os
import sys

os.environ["CUDA_VISIBLE_DEVICES"] = ""
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["TF_USE_LEGACY_KERAS"] = "1"

import h5py
import numpy as np
import transformers

TOLERANCE = 2e-5
IDS = np.array([[2, 5, 9, 40, 3], [2, 7, 8, 11, 3]])
TYPES = np.array([[0, 0, 0, 1, 1], [0, 0, 0, 0, 1]])


def states(kind, folder):
    model = kind.from_pretrained(folder, use_safetensors=False, output_hidden_states=True)
    output = model(IDS, token_type_ids=TYPES)
    heads = [output.logits.numpy()] if "logits" in output else [output.pooler_output.numpy()]
    return [state.numpy() for state in output.hidden_states], heads


def main(original, exported):
    with h5py.File(os.path.join(exported, "tf_model.h5")) as file:
        count = []
        file.visititems(lambda name, item: count.append(np.asarray(item).size)
                        if isinstance(item, h5py.Dataset) else None)
        print(f"h5py reads {len(count)} datasets, {sum(count)} numbers")
    for kind in [transformers.TFBertModel, transformers.TFBertForSequenceClassification,
                 transformers.TFBertForMaskedLM]:
        (left, left_head), (right, right_head) = states(kind, original), states(kind, exported)
        difference = max(float(np.abs(a - b).max()) for a, b in zip(left, right))
        head = float(np.abs(left_head[0] - right_head[0]).max())
        print(f"{kind.__name__}: hidden states differ by {difference:.1e}, its head by {head:.1e}")
        assert difference <= TOLERANCE, difference


if __name__ == "__main__":
    main(*sys.argv[1:])
