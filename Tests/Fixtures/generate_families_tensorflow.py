"""Lists what TensorFlow's classes of BERT's relatives are made of in tf_model.h5.

    python3.11 -m venv ../tensorflow
    ../tensorflow/bin/pip install transformers==4.57.6 tensorflow-cpu==2.19.1 h5py==3.16.0 safetensors==0.8.0
    ../tensorflow/bin/pip install --no-deps tf-keras==2.19.0
    ../tensorflow/bin/python Tests/Fixtures/generate_families_tensorflow.py

transformers 4.57.6 is the last version with these classes. People run it when the list changes; neither
the build nor the tests do.

    families_tensorflow.json   for each class its family, the paths of its data sets, and their shapes ("24x8")
"""

import json
import os
import pathlib
import tempfile

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["TF_USE_LEGACY_KERAS"] = "1"

import h5py
import transformers as hf

HERE = pathlib.Path(__file__).resolve().parent
SIZES = {"vocab_size": 24, "hidden_size": 8, "num_attention_heads": 2, "intermediate_size": 12, "num_hidden_layers": 1}
CONFIGS = {
    "DistilBert": hf.DistilBertConfig(
        vocab_size=24, dim=8, n_heads=2, hidden_dim=12, n_layers=1, max_position_embeddings=14
    ),
    "Roberta": hf.RobertaConfig(**SIZES, max_position_embeddings=16, type_vocab_size=1),
    "XLMRoberta": hf.XLMRobertaConfig(**SIZES, max_position_embeddings=16, type_vocab_size=1),
    "Camembert": hf.CamembertConfig(**SIZES, max_position_embeddings=16, type_vocab_size=1),
    "Electra": hf.ElectraConfig(**SIZES, embedding_size=6, max_position_embeddings=14),
    "Albert": hf.AlbertConfig(**SIZES, embedding_size=6, max_position_embeddings=14),
}
CLASSES = ["Model", "ForMaskedLM", "ForPreTraining", "ForSequenceClassification", "ForTokenClassification"]


def datasets(model_class, config):
    model = model_class(config)
    model.build_in_name_scope()
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        model.save_pretrained(folder, safe_serialization=False)
        with h5py.File(pathlib.Path(folder) / "tf_model.h5") as file:
            file.visititems(lambda path, item: found.update({path: "x".join(map(str, item.shape))}) if hasattr(item, "shape") else None)
    return found


if __name__ == "__main__":
    classes = {}
    for prefix, config in CONFIGS.items():
        for kind in CLASSES:
            if model_class := getattr(hf, f"TF{prefix}{kind}", None):
                classes[f"TF{prefix}{kind}"] = {"family": config.model_type, "shapes": datasets(model_class, config)}
    (HERE / "families_tensorflow.json").write_text(json.dumps({"classes": classes}, indent=1) + "\n", encoding="utf-8")
