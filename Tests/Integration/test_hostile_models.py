"""Model files that are damaged or made to hurt: one clear line, never a trap, memory bounded."""

import os
import random
import shutil
import struct
import subprocess
import tempfile
import unittest

import model_files
from support import MODEL_FILE, PROGRAM, Workspace

# Each mutation is a run of the program: tenths of a second.
MUTATIONS = int(os.environ.get("BREAKEVEN_MUTATIONS", "60"))
MEMORY_KB = 512 << 10
NAN, INFINITY = float("nan"), float("inf")


class Outcome:
    """How a run of the program ended, and the most memory it held."""

    def __init__(self, arguments):
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            process = subprocess.Popen([PROGRAM, *arguments], stdout=out, stderr=err,
                                       stdin=subprocess.DEVNULL)
            _, status, usage = os.wait4(process.pid, 0)
            self.status = process.returncode = os.waitstatus_to_exitcode(status)
            self.peak = usage.ru_maxrss
            err.seek(0)
            self.error = err.read().decode(errors="replace")


def commands(path):
    return [["model", "inspect", path], ["model", "tokenize", path, "ab <|end|>"],
            ["model", "logits", path, "--prompt", "ab"],
            ["generate", "--model", path, "--prompt", "ab", "--raw", "--max-tokens", "4"]]


def words(size, value):
    return [size], [value] * size


class HostileModels(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="breakeven-hostile-")
        self.addCleanup(shutil.rmtree, self.folder)

    def path(self, name, content):
        path = os.path.join(self.folder, name)
        with open(path, "wb") as f:
            f.write(content)
        return path

    def check(self, arguments, says=None, size=0):
        """A refusal is one line; `says` must be in it. Nothing ends by a signal or takes much."""
        outcome = Outcome(arguments)
        shown = f"{arguments}: {outcome.status} {outcome.error[:600]}"
        self.assertIn(outcome.status, (0, 1), shown)
        self.assertLess(outcome.peak, MEMORY_KB + 4 * size // 1024, shown)
        if outcome.status:
            self.assertEqual(outcome.error.count("\n"), 1, shown)
            self.assertTrue(outcome.error.startswith("breakeven: "), shown)
        if says is not None:
            self.assertEqual(outcome.status, 1, shown)
            self.assertIn(says, outcome.error)
        return outcome

    def test_the_files_are_good_when_nothing_is_wrong(self):
        good = self.path("good.gguf", model_files.gguf())
        saved = model_files.folder(os.path.join(self.folder, "good"))
        for path in (good, saved):
            for arguments in commands(path)[1:]:
                self.assertEqual(self.check(arguments).status, 0)
        self.assertEqual(self.check(["model", "inspect", good]).status, 0)

    def test_a_gguf_wrong_in_one_place_is_refused_with_the_field(self):
        wide, heads = model_files.WIDTH, "llama.attention.head_count"
        q, vector = "blk.0.attn_q.weight", "output_norm.weight"
        huge = lambda n: (10, struct.pack("<Q", n))
        cases = {
            "architecture": (dict(values={"general.architecture": "mamba9"}), "general.architecture"),
            "no architecture": (dict(values={"general.architecture": None}), "general.architecture"),
            "architecture of a wrong type": (
                dict(values={"general.architecture": 7}), "general.architecture"),
            "tensor type": (dict(kinds={q: 37}), "element type"),
            "tensor type unheard of": (dict(kinds={q: 0x7FFFFFFF}), "element type"),
            "heads": (dict(values={heads: 7}), "7 heads"),
            "more heads than width": (dict(values={heads: 100}), "head"),
            "heads as a text": (dict(values={heads: "four"}), heads),
            "heads as a list": (dict(values={heads: [4, 4]}), heads),
            "no heads": (dict(values={heads: 0}), heads),
            "no key-value heads": (dict(values={heads + "_kv": 0}), heads + "_kv"),
            "key-value heads that do not divide": (dict(values={heads + "_kv": 3}), "key-value heads"),
            "no context": (dict(values={"llama.context_length": 0}), "llama.context_length"),
            "context of 2^63": (
                dict(values={"llama.context_length": huge(1 << 63)}), "llama.context_length"),
            "layers of 2^40": (dict(values={"llama.block_count": huge(1 << 40)}), "llama.block_count"),
            "more layers than there are": (dict(values={"llama.block_count": 3}), "blk.2."),
            "fewer layers than there are": (dict(values={"llama.block_count": 1}), "blk.1."),
            "odd rotation": (dict(values={"llama.rope.dimension_count": 7}), "rotary dimension"),
            "rotation over the head": (
                dict(values={"llama.rope.dimension_count": 64}), "rotary dimension"),
            "rotary base": (dict(values={"llama.rope.freq_base": NAN}), "llama.rope.freq_base"),
            "rotary base of 0": (dict(values={"llama.rope.freq_base": 0.0}), "rotary base"),
            "epsilon": (dict(values={"llama.attention.layer_norm_rms_epsilon": INFINITY}), "epsilon"),
            "width": (dict(values={"llama.embedding_length": 128}), "token_embd.weight"),
            "tokens over the rows": (
                dict(values={"tokenizer.ggml.tokens": model_files.TOKENS + ["x1", "x2"],
                             "tokenizer.ggml.token_type": [1] * 259}), "tokens"),
            "types that do not fit": (dict(values={"tokenizer.ggml.token_type": [1, 1]}), "types"),
            "a token type": (
                dict(values={"tokenizer.ggml.token_type": [99] * 257}), "token_type"),
            "pre-tokenizer": (dict(values={"tokenizer.ggml.pre": "nobody"}), "tokenizer.ggml.pre"),
            "merge of nothing": (dict(values={"tokenizer.ggml.merges": ["a"]}), "merges"),
            "end token": (dict(values={"tokenizer.ggml.eos_token_id": 9999}), "eos"),
            "text that is not UTF-8": (dict(values={"general.name": (8, model_files.text(b"\xff"))}),
                                       "general.name"),
            "string of 2^60": (dict(values={"general.name": (8, struct.pack("<Q", 1 << 60))}),
                               "general.name"),
            "array of 2^62": (
                dict(values={"x": (9, struct.pack("<IQ", 6, 1 << 62))}), "array x"),
            "arrays in arrays": (
                dict(values={"x": (9, struct.pack("<IQ", 9, 1) * 100000 + b"\0" * 64)}), "x"),
            "alignment": (dict(values={"general.alignment": 3}), "general.alignment"),
            "tensors claimed": (dict(counts=(1 << 62, 3)), "tensor count"),
            "pairs claimed": (dict(counts=(3, 1 << 62)), "metadata count"),
            "version": (dict(version=99), "version"),
            "offset": (dict(offsets={q: 1 << 50}), q),
            "offset unaligned": (dict(offsets={q: 33}), q),
            "one over another": (dict(offsets={q: 0}), "overlap"),
            "dimensions of 2^31": (dict(weights={q: ([1 << 31, 1 << 31], [])}), q),
            "dimensions that overflow": (dict(weights={q: ([1 << 40] * 4, [])}), q),
            "a dimension of 0": (dict(weights={q: ([0, wide], [])}), q),
            "five dimensions": (dict(weights={q: ([1, 1, 1, wide, wide], [0.0] * wide * wide)}), q),
            "rows and columns": (dict(weights={vector: ([wide * 2], [1.0] * wide * 2)}), vector),
            "embedding as a vector": (
                dict(weights={"token_embd.weight": words(wide, 1.0)}), "token_embd.weight"),
            "no layer norm": (dict(weights={"blk.1.ffn_norm.weight": None}), "blk.1.ffn_norm.weight"),
            "a tensor too many": (dict(weights={"blk.0.secret.weight": words(8, 1.0)}), "secret"),
            "rotary factors": (
                dict(weights={"rope_freqs.weight": words(3, 1.0)}), "rotary factors"),
            "rotary factors of 0": (
                dict(weights={"rope_freqs.weight": words(8, 0.0)}), "rotary factors"),
        }
        for name, (wrong, says) in cases.items():
            with self.subTest(name):
                content = model_files.gguf(**wrong)
                path = self.path("wrong.gguf", content)
                self.check(["model", "logits", path, "--prompt", "ab"], says, len(content))
                self.check(["model", "inspect", path], size=len(content))

    def test_weights_that_are_no_numbers_give_an_error_and_no_text(self):
        wide = model_files.WIDTH
        for value in (NAN, INFINITY, -INFINITY, 3e38):
            with self.subTest(value):
                path = self.path("nan.gguf", model_files.gguf(
                    weights={"output_norm.weight": words(wide, value)}))
                for arguments in commands(path):
                    self.check(arguments)
                for more in (["--temperature", "1"], ["--temperature", "1", "--top-k", "5"],
                             ["--temperature", "1", "--top-p", "0.5"]):
                    self.check(commands(path)[3] + more)

    def test_more_rows_than_tokens_are_harmless(self):
        rows = 1000
        _, values = model_files.tensors()["token_embd.weight"]
        path = self.path("rows.gguf", model_files.gguf(weights={"token_embd.weight": (
            [rows, model_files.WIDTH], (values * 4)[: rows * model_files.WIDTH])}))
        for seed in range(5):
            outcome = self.check(["generate", "--model", path, "--prompt", "ab", "--raw",
                                  "--temperature", "5", "--seed", str(seed), "--max-tokens", "60"])
            self.assertEqual(outcome.status, 0)

    def test_a_long_context_costs_nothing_before_it_is_used(self):
        path = self.path("long.gguf", model_files.gguf(values={"llama.context_length": 1 << 24}))
        for arguments in commands(path):
            self.assertEqual(self.check(arguments).status, 0)

    def test_a_folder_wrong_in_one_place_is_refused_with_the_field(self):
        q = "model.layers.0.self_attn.q_proj.weight"
        wide = model_files.WIDTH
        entry = lambda **more: {q: {"dtype": "F32", "shape": [wide, wide],
                                    "data_offsets": [0, wide * wide * 4], **more}}
        good = model_files.tokenizer()
        model = lambda **more: {**good, "model": {**good["model"], **more}}
        cases = {
            "config of nothing": (dict(config=""), "config.json"),
            "config as a list": (dict(config="[1]"), "model_type"),
            "config cut short": (dict(config='{"model_type": "lla'), "config.json"),
            "config nested": (dict(config="[" * 100000), "config.json"),
            "config of a wrong type": (dict(config={"hidden_size": "64"}), "hidden_size"),
            "negative": (dict(config={"num_hidden_layers": -1}), "num_hidden_layers"),
            "enormous": (dict(config={"vocab_size": 10**30}), "vocab_size"),
            "fraction": (dict(config={"num_attention_heads": 2.5}), "num_attention_heads"),
            "no heads": (dict(config={"num_key_value_heads": 0}), "num_key_value_heads"),
            "heads that do not divide": (dict(config={"num_key_value_heads": 3}), "key-value heads"),
            "no context": (dict(config={"max_position_embeddings": 0}), "max_position_embeddings"),
            "unknown type": (dict(config={"model_type": "mamba9"}), "model_type"),
            "activation": (dict(config={"hidden_act": "relu"}), "hidden_act"),
            "scaling": (dict(config={"rope_scaling": {"type": "odd"}}), "rope_scaling"),
            "rotary part": (dict(config={"partial_rotary_factor": 1e-9}), "rotary dimension"),
            "rotary base": (dict(config={"rope_theta": -1}), "rope_theta"),
            "head dimension": (dict(config={"head_dim": 1 << 24}), "head dimension"),
            "vocabulary": (dict(config={"vocab_size": 300}), "embed_tokens"),
            "shape": (dict(weights={q: ([8, 8], [0.0] * 64)}), q),
            "missing": (dict(weights={q: None}), q),
            "header too long": (dict(header=struct.pack("<Q", 1 << 62) + b"{}"), "header"),
            "header of nothing": (dict(header=struct.pack("<Q", 0)), "header"),
            "header as a list": (dict(header=struct.pack("<Q", 2) + b"[]"), "header"),
            "header nested": (
                dict(header=struct.pack("<Q", 90000) + b'{"a":' * 18000), "model.safetensors"),
            "offsets backwards": (dict(header=entry(data_offsets=[100, 0])), "safetensors"),
            "offsets beyond": (dict(header=entry(data_offsets=[0, 1 << 60])), "safetensors"),
            "shape of 2^31": (dict(header=entry(shape=[1 << 31, 1 << 31, 1 << 31])), "safetensors"),
            "shape negative": (dict(header=entry(shape=[-1, -1])), "safetensors"),
            "element type": (dict(header=entry(dtype="F99")), "safetensors"),
            "tokenizer of nothing": (dict(tokenizer_json="x"), "tokenizer.json"),
            "tokenizer as a list": (dict(tokenizer_json="[]"), "tokenizer"),
            "tokenizer nested": (dict(tokenizer_json="[" * 200000), "tokenizer.json"),
            "vocabulary as a list": (dict(tokenizer_json=model(vocab=[1, 2])), "model.type"),
            "an id of 2^60": (dict(tokenizer_json=model(vocab={"a": 1 << 60})), "vocab"),
            "a negative id": (dict(tokenizer_json=model(vocab={"a": -1})), "vocab"),
            "unigram": (dict(tokenizer_json=model(type="Unigram")), "model.type"),
            "a merge of one": (dict(tokenizer_json=model(merges=["ab"])), "merges"),
            "a merge of unknown": (dict(tokenizer_json=model(merges=["zz yy"])), "merges"),
            "added token": (
                dict(tokenizer_json={**good, "added_tokens": [{"id": -7, "content": "x"}]}),
                "added_tokens"),
        }
        for number, (name, (wrong, says)) in enumerate(cases.items()):
            with self.subTest(name):
                path = model_files.folder(os.path.join(self.folder, f"{number}"), **wrong)
                self.check(["model", "logits", path, "--prompt", "ab"], says)
                self.check(["model", "inspect", os.path.join(path, "model.safetensors")])

    def test_what_is_no_file_or_has_no_end_is_refused_at_once(self):
        pipe = os.path.join(self.folder, "pipe")
        os.mkfifo(pipe)
        self.check(["model", "inspect", pipe], "not a regular file")
        self.check(["generate", "--model", pipe, "--prompt", "ab"], "not a regular file")
        for name in ("tokenizer.json", "config.json", "model.safetensors"):
            path = model_files.folder(os.path.join(self.folder, "huge-" + name))
            os.truncate(os.path.join(path, name), 1 << 40)
            self.check(["model", "logits", path, "--prompt", "ab"], name)

    def test_truncated_and_mutated_files_never_trap(self):
        """Half of the runs on a small file, half on the demo model's header over zeros."""
        rng = random.Random(20240229)
        small = model_files.gguf()
        with open(MODEL_FILE, "rb") as f:
            head = f.read(2 << 20)
        whole = os.path.getsize(MODEL_FILE)
        for number in range(MUTATIONS):
            content, size = (small, len(small)) if number % 2 else (head, whole)
            changed, end = mutate(rng, content, size)
            path = self.path("mutated.gguf", changed)
            os.truncate(path, end)
            with self.subTest(number):
                self.check(commands(path)[rng.randrange(4)], size=end)

    def test_up_refuses_what_it_cannot_read(self):
        workspace = Workspace()
        self.addCleanup(workspace.close)
        content = model_files.gguf(values={"llama.attention.head_count_kv": 3})
        for path in (self.path("bad.gguf", content), self.path("short.gguf", content[:5000]),
                     self.folder, os.path.join(self.folder, "none.gguf")):
            self.check(["up", "--workspace", workspace.path, "--listen", "127.0.0.1:0",
                        "--model", path], says="")


def mutate(rng, content, size):
    """The content with some bytes changed, and how long the file is to be."""
    changed = bytearray(content)
    # Most of a header is the vocabulary; what is dangerous lies before and behind it.
    zone = rng.choice([(0, 64), (0, 2000), (0, len(changed)), (len(changed) // 2, len(changed))])
    for _ in range(rng.choice([1, 1, 2, 8, 64])):
        at = rng.randrange(*zone)
        kind = rng.randrange(4)
        if kind == 0:
            changed[at] ^= 1 << rng.randrange(8)
        elif kind == 1:
            changed[at] = rng.randrange(256)
        elif kind == 2:
            changed[at : at + 8] = struct.pack("<Q", rng.choice([0, 1, 2**31, 2**32, 2**63, 2**64 - 1]))
        else:
            changed[at : at + 4] = struct.pack("<I", rng.choice([0, 0xFF, 2**31, 2**32 - 1]))
    del changed[len(content) :]
    return bytes(changed), rng.randrange(size) if rng.randrange(4) == 0 else size


if __name__ == "__main__":
    unittest.main()
