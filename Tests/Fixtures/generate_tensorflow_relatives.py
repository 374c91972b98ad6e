"""Makes folders of BERT's relatives in Tests/Fixtures/tensorflow: TensorFlow checkpoints as Google's programs for ALBERT
and ELECTRA save them, and what transformers' own loaders make of them.

Run after generate_tensorflow_checkpoints.py, in its environment and with it beside this file. The results are
committed; neither the build nor the tests run this script.

    albert   google-research/albert's pretraining: two groups of layers, heads, LAMB's moments; albert_config.json
    electra  google-research/electra's pretraining: discriminator, generator and both heads; config.json is what
             transformers asks for, since the release has none

The names of the variables are those of the two programs' scopes (`modeling.py`, `run_pretraining.py`).
"""

import json
import shutil

import generate_tensorflow_checkpoints as google
import safetensors.torch
import transformers
from transformers.models.albert.modeling_albert import load_tf_weights_in_albert
from transformers.models.electra.modeling_electra import load_tf_weights_in_electra

ROOT = google.ROOT
WIDTH, NARROW, INNER, GENERATOR, VOCABULARY, POSITIONS = 8, 6, 12, 4, 40, 16
ALBERT = {
    "attention_probs_dropout_prob": 0, "hidden_act": "gelu", "hidden_dropout_prob": 0, "embedding_size": NARROW,
    "hidden_size": WIDTH, "initializer_range": 0.02, "intermediate_size": INNER, "max_position_embeddings": POSITIONS,
    "num_attention_heads": 2, "num_hidden_layers": 4, "num_hidden_groups": 2, "net_structure_type": 0, "gap_size": 0,
    "num_memory_blocks": 0, "inner_group_num": 1, "down_scale_factor": 1, "type_vocab_size": 2, "vocab_size": VOCABULARY,
}
ELECTRA = {
    "architectures": ["ElectraForPreTraining"], "model_type": "electra", "hidden_act": "gelu", "embedding_size": NARROW,
    "hidden_size": WIDTH, "intermediate_size": INNER, "max_position_embeddings": POSITIONS, "num_attention_heads": 2,
    "num_hidden_layers": 2, "type_vocab_size": 2, "vocab_size": VOCABULARY, "layer_norm_eps": 1e-12,
}


class Shapes(dict):
    def norm(self, name, width, suffix=""):
        self[f"{name}/LayerNorm{suffix}/beta"] = self[f"{name}/LayerNorm{suffix}/gamma"] = [width]

    def dense(self, name, inputs, outputs):
        self[f"{name}/kernel"], self[f"{name}/bias"] = [inputs, outputs], [outputs]

    def embeddings(self, scope):
        for name, rows in [("word", VOCABULARY), ("position", POSITIONS), ("token_type", 2)]:
            self[f"{scope}/{name}_embeddings"] = [rows, NARROW]
        self.norm(scope, NARROW)


def albert_shapes():
    shapes = Shapes()
    shapes.embeddings("bert/embeddings")
    shapes.dense("bert/encoder/embedding_hidden_mapping_in", NARROW, WIDTH)
    for group in range(2):
        inside = f"bert/encoder/transformer/group_{group}/inner_group_0"
        for part in ["query", "key", "value"]:
            shapes.dense(f"{inside}/attention_1/self/{part}", WIDTH, WIDTH)
        shapes.dense(f"{inside}/attention_1/output/dense", WIDTH, WIDTH)
        shapes.norm(inside, WIDTH)
        shapes.dense(f"{inside}/ffn_1/intermediate/dense", WIDTH, INNER)
        shapes.dense(f"{inside}/ffn_1/intermediate/output/dense", INNER, WIDTH)
        shapes.norm(inside, WIDTH, "_1")
    shapes.dense("bert/pooler/dense", WIDTH, WIDTH)
    shapes.dense("cls/predictions/transform/dense", WIDTH, NARROW)
    shapes.norm("cls/predictions/transform", NARROW)
    shapes["cls/predictions/output_bias"] = [VOCABULARY]
    shapes["cls/seq_relationship/output_weights"], shapes["cls/seq_relationship/output_bias"] = [2, WIDTH], [2]
    return shapes


def electra_shapes():
    shapes = Shapes()
    shapes.embeddings("electra/embeddings")
    # A generator of another depth than the discriminator.
    for scope, width, inner, layers in [("electra", WIDTH, INNER, 2), ("generator", GENERATOR, 8, 3)]:
        shapes.dense(f"{scope}/embeddings_project", NARROW, width)
        for layer in range(layers):
            inside = f"{scope}/encoder/layer_{layer}"
            for part in ["query", "key", "value"]:
                shapes.dense(f"{inside}/attention/self/{part}", width, width)
            shapes.dense(f"{inside}/attention/output/dense", width, width)
            shapes.norm(f"{inside}/attention/output", width)
            shapes.dense(f"{inside}/intermediate/dense", width, inner)
            shapes.dense(f"{inside}/output/dense", inner, width)
            shapes.norm(f"{inside}/output", width)
    shapes.dense("generator_predictions/dense", GENERATOR, NARROW)
    shapes.norm("generator_predictions", NARROW)
    shapes["generator_predictions/output_bias"] = [VOCABULARY]
    shapes.dense("discriminator_predictions/dense", WIDTH, WIDTH)
    shapes.dense("discriminator_predictions/dense_1", WIDTH, 1)
    return shapes


def write(name, shapes, seed, file_name, config, config_class, model_class, load):
    folder = ROOT / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    (folder / file_name).write_text(json.dumps(config, indent=2) + "\n")
    google.save(google.numbers(shapes, seed), folder / "model.ckpt-best")
    # Google's gelu of ALBERT is the approximation by tanh; the released configurations say gelu_new.
    model = model_class(config_class(**(config | ({"hidden_act": "gelu_new"} if name == "albert" else {}))))
    load(model, model.config, str(folder / "model.ckpt-best"))
    state = {key: tensor.clone().contiguous() for key, tensor in model.state_dict().items() if ".decoder." not in key}
    safetensors.torch.save_file(state, str(ROOT / "truth" / f"{name}.safetensors"), metadata={"format": "pt"})


if __name__ == "__main__":
    write("albert", albert_shapes(), 3, "albert_config.json", ALBERT, transformers.AlbertConfig, transformers.AlbertForPreTraining,
          load_tf_weights_in_albert)
    write("electra", electra_shapes(), 4, "config.json", ELECTRA, transformers.ElectraConfig,
          transformers.ElectraForPreTraining, load_tf_weights_in_electra)
