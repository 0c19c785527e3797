"""The rows of the table: each gives its figures, ours and theirs, round by round.

A row is {"unit", "ours": [a figure a round], "theirs": […], "peer", "better": "higher"|"lower",
"target": the least ratio, …}; `report` makes medians, spreads and ratios of it.
"""

import json
import os
import sys

import machine
import sides
from sides import DEMO, FLASH, HERE, THREADS

ROUNDS = int(os.environ.get("ROUNDS", "5"))

FORMATS = {
    "q4_0": sides.model("SmolLM2-135M-Instruct.Q4_0.gguf"),
    "q8_0": sides.model("SmolLM2-135M-Instruct.Q8_0.gguf"),
    "q4_k": sides.model("SmolLM2-135M-Instruct.Q4_K_M.gguf"),
    "gemma": sides.model("gemma-3-270m-q4_k_m.gguf"),
}


def measure(name):
    """Rows by key; some names have several."""
    if name == "decode":
        return {"decode": inside(DEMO, "decode", 2.5)}
    if name == "prompt":
        return {"prompt": inside(DEMO, "prompt", 6)}
    if name == "streams":
        return {"streams": streams(DEMO, 6)}
    if name in FORMATS:
        path = FORMATS[name]
        return {f"{name} decode": inside(path, "decode", 1.2),
                f"{name} prompt": inside(path, "prompt", 1.5),
                f"{name} streams": streams(path, 2)}
    if name == "quality":
        import quality

        return quality.measure()
    return {"mixed": mixed, "embeddings": embeddings, "start": start, "memory": memory}[name]()


def row(unit, ours, theirs, target, peer, better="higher", **more):
    return {"unit": unit, "ours": ours, "theirs": theirs, "target": target, "peer": peer,
            "better": better, **more}


def better_flash(trial):
    """llama.cpp with or without flash attention, whichever is faster in one trial of each."""
    return max(FLASH, key=trial)


def in_turns(ours, theirs):
    """Figures of ROUNDS rounds; the sides take turns at being first."""
    figures = ([], [])
    calls = [(figures[0], ours), (figures[1], theirs)]
    for number in range(ROUNDS):
        for kept, call in calls if number % 2 == 0 else reversed(calls):
            kept.append(call())
    return figures


def inside(path, part, target):
    flash = better_flash(lambda flash: sides.llama_speed(path, part, flash))
    ours, theirs = in_turns(lambda: sides.our_speed(path, part),
                            lambda: sides.llama_speed(path, part, flash))
    return row("tokens/s", ours, theirs, target, f"llama-bench, -fa {flash}",
               demands=machine.demands(path), part=part)


STREAMS = ["--concurrency", 16, "--requests", 16, "--prompt-tokens", 128, "--output-tokens", 128,
           "--warmup", 4]


def checked(level):
    if level["failures"]:
        sys.exit(f"requests failed: {level['failures']}")
    return level


def llama_trial(path, settings, arguments, key):
    """A trial of llama.cpp's server; a figure of it, larger is better."""
    with sides.llama_server(path, **settings) as server:
        return checked(sides.alone(server, *arguments))[key]


def best_server(path, candidates, arguments, key):
    return max(candidates, key=lambda settings: llama_trial(path, settings, arguments, key))


def streams(path, target):
    # The base Gemma has no chat template.
    api = "completions" if "gemma" in str(path) else "chat"
    arguments = [*STREAMS, "--api", api, "--extra-body", sides.full_length(path)]
    settings = best_server(path, [{"flash": flash} for flash in FLASH], arguments,
                           "completion_tokens_per_second")
    with sides.our_server(path) as ours, sides.llama_server(path, **settings) as theirs:
        levels = sides.compare(ours, theirs, *arguments, "--rounds", ROUNDS)
    for level in levels:
        checked(level)
    return row("tokens/s", *(level["round_completion_tokens_per_second"] for level in levels),
               target, f"{sides.PEER}, {settings}", demands=machine.demands(path), part="streams",
               latency=[latency(level) for level in levels])


def latency(level):
    return {"ttft_p50": level["ttft_milliseconds"]["p50"],
            "ttft_p95": level["ttft_milliseconds"]["p95"],
            "tpot_p50": level["tpot_milliseconds"]["p50"],
            "itl_p99": level["itl_milliseconds"]["p99"]}


def mixed():
    """All 64 are sent at once; prompts of 16 to 128 tokens after the shared 400, answers of 16 to 128.
    Each round has a prefix of its own."""
    arguments = ["--concurrency", 64, "--requests", 64, "--prompt-tokens", "16..128",
                 "--output-tokens", "16..128", "--shared-prefix", 400, "--warmup", 4,
                 "--extra-body", sides.full_length(DEMO)]
    candidates = [{"flash": flash, "slots": slots, "context": 1024}
                  for flash in FLASH for slots in (16, 64)]
    settings = best_server(DEMO, candidates, arguments, "total_tokens_per_second")
    rates, delays = ([], []), ([], [])
    with sides.our_server(DEMO) as ours, sides.llama_server(DEMO, **settings) as theirs:
        for number in range(ROUNDS):
            levels = sides.compare(ours, theirs, *arguments, "--seed", number + 1)
            for side, level in enumerate(map(checked, levels)):
                rates[side].append(level["total_tokens_per_second"])
                delays[side].append(level["ttft_milliseconds"]["p95"])
    peer = f"{sides.PEER}, {settings}"
    return {"mixed": row("tokens/s", *rates, 10, peer),
            "mixed p95 ttft": row("ms", *delays, 8, peer, better="lower")}


def memory():
    """After the load of `streams`, of each server alone. The weights that llama.cpp maps from the
    file are resident memory too, and are shown apart."""
    arguments = [*STREAMS, "--extra-body", sides.full_length(DEMO)]
    found = []
    for start in (lambda: sides.our_server(DEMO), lambda: sides.llama_server(DEMO)):
        with start() as server:
            checked(sides.alone(server, *arguments, "--rounds", 2))
            found.append(server.memory())
    return {"memory": row("MiB", *([side["resident"]] for side in found), 1, sides.PEER,
                          better="lower", memory=found)}


START_PROMPT = "The capital of France is"


def start():
    """Each in a process of its own, from before the file is opened to the first token of a prompt of
    eight: what a program's start takes besides is left out on both sides."""
    def ours():
        told = json.loads(sides.output(
            [sides.PROGRAM, "bench", DEMO, "--parts", "prompt", "--prompt-tokens", 8, "--rounds", 1,
             "--threads", THREADS, "--json"]))
        return told["load_to_first_token_seconds"] * 1000

    def theirs():
        return float(sides.output([sys.executable, HERE / "llama_start.py", DEMO, THREADS,
                                   START_PROMPT]))

    ours(), theirs()  # the file cache is warm from here on
    return {"start": row("ms", *in_turns(ours, theirs), 1.5, "llama.cpp", better="lower")}


def embeddings():
    import embeddings as bench

    found = bench.measure(sides.PROGRAM, texts=512, threads=THREADS, rounds=ROUNDS)
    seconds = dict(found["seconds"])
    ours = [512 / value for value in seconds.pop("breakeven")]
    return {f"embeddings, {peer}": row("texts/s", ours, [512 / value for value in values], 1.5, peer)
            for peer, values in seconds.items()}
