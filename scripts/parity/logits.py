#!/usr/bin/env python3
"""Compares our logits with llama.cpp's on the same file.

    logits.py --model FILE [--ours COMMAND] [--prompts 64] [--tokens 220] [--threads 2] [--reference f16|f32]

64 prompts of 200 or more tokens, made here from a fixed seed: prose, code, Chinese and numbers. After
each token both programs give a distribution of the next; the mean Kullback-Leibler divergence
KL(llama.cpp || ours) must be under 2e-3 and the most likely token must agree in over 99 %.

`--ours` is run as `COMMAND model logits FILE --tokens IN --output OUT`: IN holds one prompt a line,
token ids separated by blanks; OUT receives, for every token of every prompt in order, `vocabulary`
little-endian f32 values and nothing else.

Needs llama-cpp-python and numpy. Exits with 1 when a bound is missed.
"""

import argparse
import os
import random
import shlex
import subprocess
import sys
import tempfile
import time

import numpy as np

MAXIMUM_KL = 2e-3
MINIMUM_TOP1 = 0.99

SUBJECTS = """the harbour|a small bakery|the night train|an old lighthouse|the city council|my
grandmother|the research team|a careful accountant|the mountain village|every new customer|the
orchestra|a retired engineer|the river|our youngest colleague|the museum""".replace("\n", " ").split("|")
VERBS = """remembers|repairs|sells|measures|writes about|quietly forgets|promises|compares|paints|
explains|delivers|collects|studies|doubts|rebuilds""".replace("\n", "").split("|")
OBJECTS = """the price of bread|three broken clocks|a map of the coast|the first snow of winter|an
unpaid invoice|letters from abroad|the shape of the waves|a recipe with saffron|the longest bridge|
electric motors|the history of paper|a garden full of bees|yesterday's results|two hundred lamps|
a difficult proof""".replace("\n", " ").split("|")
LINKS = ["because", "while", "although", "so that", "before", "and then", "whenever", "but"]
CODE = [
    "def {a}({b}):\n    total = 0\n    for item in {b}:\n        total += item * {n}\n    return total\n",
    "for (int i = 0; i < {n}; i++) {{\n  {a}[i] = {b}[i] + {n};\n}}\n",
    "SELECT {a}, SUM({b}) FROM orders WHERE id > {n} GROUP BY {a};\n",
    "let {a} = {b}.filter {{ $0 > {n} }}.map(String.init)\n",
]
NAMES = ["values", "prices", "rows", "weights", "buffer", "users", "index", "tokens", "width"]
CHINESE = ["我们今天讨论", "价格", "上涨", "因为", "市场", "需求", "很大", "，", "所以", "公司", "决定", "增加",
           "生产", "。", "他说", "明年", "会", "更好", "的", "计划"]


def prose(rng):
    return (f"{rng.choice(SUBJECTS)} {rng.choice(VERBS)} {rng.choice(OBJECTS)} {rng.choice(LINKS)} "
            f"{rng.choice(SUBJECTS)} {rng.choice(VERBS)} {rng.choice(OBJECTS)}. ").capitalize()


def code(rng):
    return rng.choice(CODE).format(a=rng.choice(NAMES), b=rng.choice(NAMES), n=rng.randrange(1000))


def chinese(rng):
    return "".join(rng.choice(CHINESE) for _ in range(8))


def numbers(rng):
    return f"{rng.randrange(10**6)} + {rng.randrange(10**4)} = {rng.random() * 100:.3f}; "


def prompts(tokenize, count, length):
    """Lists of `length` tokens; most are prose, and every fourth is something else."""
    rng = random.Random(20240229)
    kinds = [prose, prose, prose, code, prose, prose, prose, chinese, prose, prose, prose, numbers]
    result = []
    for index in range(count):
        make, text = kinds[index % len(kinds)], ""
        while len(tokens := tokenize(text)) < length:
            text += "".join(make(rng) for _ in range(6))
        result.append(tokens[:length])
    return result


def reference_model(arguments, length):
    import llama_cpp

    kind = {"f16": 1, "f32": 0}[arguments.reference]
    return llama_cpp.Llama(
        arguments.model, n_ctx=length, n_batch=length, n_threads=arguments.threads,
        n_threads_batch=arguments.threads, logits_all=True, verbose=False, type_k=kind, type_v=kind,
        flash_attn=False)


def reference_logits(model, tokens):
    model.reset()
    model.eval(tokens)
    return np.array(model.scores[: len(tokens)], dtype=np.float32)


def our_logits(arguments, all_tokens, folder):
    tokens_path, output = os.path.join(folder, "tokens"), os.path.join(folder, "logits")
    with open(tokens_path, "w") as file:
        file.writelines(" ".join(map(str, tokens)) + "\n" for tokens in all_tokens)
    command = shlex.split(arguments.ours) + [
        "model", "logits", arguments.model, "--tokens", tokens_path, "--output", output]
    start = time.time()
    subprocess.run(command, check=True)
    print(f"ours: {time.time() - start:.1f} s")
    return output


def log_softmax(rows):
    rows = rows.astype(np.float64)
    rows -= rows.max(axis=1, keepdims=True)
    return rows - np.log(np.exp(rows).sum(axis=1, keepdims=True))


def compare(reference, ours):
    """Per row: KL divergence, whether the most likely token agrees, largest difference."""
    p, q = log_softmax(reference), log_softmax(ours)
    kl = (np.exp(p) * (p - q)).sum(axis=1)
    agree = ours.argmax(axis=1) == reference.argmax(axis=1)
    return kl, agree, np.abs(p - q).max(axis=1)



def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", required=True)
    parser.add_argument("--ours", default="breakeven")
    parser.add_argument("--prompts", type=int, default=64)
    parser.add_argument("--tokens", type=int, default=220)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--reference", choices=["f16", "f32"], default="f16",
                        help="the element type of llama.cpp's KV cache")
    arguments = parser.parse_args()

    model = reference_model(arguments, arguments.tokens)
    all_tokens = prompts(
        lambda text: model.tokenize(text.encode(), add_bos=True, special=False),
        arguments.prompts, arguments.tokens)
    vocabulary = model.n_vocab()
    parts = []
    with tempfile.TemporaryDirectory() as folder:
        output = our_logits(arguments, all_tokens, folder)
        expected = sum(map(len, all_tokens)) * vocabulary * 4
        if os.path.getsize(output) != expected:
            sys.exit(f"our output has {os.path.getsize(output)} bytes, {expected} were expected")
        start = time.time()
        with open(output, "rb") as file:
            for tokens in all_tokens:
                count = len(tokens) * vocabulary
                ours = np.fromfile(file, dtype="<f4", count=count).reshape(-1, vocabulary)
                if not np.isfinite(ours).all():
                    sys.exit("our logits are not all numbers")
                parts.append(compare(reference_logits(model, tokens), ours))
        print(f"llama.cpp and comparison: {time.time() - start:.1f} s")
    kl, agree, difference = map(np.concatenate, zip(*parts))
    print(f"{len(parts)} prompts of {arguments.tokens} tokens, {len(kl)} distributions over {vocabulary}")
    print(f"mean KL {kl.mean():.3e} (median {np.median(kl):.1e}, 99th percentile "
          f"{np.percentile(kl, 99):.1e}, largest {kl.max():.1e})")
    print(f"top-1 agreement {agree.mean():.4%}")
    print(f"largest difference of a log-probability {difference.max():.3f}")
    passed = kl.mean() < MAXIMUM_KL and agree.mean() > MINIMUM_TOP1
    print("PASSED" if passed else f"FAILED: needed mean KL < {MAXIMUM_KL} and top-1 > {MINIMUM_TOP1:.0%}")
    sys.exit(0 if passed else 1)


if __name__ == "__main__":
    main()
