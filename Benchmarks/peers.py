#!/usr/bin/env python3
r"""What `rmt` is compared with: one peer a process, one measurement a request.

A peer is set up and warmed up, says {"ready": true, …} with the versions it runs on, and then
answers every line on standard input with one measurement as a line of JSON, as `rmt bench
--on-request` does. compare.py starts peers and takes turns between them and `rmt`.

    python peers.py segment \
      '{"engine": "eager", "shape": [6,384,12,1536], "positions": 512, "threads": 2, "count": 4}'
"""

import json
import os
import subprocess
import sys
import tempfile
import time

VOCABULARY_SIZE = 30522


def resident_bytes():
    """The process's memory in RAM: now, and at most since it began."""
    with open("/proc/self/status") as status:
        lines = dict(line.split(":", 1) for line in status)
    now, most = (int(lines[key].split()[0]) * 1024 for key in ("VmRSS", "VmHWM"))
    return {"residentBytes": now, "peakResidentBytes": most}


def seconds_of(body):
    start = time.perf_counter()
    body()
    return time.perf_counter() - start


def median(values):
    ordered = sorted(values)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


def torch_with(threads):
    import torch

    torch.set_num_threads(threads)
    torch.set_num_interop_threads(1)
    torch.manual_seed(0)
    return torch


def bert(torch, shape, positions, dropout):
    """transformers' BertModel of that shape with random weights and sdpa attention."""
    import transformers

    layers, width, heads, inner = shape
    configuration = transformers.BertConfig(
        vocab_size=VOCABULARY_SIZE, hidden_size=width, num_hidden_layers=layers,
        num_attention_heads=heads, intermediate_size=inner, max_position_embeddings=positions,
        hidden_dropout_prob=dropout, attention_probs_dropout_prob=dropout)
    configuration._attn_implementation = "sdpa"
    return transformers.BertModel(configuration)


class MatrixProducts:
    """torch's matrix products: `mm` is MKL's, `onednn` is oneDNN's linear with packed weights."""

    def __init__(self, engine, products, threads):
        torch = torch_with(threads)
        self.versions = {"torch": torch.__version__}
        self.products = []
        for product in products:
            m, n, k = product["rows"], product["columns"], product["depth"]
            layout = product["layout"]
            a = torch.rand(*((k, m) if layout == "tn" else (m, k))) - 0.5
            b = torch.rand(*((n, k) if layout in ("nt", "packed") else (k, n))) - 0.5
            c = torch.zeros(m, n)
            count = max(1, int(1e9 / (2 * m * n * k)))
            self.products.append((self.body(torch, engine, layout, a, b, c), count))
        self.measure()

    @staticmethod
    def body(torch, engine, layout, a, b, c):
        if engine == "onednn":
            if layout != "packed":
                return None  # only where rmt has packed weights too
            packed = torch.ops.mkldnn._reorder_linear_weight(b, a.shape[0])
            linear = torch.ops.mkldnn._linear_pointwise
            return lambda: linear(a, packed, None, "none", [], "")
        if layout in ("nt", "packed"):
            return lambda: torch.mm(a, b.T, out=c)
        if layout == "nn":
            return lambda: torch.mm(a, b, out=c)
        return lambda: torch.addmm(c, a.T, b, out=c)

    def measure(self):
        answers = []
        for body, count in self.products:
            if body is None:
                answers.append(None)
                continue
            seconds = seconds_of(lambda: [body() for _ in range(count)])
            answers.append({"milliseconds": seconds * 1000 / count})
        return {"products": answers}


class TorchSegment:
    """The whole encoder and pooler over one segment of embeddings, in torch."""

    def __init__(self, engine, shape, positions, threads, count):
        import transformers

        torch = torch_with(threads)
        self.versions = {"torch": torch.__version__, "transformers": transformers.__version__}
        self.count = count
        model = bert(torch, shape, positions, dropout=0.0).eval()
        model = torch.compile(model) if engine == "compile" else model
        inputs = torch.randn(1, positions, shape[1]) * 0.02

        def run():
            with torch.inference_mode():
                model(inputs_embeds=inputs)

        self.run = run
        for _ in range(3):
            run()

    def measure(self):
        seconds = median([seconds_of(self.run) for _ in range(self.count)])
        return {"millisecondsPerSegment": seconds * 1000, **resident_bytes()}


class ExportedSegment(TorchSegment):
    """The same network, exported to ONNX, in a runtime for inference."""

    def __init__(self, engine, shape, positions, threads, count):
        import numpy

        self.count = count
        inputs = numpy.random.default_rng(0).normal(size=(1, positions, shape[1]), scale=0.02)
        with tempfile.TemporaryDirectory() as folder:
            path = folder + "/model.onnx"
            # In a process of its own, so that torch takes no memory here.
            arguments = {"shape": shape, "positions": positions, "path": path}
            process = subprocess.run(
                [sys.executable, __file__, "export", json.dumps(arguments)],
                stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
            if process.returncode != 0:
                raise SystemExit(f"export to ONNX: {process.stderr.strip().split(chr(10))[-1]}")
            self.run = getattr(self, engine)(path, inputs.astype(numpy.float32), threads)
        for _ in range(3):
            self.run()

    def onnxruntime(self, path, embeddings, threads):
        import onnxruntime

        self.versions = {"onnxruntime": onnxruntime.__version__}
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        session = onnxruntime.InferenceSession(
            path, options, providers=["CPUExecutionProvider"])
        return lambda: session.run(None, {"embeddings": embeddings})

    def openvino(self, path, embeddings, threads):
        import openvino

        self.versions = {"openvino": openvino.__version__}
        core = openvino.Core()
        # f32 as everybody else: on processors with bf16 OpenVINO would round to that.
        compiled = core.compile_model(
            core.read_model(path), "CPU",
            {"INFERENCE_NUM_THREADS": threads, "PERFORMANCE_HINT": "LATENCY",
             "INFERENCE_PRECISION_HINT": "f32"})
        request = compiled.create_infer_request()
        return lambda: request.infer([embeddings])


def export(shape, positions, path):
    """Writes the network as ONNX, with embeddings as its input."""
    torch = torch_with(1)
    model = bert(torch, shape, positions, dropout=0.0)

    class Encoder(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.model = model

        def forward(self, embeddings):
            output = self.model(inputs_embeds=embeddings)
            return output.last_hidden_state, output.pooler_output

    with torch.inference_mode():
        torch.onnx.export(
            Encoder().eval(), (torch.zeros(1, positions, shape[1]),), path,
            input_names=["embeddings"], output_names=["hidden", "pooled"], opset_version=17,
            dynamo=False)


class Training:
    """An optimizer step of the Recurrent Memory Transformer: memory carried through segments."""

    def __init__(self, shape, positions, segments, batch, dropout, threads, memory=10):
        import transformers

        torch = self.torch = torch_with(threads)
        self.versions = {"torch": torch.__version__, "transformers": transformers.__version__}
        width = shape[1]
        self.memory_count, self.segment_count, self.batch = memory, segments, batch
        self.model = bert(torch, shape, positions, dropout).train()
        self.memory = torch.nn.Parameter(torch.randn(memory, width) * 0.02)
        self.dropout = torch.nn.Dropout(dropout)
        self.classifier = torch.nn.Linear(width, 2)
        self.parameters = [*self.model.parameters(), self.memory, *self.classifier.parameters()]
        self.optimizer = torch.optim.AdamW(
            self.parameters, lr=1e-5, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.001,
            fused=True)
        size = positions - memory - 3
        self.tokens = torch.randint(0, VOCABULARY_SIZE, (segments, batch, size))
        self.labels = torch.randint(0, 2, (batch,))
        self.frame = torch.tensor([101, 102])
        self.step()

    def step(self):
        torch, words = self.torch, self.model.embeddings.word_embeddings
        first, separator = words(self.frame).unsqueeze(1).unsqueeze(1).expand(
            2, self.batch, 1, -1)
        memory = self.memory.expand(self.batch, -1, -1)
        for tokens in self.tokens:
            inputs = torch.cat([first, memory, separator, words(tokens), separator], dim=1)
            output = self.model(inputs_embeds=inputs)
            memory = output.last_hidden_state[:, 1 : 1 + self.memory_count]
        logits = self.classifier(self.dropout(output.pooler_output))
        torch.nn.functional.cross_entropy(logits, self.labels).backward()
        torch.nn.utils.clip_grad_value_(self.parameters, 5.0)
        self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=True)

    def measure(self):
        milliseconds = seconds_of(self.step) * 1000
        return {
            "millisecondsPerSegment": milliseconds / (self.segment_count * self.batch),
            **resident_bytes()}


class Tokenizer:
    """Hugging Face's tokenizers on one thread, with the text whole or in lines, as is quicker."""

    def __init__(self, path, vocabulary):
        import tokenizers

        self.versions = {"tokenizers": tokenizers.__version__}
        self.tokenizer = tokenizers.Tokenizer.from_file(vocabulary + "/tokenizer.json")
        self.tokenizer.no_truncation()
        self.tokenizer.no_padding()
        with open(path, encoding="utf-8") as file:
            text = file.read()
        ways = [[text], text.splitlines(keepends=True)]
        self.texts = min(ways, key=lambda texts: seconds_of(lambda: self.encode(texts)))
        self.ids = self.encode(self.texts)

    def encode(self, texts):
        encodings = self.tokenizer.encode_batch_fast(texts, add_special_tokens=False)
        return [encoding.ids for encoding in encodings]

    def measure(self):
        import numpy

        seconds = seconds_of(lambda: self.encode(self.texts))
        frame = {self.tokenizer.token_to_id(name) for name in ("[PAD]", "[CLS]", "[SEP]")}
        ids = numpy.array([i for part in self.ids for i in part if i not in frame], numpy.uint64)
        places = numpy.arange(1, len(ids) + 1, dtype=numpy.uint64)
        checksum = int((ids * places).sum(dtype=numpy.uint64)) & (2**63 - 1)
        return {"milliseconds": seconds * 1000, "tokenCount": len(ids), "idsChecksum": checksum}


class Copy:
    """The system's `cp`, without or with a wait until the copy is on the disk."""

    def __init__(self, path, folder, synchronizes):
        self.path, self.target, self.synchronizes = path, folder + "/copy", synchronizes
        output = subprocess.run(["cp", "--version"], capture_output=True, text=True)
        self.versions = {"cp": output.stdout.split("\n")[0].removeprefix("cp ")}
        self.measure()

    def copy(self):
        subprocess.run(["cp", self.path, self.target], check=True)
        if self.synchronizes:
            with open(self.target, "rb") as file:
                os.fsync(file.fileno())

    def measure(self):
        seconds = seconds_of(self.copy)
        os.remove(self.target)
        return {"seconds": seconds}


class LoadAndSave:
    """safetensors with torch: every tensor into memory, and out into a new file."""

    def __init__(self, path, folder, threads):
        import safetensors
        import safetensors.torch

        self.versions = {
            "torch": torch_with(threads).__version__, "safetensors": safetensors.__version__}
        self.safetensors, self.path, self.target = safetensors, path, folder + "/saved"
        self.measure()

    def convert(self):
        tensors = self.safetensors.torch.load_file(self.path)
        self.safetensors.torch.save_file(tensors, self.target)

    def open(self):
        with self.safetensors.safe_open(self.path, framework="pt") as file:
            file.keys()

    def measure(self):
        seconds = seconds_of(self.convert)
        os.remove(self.target)
        opening = median([seconds_of(self.open) for _ in range(20)])
        return {"seconds": seconds, "openMilliseconds": opening * 1000, **resident_bytes()}


PEERS = {
    "gemm": MatrixProducts, "segment": TorchSegment, "exportedSegment": ExportedSegment,
    "train": Training, "tokenize": Tokenizer, "copy": Copy, "loadAndSave": LoadAndSave}


def main():
    # What libraries print on the way goes to standard error: standard output is for answers.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    name, arguments = sys.argv[1], json.loads(sys.argv[2])
    if name == "export":
        return export(**arguments)
    peer = PEERS[name](**arguments)

    def answer(value):
        answers.write(json.dumps(value) + "\n")
        answers.flush()

    answer({"ready": True, "versions": peer.versions})
    for _ in sys.stdin:
        answer(peer.measure())


if __name__ == "__main__":
    main()
