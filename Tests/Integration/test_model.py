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
import unittest

from support import MODEL_FILE, PROGRAM, run

FIXTURE = json.loads((pathlib.Path(__file__).parent / "fixtures" / "demo_model.json").read_text())
# The rounding of keys and values to f16 shows in the third decimal.
TOLERANCE = 0.02


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


if __name__ == "__main__":
    unittest.main()
