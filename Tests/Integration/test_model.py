"""The demo model through the command line: ids, log-probabilities and answers as llama.cpp's.

The fixture is made by scripts/fixtures/demo_model.py from the same weights in f32."""

import array
import json
import math
import os
import pathlib
import subprocess
import sys
import tempfile
import threading
import unittest

from support import MODEL, MODEL_FILE, PROGRAM, Server, Workspace, run

FIXTURE = json.loads((pathlib.Path(__file__).parent / "fixtures" / "demo_model.json").read_text())
# Activations are rounded to 8 bits before each product: it shows in the second decimal.
TOLERANCE = 0.1


def rows(path, vocabulary, positions):
    """Some rows of a file of little-endian f32 rows."""
    result = []
    with open(path, "rb") as f:
        for position in positions:
            f.seek(position * vocabulary * 4)
            row = array.array("f")
            row.frombytes(f.read(vocabulary * 4))
            if sys.byteorder == "big":
                row.byteswap()
            result.append(row)
    return result


class DemoModel(unittest.TestCase):
    def test_token_ids_are_llama_cpps(self):
        lines = "".join(json.dumps(entry["text"]) + "\n" for entry in FIXTURE["strings"])
        done = subprocess.run([PROGRAM, "model", "tokenize", MODEL_FILE, "--json"], input=lines,
                              capture_output=True, text=True, check=True)
        ids = [json.loads(line) for line in done.stdout.splitlines()]
        self.assertEqual(len(ids), len(FIXTURE["strings"]))
        self.assertGreaterEqual(len(ids), 250)
        for entry, mine in zip(FIXTURE["strings"], ids):
            self.assertEqual(mine, entry["ids"], repr(entry["text"]))

    def test_log_probabilities_are_those_of_exact_arithmetic(self):
        worst, divergences = 0, []
        for prompt in FIXTURE["prompts"]:
            places = prompt["places"]
            with tempfile.TemporaryDirectory() as folder:
                output = os.path.join(folder, "logits")
                run("model", "logits", MODEL_FILE, "--tokens", ",".join(map(str, prompt["tokens"])),
                    "--output", output)
                vocabulary = os.path.getsize(output) // (4 * len(prompt["tokens"]))
                found = rows(output, vocabulary, [place["position"] for place in places])
            for place, row in zip(places, found):
                top = max(row)
                total = top + math.log(math.fsum(math.exp(x - top) for x in row))
                mine = [row[id] - total for id in place["ids"]]
                pairs = list(zip(place["logprobs"], mine))
                worst = max(worst, max(abs(p - q) for p, q in pairs))
                divergences.append(sum(math.exp(p) * (p - q) for p, q in pairs))
                best, second = place["logprobs"][:2]
                if best - second > 2 * TOLERANCE:
                    self.assertEqual(row.index(top), place["ids"][0])
        self.assertEqual(len(divergences), 48)
        self.assertLess(worst, TOLERANCE)
        self.assertLess(abs(sum(divergences)) / len(divergences), 1e-3)

    def test_answers_are_those_of_exact_arithmetic(self):
        self.assertGreaterEqual(len(FIXTURE["answers"]), 4)
        for answer in FIXTURE["answers"]:
            out = run("generate", "--model", MODEL_FILE, "--raw", "--prompt", answer["prompt"],
                      "--max-tokens", 24, "--json")[1]
            self.assertEqual(json.loads(out)["text"], answer["text"], answer["prompt"])


class SameAnswers(unittest.TestCase):
    """Law: an answer does not depend on what else is computed, on the prefix cache, or on pages
    running out and being computed anew."""

    RULES = " ".join(f"Rule {i}: be {w}." for i, w in enumerate(["brief", "kind", "exact"] * 6))

    def requests(self):
        made = []
        for i in range(16):
            messages = [{"role": "user", "content": f"Write about bread, number {i % 10}. " * (1 + i % 3)}]
            if i % 2:
                messages.insert(0, {"role": "system", "content": self.RULES})
            made.append({"model": MODEL, "messages": messages, "max_tokens": 12 + i % 4 * 8,
                         "temperature": 0 if i % 3 else 0.9, "seed": i})
        return made

    def answers(self, cache_megabytes, at_once, rounds):
        workspace = Workspace(configuration=f"engine:\n  kv_cache_mb: {cache_megabytes}\n")
        self.addCleanup(workspace.close)
        workspace.price()
        key = workspace.customer_with_key("Many", "100")
        requests = self.requests()
        result, cached = [], 0
        with Server(workspace) as server:
            for _ in range(rounds):
                found = [None] * len(requests)

                def ask(i):
                    found[i] = server.post("/v1/chat/completions", requests[i], key, timeout=300)

                threads = [threading.Thread(target=ask, args=[i]) for i in range(len(requests))]
                for thread in threads:
                    thread.start()
                    if not at_once:
                        thread.join()
                [thread.join() for thread in threads]
                for status, _, body in found:
                    self.assertEqual(status, 200, body)
                    cached += body["usage"]["prompt_tokens_details"]["cached_tokens"]
                result.append([(body["choices"][0]["message"]["content"],
                                body["usage"]["completion_tokens"]) for _, _, body in found])
        self.assertTrue(workspace.verify()["sound"])
        return result, cached

    def test_answers_alone_together_cached_and_short_of_memory_are_equal(self):
        alone, _ = self.answers(256, at_once=False, rounds=1)
        self.assertGreater(len(set(alone[0])), 10)
        for megabytes in (256, 8):
            together, cached = self.answers(megabytes, at_once=True, rounds=2)
            self.assertGreater(cached, 0)
            for found in together:
                self.assertEqual(found, alone[0])


if __name__ == "__main__":
    unittest.main()
