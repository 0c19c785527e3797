"""The quality rows: ours and llama.cpp against the same weights in f32, on the same text.

The text is the GNU GPL 3 as Debian ships it and the documents of this repository, cut into pieces of
512 tokens (CHUNKS of them, 16). Exact is llama.cpp on the weights written out as f32, keys and values
in f32 too. KL is the mean over all positions of KL(exact ‖ side); perplexity is of the text itself.
"""

import argparse
import os
import pathlib
import shlex
import sys
import tempfile

import numpy as np

import sides
from sides import HERE

sys.path.insert(0, str(HERE.parents[1] / "scripts" / "parity"))
import logits as parity  # noqa: E402

LENGTH = 512
CHUNKS = int(os.environ.get("CHUNKS", "16"))
LICENSE = pathlib.Path("/usr/share/common-licenses/GPL-3")
MAXIMUM_KL = 2e-3
MINIMUM_TOP1 = 0.99
MAXIMUM_PERPLEXITY_RATIO = 1.005


def text():
    parts = [LICENSE.read_text()] if LICENSE.exists() else []
    # The table itself is left out, lest the text change with what is measured.
    parts += [path.read_text() for path in sorted((HERE.parents[1] / "docs").glob("*.md"))
              if path.name != "performance.md"]
    return "\n\n".join(parts)


class Side:
    """What one side's distributions say of the text, and how far they are from exact."""

    def __init__(self, name):
        self.comparison, self.loss = parity.Comparison(name), []

    def add(self, exact, own, tokens):
        self.comparison.add(exact, own)
        self.loss.append(-own[np.arange(len(tokens) - 1), tokens[1:]])

    def figures(self):
        return {"kl": float(self.comparison.mean_kl()), "top1": float(self.comparison.top1()),
                "perplexity": float(np.exp(np.concatenate(self.loss).mean()))}


def compare(path, exact_path):
    """Figures of ours, of llama.cpp and of exact."""
    arguments = argparse.Namespace(
        tokens=LENGTH, threads=sides.THREADS, ours=shlex.quote(sides.PROGRAM))
    theirs = parity.Reference(path, arguments)
    oracle = parity.Reference(exact_path, arguments, exact=True)
    tokens = theirs.tokenize(text())
    pieces = [tokens[start:start + LENGTH] for start in range(0, len(tokens), LENGTH)]
    pieces = [piece for piece in pieces if len(piece) == LENGTH][:CHUNKS]
    found = {name: Side(name) for name in ("ours", "llama.cpp", "exact")}
    with tempfile.TemporaryDirectory() as folder:
        for piece in pieces:
            exact = parity.log_softmax(oracle.logits(piece))
            own = parity.our_logits(path, arguments, [piece], theirs.vocabulary, folder)[0]
            found["ours"].add(exact, parity.log_softmax(own), piece)
            found["llama.cpp"].add(exact, parity.log_softmax(theirs.logits(piece)), piece)
            found["exact"].add(exact, exact, piece)
    return {name: side.figures() for name, side in found.items()}


def measure():
    """Rows for the demo model and its other formats."""
    rows = {}
    for name, path in [("Q4_1", sides.DEMO)] + [
            (name, sides.model(f"SmolLM2-135M-Instruct.{name}.gguf"))
            for name in ("Q4_0", "Q8_0", "Q4_K_M")]:
        with tempfile.TemporaryDirectory() as folder:
            exact = os.path.join(folder, "exact.gguf")
            parity.write_exact(path, exact)
            rows |= rows_of(name, compare(path, exact))
    return rows


def rows_of(name, found):
    ours, theirs = found["ours"], found["llama.cpp"]

    def row(key, better, met, text, ratio, unit=""):
        return {"unit": unit, "ours": [ours[key]], "theirs": [theirs[key]], "target": 1,
                "peer": "llama.cpp", "better": better, "met": bool(met), "target_text": text,
                "ratio_text": ratio}

    excess = ours["perplexity"] / theirs["perplexity"]
    return {
        f"{name} mean KL from f32": row(
            "kl", "lower", ours["kl"] < MAXIMUM_KL and ours["kl"] <= theirs["kl"],
            f"< {MAXIMUM_KL:g}, ≤ peer", f"{ours['kl'] / theirs['kl']:.2g} of the peer's",
            "nats"),
        f"{name} same top-1 as f32": row(
            "top1", "higher", ours["top1"] > MINIMUM_TOP1, f"> {MINIMUM_TOP1:.0%}",
            f"{ours['top1']:.2%} / {theirs['top1']:.2%}"),
        f"{name} perplexity (f32: {found['exact']['perplexity']:.3f})": row(
            "perplexity", "lower", excess <= MAXIMUM_PERPLEXITY_RATIO,
            f"≤ {MAXIMUM_PERPLEXITY_RATIO - 1:.1%} above", f"{excess - 1:+.2%}"),
    }
